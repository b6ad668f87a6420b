"""How long and how often things are measured, and in which order."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The length of one window in seconds, the rounds of all windows, the load's connections."""

    seconds: float = 1.2
    rounds: int = 3
    connections: int = 64


def rotated(variants: Sequence[T], number: int) -> list[T]:
    """Return the variants in the order of a round, so that each is measured early and late.

    >>> rotated(["a", "b", "c"], 1)
    ['b', 'c', 'a']
    """
    turn = number % len(variants)
    return [*variants[turn:], *variants[:turn]]


def side_by_side(works: Mapping[str, Callable[[], int]], pace: Pace) -> dict[str, list[float]]:
    """Return each work's CPU time per item in µs, round by round; a work returns its items."""
    found: dict[str, list[float]] = {name: [] for name in works}
    for number in range(pace.rounds):
        for name in rotated(list(works), number):
            found[name].append(_cpu_us(works[name], pace.seconds / 10))
    return found


def ratio(over: Sequence[float], under: Sequence[float]) -> float:
    """Return the median of what each round says, because rounds differ more than variants do."""
    return median(a / b for a, b in zip(over, under, strict=True))


def _cpu_us(work: Callable[[], int], at_least_s: float) -> float:
    work()  # caches fill, imports happen
    items = 0
    began_s = time.process_time()
    while (spent_s := time.process_time() - began_s) < at_least_s:
        items += work()
    return spent_s / items * 1e6
