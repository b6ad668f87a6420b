"""Names we show outside: ULIDs, and coupon codes a person can read aloud."""

import secrets

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no 0/O, no 1/I: they look alike on a receipt
CODE_LENGTH = 8


def ulid(at_us: int) -> str:
    """Return a new ULID for a time in UTC microseconds. Never order work by it."""
    value = (at_us // 1_000) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[value >> shift & 31] for shift in range(125, -5, -5))


def coupon_code(prefix: str = "") -> str:
    """Return a random coupon code of 8 letters without look-alikes, after `prefix`.

    The prefix loses its hyphens, so that the code is found however it is typed.
    """
    return readable_code(prefix) + "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def readable_code(typed: str) -> str:
    """Return a typed coupon code as it is stored: upper case, no spaces or hyphens.

    >>> readable_code(" ab2c-9xyz ")
    'AB2C9XYZ'
    """
    return typed.upper().replace(" ", "").replace("-", "").strip()
