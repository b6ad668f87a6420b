"""What drills say of a measured figure, and how several become the finding of one drill."""

from math import isfinite

from tests.drills.registry import Finding, Options
from tests.drills.verdict import Judged


def at_most(name: str, measured: float, limit: float, unit: str = "s", digits: int = 1) -> Finding:
    """Return a figure with its limit.

    >>> at_most("first 200", 1.42, 3)
    Finding(measured='first 200 1.4 s (<= 3)', ok=True)
    """
    told = f"{measured:.{digits}f}" if isfinite(measured) else "never"
    return Finding(measured=f"{name} {told} {unit} (<= {limit:g})", ok=measured <= limit)


def at_least(name: str, measured: float, limit: float, unit: str = "") -> Finding:
    """Return a figure with the limit that it must reach.

    >>> at_least("taken", 80, 50, "/s").measured
    'taken 80 /s (>= 50)'
    """
    told = f"{name} {measured:.0f} {unit} (>= {limit:.0f})"
    return Finding(measured=told, ok=measured >= limit)


def none_of(name: str, count: int) -> Finding:
    """Return a count that has to be 0.

    >>> none_of("refused", 2)
    Finding(measured='refused 2 (0)', ok=False)
    """
    return Finding(measured=f"{name} {count} (0)", ok=count == 0)


def some_of(name: str, count: int) -> Finding:
    """Return a count that may not be 0: else the drill did not meet what it is about."""
    return Finding(measured=f"{name} {count} (> 0)", ok=count > 0)


def noted(text: str) -> Finding:
    """Return a figure without a limit."""
    return Finding(measured=text, ok=True)


def books(judged: Judged) -> Finding:
    """Return what the twin's book and the tables say of each other, the first trouble included."""
    told = [f"{judged.answered} of {judged.sent} callbacks taken"]
    if judged.given_up:
        told.append(f"{len(judged.given_up)} given up in outages")
    if judged.unknown:
        told.append(f"unknown {len(judged.unknown)}")
    told.append(judged.last_line)
    troubles = (*judged.lost, *judged.findings, *judged.wrong)
    return Finding(measured=", ".join((*told, *troubles[:1])), ok=judged.sound)


def together(*findings: Finding) -> Finding:
    """Return one finding of several: it holds when all do."""
    return Finding(
        measured=", ".join(one.measured for one in findings), ok=all(one.ok for one in findings)
    )


def times(options: Options, figure: int) -> int:
    """Return how often to do what a figure wants done so often: a tenth, times a scale above 1.

    `--scale 10` is the figure itself; a quick run has no time for it.

    >>> [times(Options(scale=one), 50) for one in (0.05, 1, 10)]
    [5, 5, 50]
    """
    return round(figure * max(options.scale, 1.0) / 10)
