"""`pause` and `resume`: stops what goes out, whatever the files say, and lets it go on."""

import asyncio
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from bot.clock import Clock
from bot.db import pauses, restored
from bot.db.pauses import ALL_SENDING, NAMES, Pause
from bot.db.restored import Restored, Resumed
from bot.db.tx import Database, Tx
from bot.errors import DatabaseTrouble
from commands.parts.acting import act, whoever
from commands.parts.compose import open_home
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.report.reading import reader_of
from commands.report.showing import clean, console, stamp, when
from config.home import UnsafeKey

VERSION = 1  # of the JSON form
LIST = "list"
WORDS = {ALL_SENDING: "全部发送"}
_PATH = "/api/pauses"


def pause(folder: Path, what: str, reason: str) -> int:
    """Pause something within 2 s on every process; what is paused already stays as it is."""
    _check(what)
    home, by = open_home(folder, with_rules=False), whoever()

    async def here(db: Database, clock: Clock) -> str:
        wanted = Pause(name=what, reason=reason, by=by, at_us=clock())
        return "paused" if await db.write(lambda tx: pauses.pause(tx, wanted)) else "already"

    body = {"do": "pause", "name": what, "reason": reason, "by": by}
    try:
        done = asyncio.run(act(home, here, _PATH, body))
    except (DatabaseTrouble, UnsafeKey) as trouble:
        stop(str(trouble))
    if done == "already":
        print(f"{WORDS[what]}早已暂停，没有改动（用 pause list 看原因）")
    else:
        print(f"已暂停{WORDS[what]}：回调照收、照做决定，什么都不发出，连回调响应里的回复也不发")
        print(f"欠着的都留在账本里，过了时限的记为过期；恢复：python run.py resume {what}")
    return FINE


def resume(folder: Path, what: str) -> int:
    """Let something go on; 1 while a restored database waits for its gap to be confirmed."""
    _check(what)
    home = open_home(folder, with_rules=False)

    async def here(db: Database, _: Clock) -> str:
        return await db.write(lambda tx: restored.resume(tx, what))

    body = {"do": "resume", "name": what, "by": whoever()}
    try:
        done = asyncio.run(act(home, here, _PATH, body))
    except (DatabaseTrouble, UnsafeKey) as trouble:
        stop(str(trouble))
    if done == Resumed.UNCONFIRMED:
        stop(
            "没有恢复：数据库恢复自备份，备份之后发生过什么它不知道。"
            "先确认空档：python run.py db confirm-gap（确认后自动恢复发送）"
        )
    lifted = done == Resumed.LIFTED
    print(f"已恢复{WORDS[what]}" if lifted else f"{WORDS[what]}没有暂停，没有改动")
    return FINE


def _check(what: str) -> None:
    if what not in NAMES:
        stop(
            f"不能暂停 {what}：能暂停的有 {'、'.join(NAMES)}；看现在暂停着什么用 pause list", USAGE
        )


def show(folder: Path, *, as_json: bool) -> int:
    """Print what is paused; 1 when something is."""
    reader = reader_of(folder)
    standing, mark = reader.ask(_standing)
    if as_json:
        print(orjson.dumps(_document(standing, mark)).decode())
        return FINDINGS if standing else FINE
    out, zone = console(), ZoneInfo(reader.home.settings.store_zone)
    for one in standing:
        why = f"：{one.reason}" if one.reason else ""
        word = WORDS.get(one.name, one.name)
        out.print(clean(f"{one.name}  {word}，{when(one.at_us, zone)} 起，由 {one.by}{why}"))
    if not standing:
        out.print("什么都没有暂停")
    if mark:
        out.print(
            f"数据库恢复自 {when(mark.taken_us, zone)} 的备份，空档还没有确认："
            "python run.py db confirm-gap"
        )
    return FINDINGS if standing else FINE


async def _standing(tx: Tx) -> tuple[tuple[Pause, ...], Restored | None]:
    return await pauses.standing(tx), await restored.restored(tx)


def _document(standing: tuple[Pause, ...], mark: Restored | None) -> dict[str, object]:
    return {
        "v": VERSION,
        "paused": [
            {"name": one.name, "reason": one.reason, "by": one.by, "since": stamp(one.at_us)}
            for one in standing
        ],
        "unconfirmed_backup": stamp(mark.taken_us) if mark else None,
    }
