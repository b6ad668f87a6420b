"""Keeps a number of child processes running: starts them again, stops them in order.

No event loop and no thread here: a child begins as a copy of this process.
"""

import gc
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import NoReturn

import structlog

from commands.parts.problems import FINDINGS, FINE, Stop
from commands.serving.stopping import ANYWAY_S, HELD_BACK, HURRY

Work = Callable[[int], int]  # what a child does with its lifeline, to its exit status
_SOUND_S = 10.0  # who lived so long began well
_FIRST_S, _LONGEST_S = 0.1, 30.0  # before one that died is started again
_KILL_S = 1.0  # after a child was told to hurry
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Child:
    slot: int
    began_s: float


class Children:
    """So many children doing the same work at the door that this process holds open for them.

    `gone` is called with the process id of each that ended.
    """

    def __init__(
        self, work: Work, count: int, door: socket.socket, gone: Callable[[int], object]
    ) -> None:
        self._work = work
        self._gone = gone
        self._door = door
        self._living: dict[int, _Child] = {}  # by process id
        self._due = dict.fromkeys(range(count), 0.0)  # when to start each that is not living
        self._failures = dict.fromkeys(range(count), 0)
        self._sound = False  # some child lived long enough: what ends one is no mistake at start
        self._words = 0  # to stop, that we were told
        self._stopping_s = 0.0
        self._code = FINE
        self._bell, self._ringing = os.pipe()  # signals wake us by it
        self._lifeline, self._holding = os.pipe()

    def run(self) -> int:
        """Run until SIGTERM or SIGINT, or a mistake that no restart mends; return the status.

        The first word drains the children, which takes at most 10 seconds; the second, or 15
        seconds, ends them anyway.
        """
        gc.freeze()  # what children share stays shared
        for end in (self._bell, self._ringing):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._ringing)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._told)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # without a handler nothing wakes us
        while self._living or not self._words:
            self._start_due()
            self._rest()
            self._reap()
            self._press()
        return self._code

    def _told(self, _signal: int, _frame: FrameType | None) -> None:
        self._words += 1

    def _start_due(self) -> None:
        if self._words:
            return
        for slot in [slot for slot, at_s in self._due.items() if at_s <= time.monotonic()]:
            del self._due[slot]
            signal.pthread_sigmask(signal.SIG_BLOCK, HELD_BACK)
            pid = os.fork()
            if pid == 0:
                self._be_child()
            signal.pthread_sigmask(signal.SIG_UNBLOCK, HELD_BACK)
            self._living[pid] = _Child(slot, time.monotonic())
            log.info("child_started", pid=pid)

    def _be_child(self) -> NoReturn:
        code = FINDINGS
        try:
            signal.set_wakeup_fd(-1)
            for name in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(name, signal.SIG_DFL)
            for end in (self._holding, self._bell, self._ringing):
                os.close(end)
            code = self._work(self._lifeline)
        except Stop as stopped:
            sys.stderr.write(f"{stopped.text}\n")
            code = stopped.code
        except BaseException:  # a child must never go on as its parent
            log.exception("child_failed")
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _rest(self) -> None:
        """Wait for a signal, or until there is something to do."""
        now_s = time.monotonic()
        moments = [*self._due.values()] if not self._words else [now_s + _KILL_S / 4]
        wait_s = min(moments, default=now_s + _LONGEST_S) - now_s
        select.select([self._bell], [], [], max(0.0, wait_s))
        try:
            os.read(self._bell, 512)
        except BlockingIOError:
            return

    def _reap(self) -> None:
        while self._living:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            child = self._living.pop(pid, None)
            if child is not None:
                self._gone(pid)
                self._ended(child, pid, os.waitstatus_to_exitcode(status))

    def _ended(self, child: _Child, pid: int, code: int) -> None:
        """Start a child again that ended by itself, later each time; `code` < 0 for a signal."""
        if self._words:
            self._code = self._code or (FINE if code == FINE else FINDINGS)
            return
        now_s = time.monotonic()
        lived_s = now_s - child.began_s
        self._sound = self._sound or lived_s >= _SOUND_S
        if code > 0 and not self._sound:
            self._code, self._words = code, 1  # it said why; another would say the same
            return
        failures = 0 if lived_s >= _SOUND_S else self._failures[child.slot]
        wait_s = min(_FIRST_S * 2**failures, _LONGEST_S)
        self._failures[child.slot] = failures + 1
        self._due[child.slot] = now_s + wait_s
        log.warning("child_ended", pid=pid, code=code, again_s=wait_s)

    def _press(self) -> None:
        """Pass on what we were told: stop, then hurry, then the end."""
        now_s = time.monotonic()
        if self._words and not self._stopping_s:
            self._stopping_s = now_s
            self._door.close()
            self._signal(signal.SIGTERM)
        if not self._stopping_s:
            return
        late_s = now_s - self._stopping_s - ANYWAY_S
        if self._words > 1 and late_s < -_KILL_S:
            self._stopping_s = now_s - ANYWAY_S  # it is late from now on
            late_s = 0.0
        if late_s >= _KILL_S:
            self._signal(signal.SIGKILL)
        elif late_s >= 0:
            self._signal(HURRY)

    def _signal(self, what: signal.Signals) -> None:
        for pid in self._living:
            os.kill(pid, what)
