"""Says of a long drill beforehand how long it takes, and on the way how far it is; to stderr."""

import sys
import time
from collections.abc import Iterator

_SHOWN = 10  # times a drill at most, however long
_MINUTE_S = 60


def rounds(count: int, each_s: float) -> Iterator[int]:
    """Yield 0, 1, … `count` - 1, where each takes about so many seconds, and tell the progress."""
    _say(f"{count} rounds, about {span(count * each_s)}")
    began = time.monotonic()
    for number in range(count):
        yield number
        done = number + 1
        if done < count and done * _SHOWN // count > number * _SHOWN // count:
            passed_s = time.monotonic() - began
            left_s = passed_s / done * (count - done)
            _say(f"{done}/{count} after {span(passed_s)}, about {span(left_s)} to go")


def span(seconds: float) -> str:
    """Return a span as people say it.

    >>> span(42.4), span(600)
    ('42 s', '10 min')
    """
    minutes = seconds / _MINUTE_S
    return f"{minutes:.0f} min" if minutes >= 2 else f"{seconds:.0f} s"


def _say(line: str) -> None:
    sys.stderr.write(f"   {line}\n")
    sys.stderr.flush()
