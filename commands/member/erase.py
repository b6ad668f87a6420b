"""`member erase`: shows what of a member would go, and with --yes takes it away for good."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

from bot.db import owned
from bot.db.erasing import Erasing, halves_of
from bot.db.tx import Tx
from bot.erasure import erase_member
from bot.errors import AlreadyServed, DatabaseTrouble
from commands.member.direct import clock_of, direct, home_of
from commands.member.finding import meant
from commands.parts.compose import Home
from commands.parts.operator import operator_of
from commands.parts.problems import FINE, USAGE, stop
from commands.parts.telling import server_of, told
from commands.report.reading import reader_of
from commands.report.showing import console
from config.home import instance_key

VERSION = 1  # of the JSON form
_MOST_CHARS, _MOST_NAME = 200, 64
_GOES = {
    "names": "身份（openid、手机号摘要、卡号…）",
    "tags": "标签，连同历史",
    "ways": "触达方式",
    "talks": "客服会话",
    "seats": "群里的座位记录",
    "invites": "进群邀请",
    "links": "关联用的口令",
    "rule_hits": "规则计数",
    "messages": "收到的消息：内容清空，只留去重记录",
    "traces": "决定的轨迹",
    "unknown_phrases": "没接住的话",
    "effects": "发出的内容：清空，只留状态",
    "owed": "其中还没发的：不再发送",
    "unknown": "其中结果未知的：结案，不再追究",
    "proposals": "待确认的话",
}
_STAYS = {
    "kept_coupons": "券的发放与核销：挂在不含身份的会员号下，手里的券码仍能用",
    "kept_orders": "订单金额：挂在不含身份的会员号下",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks of an erasure."""

    who: str
    yes: bool = False
    reason: str = ""
    by: str = ""
    as_json: bool = False


def run(home: Path, asked: Asked) -> int:
    """Show what erasing a member takes away, and with `yes` do it; nothing brings it back.

    Repeating is safe. Stops when the word names nobody, or several.
    """
    if len(asked.reason) > _MOST_CHARS or len(asked.by) > _MOST_NAME:
        stop(f"--reason 最多 {_MOST_CHARS} 个字，--by 最多 {_MOST_NAME} 个字", USAGE)
    reader = reader_of(home)
    person, *others = meant(reader, asked.who, "member erase")
    if others:
        stop(f"这个词也指别的会员（{'、'.join(others)}）：请写会员号，member show 里有", USAGE)
    people, counts = reader.ask(lambda tx: _before(tx, person))
    if asked.yes:
        counts = _erase(home, person, asked)
    if asked.as_json:
        shown = {"v": VERSION, "person": person, "people": people, "erased": asked.yes}
        print(orjson.dumps({**shown, "rows": counts}).decode())
    else:
        _print(person, people, counts, done=asked.yes)
    return FINE


async def _before(tx: Tx, person: str) -> tuple[tuple[str, ...], Mapping[str, int]]:
    people = await halves_of(tx, person)
    return people, await owned.counts(tx, people)


def _erase(folder: Path, person: str, asked: Asked) -> Mapping[str, int]:
    try:
        return asyncio.run(_take_away(home_of(folder), person, asked))
    except DatabaseTrouble as trouble:
        stop(f"{trouble}。没有做完：解决后原样再运行一次")


async def _take_away(home: Home, person: str, asked: Asked) -> Mapping[str, int]:
    try:
        async with direct(home) as rooms:
            wish = Erasing(
                person=person, by=asked.by, reason=asked.reason,
                instance_key=rooms.shop.instance_key, now_us=rooms.shop.clock(),
            )  # fmt: skip
            if rooms.db.alone:  # whoever sent is gone: what was under way is not waited for
                return (await erase_member(rooms.db, wish, patience_s=0)).gone
            return (await erase_member(rooms.db, wish)).gone
    except AlreadyServed:
        source, clock = operator_of(instance_key(home.folder)), await clock_of(home)
        url = server_of(home.settings) + "/api/erase"
        body = orjson.dumps({"person": person, "by": asked.by, "reason": asked.reason})
        answered = await told(url, source, body, clock, holds="erased")
        gone: Mapping[str, int] = answered["erased"]["gone"]
        return gone


def _print(person: str, people: tuple[str, ...], counts: Mapping[str, int], *, done: bool) -> None:
    out = console()
    also = f"（连同合并进来的 {len(people) - 1} 位）" if len(people) > 1 else ""
    out.print(f"会员 {person}{also}{'：已抹除' if done else '：将要抹除'}", style="bold")
    for word, text in _GOES.items():
        out.print(f"  {counts.get(word, 0):>7}  {text}")
    out.print("留下（账目要平）：", style="bold")
    for word, text in _STAYS.items():
        out.print(f"  {counts.get(word, 0):>7}  {text}")
    out.print(
        "这个人再来就是新会员，我们认不出他。平台那边的好友、粉丝、聊天记录，要在平台上处理"
        if done
        else "抹除之后无法撤销。确认无误，加 --yes 再运行一次；要留底先运行 member export"
    )
