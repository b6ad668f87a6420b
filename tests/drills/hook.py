"""Wraps the functions beside the labelled points as a process imports them, and pulls the plug."""

import functools
import inspect
import itertools
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.drills.broken import SAFEGUARDS
from tests.drills.gateway import HOSTS, resolve_from_file
from tests.drills.points import ARMED, BROKEN, DEATHS, POINTS, Point, When
from tests.late import Change, after_import

_SOON_S = 0.02  # a checkpoint, or a migration, takes about as long
Function = Callable[..., Any]


def install() -> None:
    """Wrap the place of every point as it is imported, and take a safeguard away if told so."""
    arm()
    wanted: list[tuple[str, Change]] = [
        (one.place.partition(":")[0], functools.partial(wire, one)) for one in POINTS
    ]
    if broken := os.environ.get(BROKEN, ""):
        wanted.append(SAFEGUARDS[broken])
    if HOSTS in os.environ:
        wanted.append(("aiohttp.resolver", resolve_from_file))
    for name in {name for name, _ in wanted}:
        after_import(name, *(do for one, do in wanted if one == name))


class Plug:
    """Counts the passings of one label and kills the process at the one it was set to."""

    def __init__(self) -> None:
        self.label = ""
        self._passing = 0
        self._passings = itertools.count(1)

    def set(self, label: str, passing: int) -> None:
        """Die at a passing of a label; no label, no death."""
        self.label, self._passing, self._passings = label, passing, itertools.count(1)

    def due(self) -> bool:
        """Count a passing of the label; tell whether it is the last."""
        return next(self._passings) == self._passing

    def pull(self) -> None:
        """Note the death, and die as by SIGKILL: nothing is flushed, nothing is finished."""
        if path := os.environ.get(DEATHS):
            with Path(path).open("a") as deaths:
                deaths.write(f"{os.getpid()} {self.label} {time.time()}\n")
        os.kill(os.getpid(), signal.SIGKILL)


_plug = Plug()


def arm() -> None:
    """Set the process's death to what its environment says."""
    label, _, passing = os.environ.get(ARMED, "").partition(":")
    _plug.set(label, int(passing or 0))


def wire(point: Point, module: ModuleType) -> None:
    """Put a point beside its function; one that is no longer there is left to its test."""
    owner, name = owner_of(point, module)
    if plain := owner.__dict__.get(name):
        wrapped = _around_async if inspect.iscoroutinefunction(plain) else _around
        setattr(owner, name, wrapped(point, plain))


def owner_of(point: Point, module: ModuleType) -> tuple[Any, str]:
    """Return what holds a point's function, and under which name. Raises AttributeError."""
    *way, name = point.place.partition(":")[2].split(".")
    return functools.reduce(getattr, way, module), name


def _around(point: Point, plain: Function) -> Function:
    @functools.wraps(plain)
    def around(*args: Any, **more: Any) -> Any:
        if _passed(point, When.DURING):
            _die_soon()
            if point.label == "checkpoint":
                _empty_the_log(args[0].path)
        if _passed(point, When.BEFORE):
            _plug.pull()
        came = plain(*args, **more)
        if (came or not point.fruitful) and _passed(point, When.AFTER):
            _plug.pull()
        return came

    return around


def _around_async(point: Point, plain: Function) -> Function:
    @functools.wraps(plain)
    async def around(*args: Any, **more: Any) -> Any:
        if _passed(point, When.DURING):
            _die_soon()
        if _passed(point, When.BEFORE):
            _plug.pull()
        came = await plain(*args, **more)
        if (came or not point.fruitful) and _passed(point, When.AFTER):
            _plug.pull()
        return came

    return around


def _passed(point: Point, side: When) -> bool:
    return point.when is side and point.label == _plug.label and _plug.due()


def _die_soon() -> None:
    at_s = random.uniform(0, _SOON_S)  # noqa: S311  (a moment to die at)
    threading.Timer(at_s, _plug.pull).start()


def _empty_the_log(database: Path) -> None:
    from bot.db.checkpoint import empty_log  # noqa: PLC0415  (the program is imported after us)

    while True:
        empty_log(database)
