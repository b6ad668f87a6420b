"""Safeguards that a drill can do without: the verdict must be red then."""

import asyncio
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

Break = tuple[str, Callable[[ModuleType], None]]
_SLOW_DISK_S = 0.3
_kept: set["asyncio.Task[Any]"] = set()


def _answers_before_the_commit(accept: ModuleType) -> None:
    """Take a callback for recorded as soon as it is read; the disk is slow besides."""
    acceptor, nothing = accept.Acceptor, accept.__dict__["_UNKEPT"]
    plain = acceptor.record

    async def later(*asked: Any) -> None:
        await asyncio.sleep(_SLOW_DISK_S)
        await plain(*asked)

    async def record(*asked: Any) -> Any:
        task = asyncio.create_task(later(*asked))
        _kept.add(task)
        task.add_done_callback(_kept.discard)
        return nothing

    acceptor.record = record


def _reads_back_at_once(perform: ModuleType) -> None:
    """Look for what was cut off without waiting until it must have been carried out."""
    performer = perform.Performer
    plain = performer.__init__

    def hasty(self: Any, *asked: Any, **more: Any) -> None:
        plain(self, *asked, **more)
        self._settle_s = 0.0

    performer.__init__ = hasty


SAFEGUARDS: Mapping[str, Break] = {
    "answers-before-the-commit": ("bot.accept", _answers_before_the_commit),
    "reads-back-at-once": ("bot.perform", _reads_back_at_once),
}
