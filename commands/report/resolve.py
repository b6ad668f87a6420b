"""`ledger --resolve`: an operator's word on an effect whose outcome nobody could know."""

import asyncio
import re
from pathlib import Path

from bot.actions import State
from bot.clock import Clock
from bot.db import ledger
from bot.db.opening import opened
from bot.db.reports import effect_state
from bot.errors import AlreadyServed, DatabaseTrouble
from commands.parts.problems import FINE, USAGE, stop
from commands.report.reading import Reader, reader_of
from commands.report.words import STATES
from config.home import UnsafeKey, instance_key

_NUMBER = re.compile(r"[0-9]{1,18}")
VERDICTS = {
    "done": "记为完成",
    "retry": "重新排队，会再发一次",
    "give_up": "记为失败，不再发送",
}


def run(home: Path, number: str, verdict: str) -> int:
    """Settle effect `number` by `verdict`: done, retry or give_up.

    Stops when it is not unknown, so repeating is safe; and while a server runs, which owns the
    database and must stop first.
    """
    if verdict not in VERDICTS or not _NUMBER.fullmatch(number):
        stop("要写全：ledger --resolve 编号 --as done|retry|give_up（编号看账本里的 #）", USAGE)
    reader, effect = reader_of(home), int(number)
    _check(reader, effect)
    try:
        settled = asyncio.run(_settle(reader, effect, verdict))
    except AlreadyServed as served:
        stop(f"现在不能确认：{served}。停下之后再运行这条命令，动作 #{effect} 没有改动")
    except (DatabaseTrouble, UnsafeKey) as trouble:
        stop(str(trouble))
    if not settled:
        stop(f"动作 #{effect} 刚刚已不是结果未知，没有改动")
    print(f"动作 #{effect}：{VERDICTS[verdict]}")
    return FINE


def _check(reader: Reader, effect: int) -> None:
    state = reader.ask(lambda tx: effect_state(tx, effect))
    if state is None:
        stop(f"账本里没有动作 #{effect}")
    if state != State.UNKNOWN:
        stop(f"动作 #{effect} 现在是「{STATES.get(state, state)}」，只有结果未知的才需要确认")


async def _settle(reader: Reader, effect: int, verdict: str) -> bool:
    now_us = Clock()()
    async with opened(reader.database, instance_key(reader.home.folder)) as db:
        return await db.write(lambda tx: ledger.resolve(tx, effect, verdict, now_us))
