"""The platforms' clock: it runs, stops, runs faster and jumps; whatever waits by it follows."""

import asyncio
import time
from collections.abc import Callable

from twin.shape import BadShape, Json, number

FASTEST = 86_400.0
WORDS = ("jump_s", "speed", "stop", "run")


class Clock:
    """Unix seconds of the platforms. Token lives, windows and CreateTime read nothing else."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._since = wall()  # when the rate last changed
        self._offset_s = 0.0  # ahead of the wall clock then
        self._elapsed_s = 0.0  # passed by then; jumps back take nothing away
        self._speed = 1.0
        self._running = True
        self._turned = asyncio.Event()

    @property
    def running(self) -> bool:
        """Whether time passes by itself."""
        return self._running

    @property
    def speed(self) -> float:
        """How many seconds pass in one real second while the clock runs."""
        return self._speed

    @property
    def offset_s(self) -> float:
        """How far the clock is ahead of the wall clock now."""
        return self._offset_s + self._real_s() * (self._rate() - 1.0)

    def now(self) -> float:
        """Return Unix seconds by the platforms' clock."""
        return self._since + self._offset_s + self._real_s() * self._rate()

    def jump(self, seconds: float) -> None:
        """Move the clock by `seconds`; a second jump adds to the first.

        What waits for a moment that is passed over comes due; a jump back delays nothing.
        """
        self._anchor()
        self._offset_s += seconds
        self._elapsed_s += max(seconds, 0.0)
        self._turn()

    def stop(self) -> None:
        """Let time stand still; jumps still move it. Repeating changes nothing."""
        self._anchor()
        self._running = False
        self._turn()

    def run(self, speed: float | None = None) -> None:
        """Let time pass, `speed` times as fast as real time (as fast as before by itself)."""
        self._anchor()
        self._running = True
        self._speed = self._speed if speed is None else speed
        self._turn()

    async def wait(self, seconds: float) -> None:
        """Return when `seconds` have passed by this clock; for ever while it stands still."""
        due = self._elapsed() + seconds
        while (left_s := due - self._elapsed()) > 0:
            turned = self._turned
            try:
                async with asyncio.timeout(left_s / self._speed if self._running else None):
                    await turned.wait()
            except TimeoutError:
                continue

    def told(self) -> Json:
        """Return the clock as JSON."""
        return {
            "now": self.now(),
            "offset_s": self.offset_s,
            "running": self._running,
            "speed": self._speed,
        }

    def _rate(self) -> float:
        return self._speed if self._running else 0.0

    def _real_s(self) -> float:
        return self._wall() - self._since

    def _elapsed(self) -> float:
        return self._elapsed_s + self._real_s() * self._rate()

    def _anchor(self) -> None:
        wall = self._wall()
        passed_s = wall - self._since
        self._offset_s += passed_s * (self._rate() - 1.0)
        self._elapsed_s += passed_s * self._rate()
        self._since = wall

    def _turn(self) -> None:
        """Wake whoever waits, to reckon anew."""
        self._turned.set()
        self._turned = asyncio.Event()


def turn(clock: Clock, args: Json) -> Json:
    """Do to the clock what `args` say and return them: jump_s, stop, run, speed, or several.

    A jump comes first. Raises BadShape, and then nothing has moved.
    """
    if not args or (unknown := args.keys() - set(WORDS)):
        raise BadShape(min(unknown) if args else "jump_s")
    stop, run = _said(args, "stop"), _said(args, "run")
    jump_s = number(args, "jump_s", 0.0)
    speed = number(args, "speed", clock.speed)
    if not 1.0 <= speed <= FASTEST:
        raise BadShape("speed")
    if stop and (run or "speed" in args):
        raise BadShape("stop")
    if jump_s:
        clock.jump(jump_s)
    if stop:
        clock.stop()
    elif run or "speed" in args:
        clock.run(speed)
    return args


def _said(args: Json, key: str) -> bool:
    found = args.get(key, False)
    if not isinstance(found, bool):
        raise BadShape(key)
    return found
