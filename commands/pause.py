"""`pause` and `resume`: stops one thing, or all that goes out, whatever the files say."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

import orjson

from bot.clock import Clock
from bot.db import pauses, restored
from bot.db.pauses import Pause
from bot.db.restored import Restored, Resumed
from bot.db.tx import Database, Tx
from bot.errors import DatabaseTrouble
from bot.pausing import ALL_SENDING, KINDS, well_formed, word_of
from commands.parts.acting import act, whoever
from commands.parts.compose import Home, open_home
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.report.reading import reader_of
from commands.report.showing import clean, console, stamp, when
from config.home import UnsafeKey
from config.problems import nearest

VERSION = 1  # of the JSON form
LIST = "list"
_PATH = "/api/pauses"
_MEANS = {
    "rule": "它不再命中，try 和 why 里写着 paused",
    "campaign": "不再发新券，规则、欢迎语、进群礼都一样；已经发出的券照常核销",
    "pool": "不再邀请新人；已经发出的入口照常能用，进群照常记账",
    "persona": "它不再说话，由默认人设说；暂停的就是默认人设时，该它说的话都不发",
}


def name_of(what: str, which: str) -> str:
    """Return the name of a pause, whether its kind and its id were typed as one word or as two."""
    return f"{what}:{which}" if which else what


def pause(folder: Path, what: str, reason: str) -> int:
    """Pause something within 2 s on every process; what is paused already stays as it is."""
    home, by = open_home(folder, with_rules=what.startswith("rule:")), whoever()
    _check(home, what)

    async def here(db: Database, clock: Clock) -> str:
        wanted = Pause(name=what, reason=reason, by=by, at_us=clock())
        return "paused" if await db.write(lambda tx: pauses.pause(tx, wanted)) else "already"

    body = {"do": "pause", "name": what, "reason": reason, "by": by}
    try:
        done = asyncio.run(act(home, here, _PATH, body))
    except (DatabaseTrouble, UnsafeKey) as trouble:
        stop(str(trouble))
    if done == "already":
        print(f"{word_of(what)}早已暂停，没有改动（用 pause list 看原因）")
    elif what == ALL_SENDING:
        print("已暂停全部发送：回调照收、照做决定，什么都不发出，连回调响应里的回复也不发")
        print(f"欠着的都留在账本里，过了时限的记为过期；恢复：python run.py resume {what}")
    else:
        print(f"已暂停{word_of(what)}：{_MEANS[what.partition(':')[0]]}")
        print(f"之前已经答应的照常做完；恢复：python run.py resume {what}")
    return FINE


def resume(folder: Path, what: str) -> int:
    """Let something go on; 1 while a restored database waits for its gap to be confirmed.

    What is paused can be let go on though the files no longer hold it.
    """
    if not well_formed(what):
        _refuse(what, "")
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
    print(f"已恢复{word_of(what)}" if lifted else f"{word_of(what)}没有暂停，没有改动")
    return FINE


def _check(home: Home, what: str) -> None:
    """Refuse what this home does not have; a rule counts when files that are broken may hold it."""
    known = {ALL_SENDING, *_names(home)}
    if what in known:
        return
    if well_formed(what) and what.startswith("rule:") and home.rules.problems:
        print("规则文件有问题，没法核对这条规则在不在：按写的暂停", file=sys.stderr)
        return
    kind = what.partition(":")[0]
    of_kind = [name for name in known if name.partition(":")[0] == kind]
    _refuse(what, nearest(what, of_kind or known))


def _names(home: Home) -> Iterator[str]:
    ids = {
        "rule": (rule.id for rule in home.rules.current.rules),
        "campaign": home.content.campaigns,
        "pool": home.content.pools,
        "persona": home.content.personas,
    }
    return (f"{kind}:{one}" for kind in KINDS for one in ids[kind])


def _refuse(what: str, meant: str) -> NoReturn:
    hint = f"（是不是 {meant}？）" if meant else ""
    could = "、".join((ALL_SENDING, *(f"{kind}:ID" for kind in KINDS)))
    stop(f"不能暂停 {what}{hint}：能暂停的有 {could}；看现在暂停着什么用 pause list", USAGE)


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
        since = when(one.at_us, zone)
        out.print(clean(f"{one.name}  {word_of(one.name)}，{since} 起，由 {one.by}{why}"))
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
