"""Ids that look like the platforms' and are the same in every run of one world."""

import hashlib

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def mint(prefix: str, length: int, *parts: str) -> str:
    """Return an id of `length` characters that `prefix` begins and `parts` decide.

    >>> mint("wm", 12, "yidian", "甲") == mint("wm", 12, "yidian", "甲")
    True
    """
    left = int.from_bytes(hashlib.sha256("\0".join((prefix, *parts)).encode()).digest(), "big")
    letters: list[str] = []
    while len(prefix) + len(letters) < length:
        left, at = divmod(left, len(_ALPHABET))
        letters.append(_ALPHABET[at])
    return prefix + "".join(letters)
