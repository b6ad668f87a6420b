"""How reports show things to a person: in the stores' time, and safe for a terminal."""

import unicodedata
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console

from bot.clock import moment


def console() -> Console:
    """Return a console on standard output: styled on a terminal, plain text anywhere else."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True)


def clean(text: str) -> str:
    """Return what a customer or a platform wrote without what could drive a terminal.

    Control characters become �, invisible ones such as zero-width spaces and reversals go.

    >>> clean("hi\\x1b[2J \\u202eon")
    'hi�[2J on'
    """
    return "".join(map(_safe, text))


def _safe(character: str) -> str:
    if character.isprintable() or character == "\n":
        return character
    return "" if unicodedata.category(character) == "Cf" else "�"


def when(at_us: int, zone: ZoneInfo) -> str:
    """Return UTC microseconds by the stores' wall clock, to the second.

    >>> when(1_760_000_000_000_000, ZoneInfo("Asia/Shanghai"))
    '2025-10-09 16:53:20'
    """
    return f"{moment(at_us).astimezone(zone):%Y-%m-%d %H:%M:%S}"


def stamp(at_us: int | None) -> datetime | None:
    """Return UTC microseconds as programs read them, None for never."""
    return None if at_us is None else moment(at_us)
