"""`member show`: one member as they stand now, their names masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from bot.clock import Clock
from bot.db import orders
from bot.db.merged import Merged, merges
from bot.db.order import Sums
from bot.db.stories import Biography, biography
from bot.db.tx import Tx
from commands.member.finding import meant
from commands.member.merges import documents, line
from commands.parts.problems import FINE
from commands.report.names import Names, names_of
from commands.report.reading import Reader, reader_of
from commands.report.showing import clean, console, stamp, when
from commands.report.words import ALIASES, STAGES

VERSION = 1  # of the JSON form
_SHOWN = 3  # characters at each end of a name
_MOST_MERGES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A member with what they bought and whom they were taken for."""

    member: Biography
    bought: Sums
    merged: Sequence[Merged]
    also: Sequence[str]  # others whom the same word names


def run(who: str, home: Path, *, as_json: bool) -> int:
    """Print the member whom `who` names; stops when it names nobody. Changes nothing."""
    reader = reader_of(home)
    found = _found(reader, who)
    if as_json:
        print(orjson.dumps(_document(found)).decode())
    else:
        _print(found, names_of(reader.home), ZoneInfo(reader.home.settings.store_zone))
    return FINE


def masked(value: str) -> str:
    """Return a name as it may be shown around: its ends alone.

    >>> masked("oAdaLovelace1815"), masked("88")
    ('oAd…815', '…')
    """
    return f"{value[:_SHOWN]}…{value[-_SHOWN:]}" if len(value) > 2 * _SHOWN else "…"


def _found(reader: Reader, who: str) -> Portrait:
    person, *also = meant(reader, who, "member show")
    now_us = Clock()()

    async def work(tx: Tx) -> Portrait:
        return Portrait(
            member=await biography(tx, person, now_us),
            bought=await orders.sums(tx, person),
            merged=await merges(tx, _MOST_MERGES, person),
            also=also,
        )

    return reader.ask(work)


def _document(found: Portrait) -> dict[str, object]:
    member = found.member
    return {
        "v": VERSION,
        "id": member.id,
        "also": found.also,
        "created": stamp(member.created_us),
        "stage": member.stage,
        "store": member.store,
        "names": [
            {"kind": name.kind, "scope": name.scope, "value": masked(name.value)}
            for name in member.aliases
        ],
        "tags": [{"name": tag.name, "value": tag.value} for tag in member.tags],
        "coupons": [
            {
                "code": held.code,
                "campaign": held.campaign,
                "expires": stamp(held.expires_us),
                "same_as": held.same_as,
                "redeemed": stamp(held.redeemed_us),
            }
            for held in member.coupons
        ],
        "orders": {
            "count": found.bought.count,
            "spend_fen": found.bought.spend_fen,
            "last": stamp(found.bought.last_us),
        },
        "merges": documents(found.merged),
    }


def _print(found: Portrait, names: Names, zone: ZoneInfo) -> None:
    out, member = console(), found.member
    out.print(f"会员 {member.id}", style="bold")
    out.print(
        f"  阶段：{STAGES.get(member.stage, member.stage)}，{when(member.created_us, zone)} 起"
    )
    if member.store:
        out.print(f"  门店：{names.store(member.store)}")
    for alias in member.aliases:
        out.print(f"  身份：{ALIASES.get(alias.kind, alias.kind)} {clean(masked(alias.value))}")
    if member.tags:
        out.print("  标签：" + "、".join(clean(tag.name) for tag in member.tags))
    for held in member.coupons:
        state = "已核销" if held.redeemed_us else f"{when(held.expires_us, zone)[:10]} 前有效"
        same = f"（与 {held.same_as} 是同一张）" if held.same_as else ""
        out.print(f"  券：{held.code} {names.campaign(held.campaign)}{same}，{state}")
    bought = found.bought
    out.print(
        f"  订单：{bought.count} 笔，实付 {bought.spend_fen // 100}.{bought.spend_fen % 100:02} 元"
    )
    for one in found.merged:
        out.print(f"  合并：{line(one, zone)}")
    if found.also:
        out.print(f"  同一个词也指：{'、'.join(found.also)}")
