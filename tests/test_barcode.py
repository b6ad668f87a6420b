"""Barcodes: golden ones, which a reader of another make has read, and what holds for any."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.barcode import barcode_svg, bars

# Each was read back by zxing-cpp from its drawing.
GOLDEN = {
    "AB2C9XYZ": ("2112141113231311232232111313213211223311213121133123112412112331112"),
    "xm-9f_Q7": ("2112144212114131111221323211221124121112242113313121311111432331112"),
    "12345678": "2112321122321311233311212411121331212331112",
    "PET123": "2112143131211321132133111232212232112211321123132331112",
}
PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=64)


def drawn(svg: str) -> str:
    """The widths of bars and spaces as a picture shows them, from its dark rectangles."""
    rectangles = [(int(x), int(w)) for x, w in re.findall(r"M(\d+) 0h(\d+)v36h-\2z", svg)]
    widths, end = [], rectangles[0][0]
    for left, width in rectangles:
        widths += [left - end, width]
        end = left + width
    return "".join(map(str, widths[1:]))


@pytest.mark.parametrize("code", GOLDEN)
def test_a_code_has_the_bars_that_others_read(code: str) -> None:
    assert bars(code) == GOLDEN[code]
    assert drawn(barcode_svg(code)) == GOLDEN[code]


def test_digits_in_pairs_take_half_the_room() -> None:
    assert len(bars("12345678")) < len(bars("1234567"))


def test_the_picture_has_its_quiet_zone() -> None:
    svg = barcode_svg("AB2C9XYZ")
    width = re.search(r'viewBox="0 0 (\d+) ', svg)
    assert width
    assert int(width[1]) == sum(map(int, bars("AB2C9XYZ"))) + 20
    assert "M10 0h2" in svg


@given(PRINTABLE)
def test_every_symbol_is_eleven_modules_wide(code: str) -> None:
    widths = bars(code)
    symbols = [widths[at : at + 6] for at in range(0, len(widths) - 7, 6)]
    assert {sum(map(int, symbol)) for symbol in symbols} == {11}
    assert widths.endswith("2331112")


@given(PRINTABLE, PRINTABLE)
def test_two_codes_never_have_the_same_bars(one: str, other: str) -> None:
    assert (bars(one) == bars(other)) == (one == other)


@pytest.mark.parametrize("code", ["", "券码", "A\tB", "é"])
def test_what_bars_cannot_say_has_no_picture(code: str) -> None:
    assert barcode_svg(code) == ""
