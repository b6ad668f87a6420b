"""A fault as it is kept with the row it struck, for whoever mends it."""

import traceback
from pathlib import Path

_MOST_CHARS = 500
_FRAMES = 3


def told(fault: BaseException) -> str:
    """Return what a fault was and where it arose, innermost first: places in the program."""
    frames = reversed(traceback.extract_tb(fault.__traceback__)[-_FRAMES:])
    places = "".join(f" ← {Path(one.filename).name}:{one.lineno} {one.name}" for one in frames)
    return f"{type(fault).__name__}: {fault}"[:_MOST_CHARS] + places
