"""When to stop: signals, a parent that is gone, and an end however the program fares."""

import asyncio
import os
import signal
from dataclasses import dataclass

ANYWAY_S = 15  # after the first word to stop
HURRY = signal.SIGUSR2  # from a parent: wait for nothing any more
HELD_BACK = (signal.SIGTERM, signal.SIGINT, HURRY)  # from a child until it can hear


@dataclass(frozen=True, slots=True)
class Told:
    """What we have been told: to stop, and then not even to wait for what is under way."""

    stop: asyncio.Event
    hurry: asyncio.Event


def listen_for_signals(lifeline: int | None = None) -> Told:
    """Return what will be told by SIGTERM or SIGINT, the second time to hurry.

    A child has a `lifeline` to its parent, which hears signals for it: SIGTERM comes once or many
    times, with SIGUSR2 to hurry, and when the parent is gone, that is a word to stop. Whoever has
    not ended 15 seconds after the first word is ended by the system, whatever holds it.
    """
    told, loop = Told(asyncio.Event(), asyncio.Event()), asyncio.get_running_loop()

    def stop() -> None:
        if not told.stop.is_set():
            signal.alarm(ANYWAY_S)
            told.stop.set()

    def again() -> None:
        if told.stop.is_set():
            told.hurry.set()
        stop()

    if lifeline is None:
        loop.add_signal_handler(signal.SIGTERM, again)
        loop.add_signal_handler(signal.SIGINT, again)
        return told
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: it goes to everybody
    loop.add_signal_handler(signal.SIGTERM, stop)
    loop.add_signal_handler(HURRY, told.hurry.set)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)

    def orphaned() -> None:
        loop.remove_reader(lifeline)
        os.close(lifeline)
        stop()

    loop.add_reader(lifeline, orphaned)
    return told
