"""The platforms' clock: real seconds plus what the operator of the twin jumped."""

import time
from dataclasses import dataclass


@dataclass(slots=True, kw_only=True)
class Clock:
    """Unix seconds that can jump. Token lives, windows and CreateTime read nothing else."""

    offset_s: float = 0.0

    def now(self) -> float:
        """Return Unix seconds by the platforms' clock."""
        return time.time() + self.offset_s

    def jump(self, seconds: float) -> None:
        """Move the clock by `seconds`; a second jump adds to the first."""
        self.offset_s += seconds
