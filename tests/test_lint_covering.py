"""What makes «never» a proof: one phrase that implies another, conditions that cover others."""

from datetime import date

import pytest

from keyword_rules.findings.covering import covers, implies
from keyword_rules.rule import Dates, Hours, Mode, Phrase, Share, Where

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("said", "asked", "holds"),
    [
        (("contains", "领券"), ("contains", "券"), True),
        (("contains", "券"), ("contains", "领券"), False),
        (("contains", "领券"), ("sound", "领券"), True),
        (("sound", "领券"), ("contains", "领券"), False),
        (("word", "领券"), ("contains", "领券"), True),
        (("contains", "领券"), ("word", "领券"), False),
        (("equals", "领券吧"), ("prefix", "领券"), True),
        (("contains", "领券吧"), ("prefix", "领券"), False),
        (("suffix", "去领券"), ("suffix", "领券"), True),
        (("equals", "領券"), ("equals", "领券"), True),
        (("regex", "领.?券"), ("contains", "券"), False),
        (("regex", "领.?券"), ("regex", "领.?券"), True),
    ],
)
def test_a_phrase_implies_another_only_where_no_text_escapes(
    said: tuple[str, str], asked: tuple[str, str], holds: bool
) -> None:
    first, second = (Phrase(text=text, mode=Mode(mode)) for mode, text in (said, asked))
    assert implies(first, second) is holds


@pytest.mark.parametrize(
    ("wide", "narrow", "holds"),
    [
        (Where(), Where(channel=("oa",)), True),
        (Where(channel=("oa", "kf")), Where(channel=("oa",)), True),
        (Where(channel=("oa",)), Where(channel=("oa", "kf")), False),
        (Where(channel=("oa",)), Where(), False),
        (Where(tagged=("a",)), Where(tagged=("a", "b")), True),
        (Where(hours=(Hours(start=1320, end=480),)), Where(hours=(Hours(start=0, end=60),)), True),
        (Where(hours=(Hours(start=0, end=60),)), Where(), False),
        (
            Where(dates=(Dates(first=date(2026, 1, 1)),)),
            Where(dates=(Dates(first=date(2026, 2, 1), last=date(2026, 3, 1)),)),
            True,
        ),
        (Where(dates=(Dates(last=TODAY),)), Where(dates=(Dates(first=TODAY),)), False),
        (
            Where(share=Share(split="a", start=0, end=5000)),
            Where(share=Share(split="a", start=0, end=1000)),
            True,
        ),
        (
            Where(share=Share(split="a", start=0, end=5000)),
            Where(share=Share(split="b", start=0, end=1000)),
            False,
        ),
    ],
)
def test_conditions_cover_others_only_where_none_escapes(
    wide: Where, narrow: Where, holds: bool
) -> None:
    assert covers(wide, narrow) is holds
