"""`ledger --resolve`: an operator's word on effects whose outcome nobody could know."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bot.clock import Clock
from bot.db import resolving
from bot.db.resolving import Word
from bot.db.tx import Database
from bot.errors import DatabaseTrouble
from bot.web.resolve import MOST
from commands.parts.acting import act, whoever
from commands.parts.compose import Home
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.report.numbers import numbers_of, shown
from commands.report.reading import reader_of
from commands.report.words import STATES
from config.home import UnsafeKey

VERSION = 1  # of the JSON form
ALL = "all"
VERDICTS = {
    "done": "记为完成",
    "retry": "重新排队，会再发一次",
    "give_up": "记为失败，不再发送",
}
_PATH = "/api/resolve"
_HOW = "要写全：ledger --resolve 12,15-19 --as done|retry|give_up（编号看账本里的 #；all 是全部）"


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the effects so far: settled, or left by reason."""

    settled: list[int] = field(default_factory=list)
    left: dict[str, list[int]] = field(default_factory=dict)

    def add(self, done: Mapping[str, Any]) -> None:
        """Count the answer to one call."""
        self.settled.extend(done["settled"])
        for effect, why in done["left"].items():
            self.left.setdefault(why, []).append(int(effect))


def run(folder: Path, which: str, verdict: str, *, as_json: bool = False) -> int:
    """Settle the effects `which` by `verdict`, by the running server if there is one.

    `which`: numbers and spans of them, or `all` that are unknown now. Returns 1 when one was left
    as it is, each told with its reason. Repeating is safe: only what is unknown is settled.
    """
    typed = _typed(which, verdict)
    reader = reader_of(folder)
    wanted = reader.ask(resolving.unknown) if which == ALL else typed
    if not wanted and not as_json:
        print("没有结果未知的动作，没有改动")
        return FINE
    tally = Tally()
    try:
        asyncio.run(_settle(reader.home, wanted, verdict, tally))
    except (DatabaseTrouble, UnsafeKey) as trouble:
        stop(str(trouble))
    finally:
        (_print if as_json else _tell)(tally, verdict)
    return FINDINGS if tally.left else FINE


def _typed(which: str, verdict: str) -> Sequence[int]:
    if not which or verdict not in VERDICTS:
        stop(_HOW, USAGE)
    if which == ALL:
        return ()
    try:
        return numbers_of(which)
    except ValueError as wrong:
        stop(f"{wrong}。{_HOW}", USAGE)


async def _settle(home: Home, effects: Sequence[int], verdict: str, tally: Tally) -> None:
    by = whoever()
    for start in range(0, len(effects), MOST):
        some = effects[start : start + MOST]

        async def here(db: Database, clock: Clock, some: Sequence[int] = some) -> Mapping[str, Any]:
            word = Word(verdict=verdict, by=by, at_us=clock())
            return (await db.write(lambda tx: resolving.resolve(tx, some, word))).document

        body = {"effects": list(some), "as": verdict, "by": by}
        tally.add(await act(home, here, _PATH, body))


def _print(tally: Tally, verdict: str) -> None:
    left = [
        {"id": effect, "why": why, "told": _why(why, shown([effect]))}
        for why, effects in tally.left.items()
        for effect in effects
    ]
    document = {"v": VERSION, "as": verdict, "settled": tally.settled, "left": left}
    print(orjson.dumps(document).decode())


def _tell(tally: Tally, verdict: str) -> None:
    if tally.settled:
        which = shown(tally.settled)
        print(f"已确认 {len(tally.settled)} 个动作（{which}）：{VERDICTS[verdict]}")
    elif tally.left:
        print("已确认 0 个动作")
    for why, effects in tally.left.items():
        print(f"{_why(why, shown(effects))}，没有改动", file=sys.stderr)


def _why(why: str, which: str) -> str:
    match why:
        case resolving.ABSENT:
            return f"账本里没有动作 {which}"
        case resolving.OVERDUE:
            return f"动作 {which} 已过时限，再发也只会过期：只能确认为 done 或 give_up"
    return f"动作 {which} 现在是「{STATES.get(why, why)}」，只有结果未知的才需要确认"
