"""Makes words fit what a platform takes: cut at a character, ending in a mark that shows it."""

_MARK = "…"


def fitting(text: str, limit_bytes: int) -> str:
    """A text as it is up to `limit_bytes` of UTF-8, else cut at a character and ending in «…».

    >>> fitting("今天领券", 9)
    '今天…'
    """
    encoded = text.encode()
    if len(encoded) <= limit_bytes:
        return text
    return encoded[: limit_bytes - len(_MARK.encode())].decode(errors="ignore") + _MARK


def short(text: str, limit_chars: int) -> str:
    """A text as it is up to `limit_chars` characters, else cut and ending in «…».

    >>> short("今天领券", 3)
    '今天…'
    """
    return text if len(text) <= limit_chars else text[: limit_chars - len(_MARK)] + _MARK
