"""Code 128 barcodes as SVG, for tills whose scanner reads bars and no QR codes."""

from collections.abc import Iterator

# Widths of bars and spaces by symbol value (ISO/IEC 15417, table 1).
_WIDTHS = """
    212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232
    122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122
    321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311
    211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113
    213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422
    121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111
    241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121
    412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412
    211214 211232 2331112
""".split()  # noqa: SIM905  (a table is read by rows)
_START_B, _START_C, _STOP = 104, 105, 106
_FIRST, _LAST = " ", "~"  # what set B can say
_QUIET = 10  # modules of white that a scanner needs on either side
_HEIGHT = 36


def bars(code: str) -> str:
    """Return the widths of a code's bars and spaces in turn, as digits; "" when it cannot be said.

    >>> bars("12")
    '2112321122321222312331112'
    """
    values = list(_values(code))
    if not values:
        return ""
    check = sum(place * value for place, value in enumerate(values[1:], 1)) + values[0]
    return "".join(_WIDTHS[value] for value in (*values, check % 103, _STOP))


def barcode_svg(code: str) -> str:
    """Return a code as an SVG picture, dark on light with its quiet zone; "" when it has none."""
    widths = [int(width) for width in bars(code)]
    if not widths:
        return ""
    total = sum(widths) + 2 * _QUIET
    left, dark = _QUIET, []
    for place, width in enumerate(widths):
        if place % 2 == 0:
            dark.append(f"M{left} 0h{width}v{_HEIGHT}h-{width}z")
        left += width
    return (
        f'<svg viewBox="0 0 {total} {_HEIGHT}" class="bars" preserveAspectRatio="none"'
        f' role="img" aria-label="条形码"><path fill="#fff" d="M0 0h{total}v{_HEIGHT}H0z"/>'
        f'<path fill="#000" d="{"".join(dark)}"/></svg>'
    )


def _values(code: str) -> Iterator[int]:
    if not code or any(not _FIRST <= letter <= _LAST for letter in code):
        return
    if code.isdigit() and len(code) % 2 == 0:  # two digits a symbol
        yield _START_C
        yield from (int(code[at : at + 2]) for at in range(0, len(code), 2))
    else:
        yield _START_B
        yield from (ord(letter) - ord(_FIRST) for letter in code)
