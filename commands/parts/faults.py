"""Faults as the log tells them: which kind, where in our own code, and none of the values.

What an exception of a library says may hold anything: a row, a request, a key. Ours say what to do.
"""

import traceback
from collections.abc import Iterator
from pathlib import Path

from bot.errors import XiaoerError

_ROOT = Path(__file__).resolve().parents[2]
_THEIRS = {"site-packages", ".venv"}
_MOST_CHARS = 500  # of what one exception of ours says
_MOST_LINES = 60
_DEEPEST = 5


def told(fault: BaseException) -> str:
    """Return an exception, its causes and its parts, a line each; our own frames with their code.

    Consecutive frames of others are counted, not shown.
    """
    lines = [*_lines(fault, "", 0)]
    return "\n".join(lines[:_MOST_LINES])


def _lines(fault: BaseException, why: str, depth: int) -> Iterator[str]:
    yield f"{why}{_named(fault)}"
    yield from _frames(fault)
    if depth >= _DEEPEST:
        return
    if isinstance(fault, BaseExceptionGroup):
        for one in fault.exceptions:
            yield from _lines(one, "part: ", depth + 1)
    if fault.__cause__ is not None:
        yield from _lines(fault.__cause__, "caused by: ", depth + 1)
    elif fault.__context__ is not None and not fault.__suppress_context__:
        yield from _lines(fault.__context__, "while handling: ", depth + 1)


def _named(fault: BaseException) -> str:
    kind = type(fault)
    name = (
        kind.__qualname__
        if kind.__module__ == "builtins"
        else f"{kind.__module__}.{kind.__qualname__}"
    )
    return f"{name}: {str(fault)[:_MOST_CHARS]}" if isinstance(fault, XiaoerError) else name


def _frames(fault: BaseException) -> Iterator[str]:
    others = 0
    for frame in traceback.extract_tb(fault.__traceback__):
        place = _place(frame.filename)
        if place is None:
            others += 1
            continue
        if others:
            yield f"  … {others} frames of others"
            others = 0
        yield f"  {place}:{frame.lineno} {frame.name}: {frame.line}"
    if others:
        yield f"  … {others} frames of others"


def _place(filename: str) -> str | None:
    """Return where a file of ours lies in the tree, None for anybody else's."""
    path = Path(filename)
    if not path.is_relative_to(_ROOT) or _THEIRS & {*path.parts}:
        return None
    return str(path.relative_to(_ROOT))
