"""Long work: says on a terminal what takes a while, and keeps it from taking longer."""

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def say(quiet: bool, text: str) -> None:
    """Print one line of progress on standard error, when a person is looking."""
    if not quiet and sys.stderr.isatty():
        print(text, file=sys.stderr)


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector of cycles away from work that makes none.

    Over the trees of 10,000 rules it goes again and again, and takes more than half of the time.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
