"""Names we show outside: ULIDs, and coupon codes a person can read aloud."""

import secrets
import unicodedata

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ULID_CHARS = 26
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, no 1/I: they look alike on a receipt
CODE_LENGTH = 8


def ulid(at_us: int) -> str:
    """Return a new ULID for a time in UTC microseconds. Never order work by it."""
    return ulid_of((at_us // 1_000) << 80 | secrets.randbits(80))


def ulid_of(value: int) -> str:
    """Return the ULID of a number below 2¹²⁸."""
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -5, -5))


def ulid_value(text: str) -> int:
    """Return the number of a ULID. Raises ValueError for anything else.

    >>> ulid_of(ulid_value("01KAMQ2Z3B4C5D6E7F8G9H0J1K"))
    '01KAMQ2Z3B4C5D6E7F8G9H0J1K'
    """
    value = 0
    for letter in text:
        value = value << 5 | _CROCKFORD.index(letter)
    if len(text) != _ULID_CHARS or value >> 128:
        raise ValueError(f"no ULID: {text!r}")
    return value


def time_of(text: str) -> int:
    """Return the time of a ULID in UTC microseconds, to the millisecond. Raises ValueError.

    >>> time_of(ulid(1_760_000_000_123_456))
    1760000000123000
    """
    return (ulid_value(text) >> 80) * 1_000


def coupon_code(prefix: str = "") -> str:
    """Return a random coupon code of 8 letters without look-alikes, after `prefix`.

    The prefix loses its hyphens, so that the code is found however it is typed.
    """
    return readable_code(prefix) + "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def readable_code(typed: str) -> str:
    """Return a typed coupon code as it is stored: upper case, no spaces or hyphens, half-width.

    >>> readable_code(" ab2c-9xyz "), readable_code("ＡＢ２Ｃ　９ＸＹＺ")
    ('AB2C9XYZ', 'AB2C9XYZ')
    """
    half_width = unicodedata.normalize("NFKC", typed)  # Chinese keyboards type both
    return half_width.upper().replace(" ", "").replace("-", "").strip()
