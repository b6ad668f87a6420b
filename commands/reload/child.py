"""The maker of rules: a process beside the one that serves, which reads, checks and compiles.

`python -m commands.reload.child`, its orders on stdin. It ends with whoever holds the other end.
"""

import contextlib
import gc
import os
import queue
import resource
import signal
import sys
import threading
import zlib
from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO, TypeAlias, cast

from commands.reload.cutting import cuts_words, cutter_of
from commands.reload.frames import Kind, Order, Verdict, framed, packed, read_frame, unpacked
from commands.reload.spawning import AHEAD
from keyword_rules.load import RuleBook
from keyword_rules.match import RuleSet, compile_rules
from keyword_rules.portable import slices_of
from keyword_rules.segment import by_jieba

Asked: TypeAlias = "queue.Queue[tuple[Kind, bytes]]"

_MOST_BYTES = 4 << 30
_NICER = 5  # than whoever it works for, once there are rules: serving comes first


class _Maker:
    """Makes what is asked for, and knows the files from one time to the next."""

    def __init__(self, order: Order, answers: BinaryIO) -> None:
        self._answers = answers
        self._book = RuleBook(order.folder, order.vocabulary, order.segment, order.same_sound)
        self._told: dict[str, bytes] = dict(order.good)
        self._cuts = order.cuts
        self._book.trust(order.good, self._reading)

    def make(self, refused: Mapping[str, str]) -> None:
        """Read what changed and tell everything that came of it."""
        loaded = self._book.read(self._reading, refused)
        self._reading("")
        rules = compile_rules(
            loaded.rules, segment=self._book.segment, same_sound=self._book.same_sound
        )
        good = self._book.good_texts()
        new = {name: raw for name, raw in good.items() if self._told.get(name) != raw}
        verdict = Verdict(
            loaded=replace(loaded, rules=()),
            count=len(loaded.rules),
            good={name: zlib.compress(raw) for name, raw in new.items()},
            names=frozenset(good),
        )
        self._told = dict(good)
        self._tell(packed(Kind.LOADED, verdict))
        self._tell_words(rules)
        for piece in slices_of(rules):
            self._tell(framed(Kind.SLICE, piece))
        self._tell(framed(Kind.DONE, b""))

    def _tell_words(self, rules: RuleSet) -> None:
        """Hand over the dictionary, once, if these rules cut texts into words."""
        cutter = cutter_of(self._book.segment)
        if self._cuts or cutter is None or not cuts_words(rules):
            return
        for piece in cutter.tables().slices():
            self._tell(framed(Kind.WORDS, piece))
        self._cuts = True

    def _reading(self, name: str) -> None:
        self._tell(framed(Kind.READING, name.encode()))

    def _tell(self, frame: bytes) -> None:
        self._answers.write(frame)
        self._answers.flush()


def main() -> None:
    """Make rules whenever asked to, until nobody can ask any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal: it goes to everybody
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
    gc.disable()  # while rules are read nearly everything stays
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    asked: Asked = queue.Queue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    if AHEAD in sys.argv:
        by_jieba().warm_up()
    with contextlib.suppress(BrokenPipeError):
        _work(asked, answers)


def _work(asked: Asked, answers: BinaryIO) -> None:
    maker: _Maker | None = None
    nice = os.nice(0) + _NICER
    while True:
        kind, body = asked.get()
        if kind is Kind.ORDER:
            maker = _Maker(cast(Order, unpacked(body)), answers)
        elif maker is not None:
            maker.make(cast(Mapping[str, str], unpacked(body)))
            os.nice(nice - os.nice(0))
        gc.collect()
        gc.freeze()


def _listen(asked: Asked) -> None:
    """Pass on what is asked; at the end of it end the process, whatever it is doing."""
    try:
        while True:
            asked.put(read_frame(sys.stdin.buffer))
    except EOFError:
        os._exit(0)


if __name__ == "__main__":
    main()
