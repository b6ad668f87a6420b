"""What a platform would refuse is found before it is asked: lengths, counts, and what must be."""

from collections.abc import Sized


class Unfit(ValueError):
    """A call holds what its platform would refuse; the text says what, in Chinese."""


def need(fits: bool, trouble: str) -> None:
    """Raise Unfit with `trouble` unless it fits.

    >>> need(True, "")
    """
    if not fits:
        raise Unfit(trouble)


def within_bytes(name: str, text: str, most: int, least: int = 0) -> None:
    """Raise Unfit unless a text has `least` to `most` bytes of UTF-8.

    >>> within_bytes("标题", "今天领券", 9)
    Traceback (most recent call last):
    bot.platforms.checks.Unfit: 标题有 12 字节，最多 9 字节
    """
    size = len(text.encode())
    need(size <= most, f"{name}有 {size} 字节，最多 {most} 字节")
    need(size >= least, f"{name}不能为空")


def within_chars(name: str, text: str, most: int, least: int = 0) -> None:
    """Raise Unfit unless a text has `least` to `most` characters."""
    need(len(text) <= most, f"{name}有 {len(text)} 个字，最多 {most} 个")
    need(len(text) >= least, f"{name}不能为空")


def within_count(name: str, things: Sized, most: int, least: int = 0) -> None:
    """Raise Unfit unless there are `least` to `most` things."""
    need(least <= len(things) <= most, f"{name}有 {len(things)} 个，应为 {least}～{most} 个")
