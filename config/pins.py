"""PINs of the cashier's page: made into what stores.csv keeps, and compared with it."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from itertools import pairwise

MIN_PIN_DIGITS, MAX_PIN_DIGITS = 4, 12
GENERATED_DIGITS = 6
_COST, _BLOCK, _LANES = 14, 8, 1  # 16 MiB and some 50 ms for one guess
_SALT_BYTES, _HASH_BYTES = 12, 24
_PIN = re.compile(rf"[0-9]{{{MIN_PIN_DIGITS},{MAX_PIN_DIGITS}}}")
_DIGEST = re.compile(rf"scrypt:{_COST}:([A-Za-z0-9_-]{{16}}):([A-Za-z0-9_-]{{32}})")


def is_pin(text: str) -> bool:
    """Tell whether a text can be a PIN: 4 to 12 digits, not all the same, not in a row.

    >>> [is_pin(text) for text in ("4827", "1111", "123456", "482a")]
    [True, False, False, False]
    """
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return bool(_PIN.fullmatch(text)) and steps not in ({0}, {1}, {-1})


def new_pin() -> str:
    """Return a PIN of 6 digits that nobody can guess."""
    while not is_pin(pin := "".join(str(secrets.randbelow(10)) for _ in range(GENERATED_DIGITS))):
        continue
    return pin


def pin_digest(pin: str) -> str:
    """Return what stores.csv keeps of a PIN: `scrypt:14:salt:hash`, another one each time."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"scrypt:{_COST}:{_text(salt)}:{_text(_hashed(pin, salt))}"


def is_digest(text: str) -> bool:
    """Tell whether a text is what `pin_digest` returns, and not a PIN itself."""
    return bool(_DIGEST.fullmatch(text))


def matches(pin: str, digest: str) -> bool:
    """Tell whether a PIN is the one of a digest. Takes some 50 ms and 16 MiB; "" matches none."""
    found = _DIGEST.fullmatch(digest)
    if found is None:
        return False
    try:
        salt, hashed = (base64.urlsafe_b64decode(part) for part in found.groups())
    except binascii.Error:
        return False
    return hmac.compare_digest(hashed, _hashed(pin, salt))


def _hashed(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        pin.encode("utf-8", "surrogateescape"),
        salt=salt, n=1 << _COST, r=_BLOCK, p=_LANES, maxmem=64 << 20, dklen=_HASH_BYTES,
    )  # fmt: skip


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode()
