"""`orders list` and `orders unmatched`: what was told, whose it is, what waits for its member."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from bot.db import orders
from bot.db.orders import Counts, Listed
from commands.parts.problems import FINE
from commands.report.names import Names, names_of
from commands.report.reading import reader_of
from commands.report.showing import clean, console, stamp, when
from commands.report.words import ALIASES

VERSION = 1  # of the JSON form
STATES = {"paid": "已支付", "refunded": "已退款", "cancelled": "已取消"}


def run(home: Path, *, waiting: bool, limit: int, as_json: bool) -> int:
    """Print the orders heard of last, newest first; with `waiting`, those that have no member."""
    reader = reader_of(home)
    counts = reader.ask(orders.counts)
    found = reader.ask(lambda tx: orders.listed(tx, limit, waiting=waiting))
    if as_json:
        print(orjson.dumps(_document(counts, found)).decode())
    else:
        _print(counts, found, names_of(reader.home), ZoneInfo(reader.home.settings.store_zone))
    return FINE


def _document(counts: Counts, found: Sequence[Listed]) -> dict[str, object]:
    return {
        "v": VERSION,
        "counts": {"all": counts.all, "waiting": counts.waiting, "unread": counts.unread},
        "orders": [
            {
                "source": one.order.source,
                "order": one.order.number,
                "revision": one.order.revision,
                "state": one.order.state,
                "total_fen": one.order.total_fen,
                "refunded_fen": one.order.refunded_fen,
                "paid_at": stamp(one.order.paid_us),
                "store": one.order.store,
                "person": one.person or None,
                "names": [name.kind for name in one.order.names],
                "since": stamp(one.told_us),
            }
            for one in found
        ],
    }


def _print(counts: Counts, found: Sequence[Listed], names: Names, zone: ZoneInfo) -> None:
    out = console()
    unread = f"，还没处理的推送 {counts.unread} 条" if counts.unread else ""
    out.print(f"订单 {counts.all} 单，其中 {counts.waiting} 单还没找到会员{unread}", style="bold")
    for one in found:
        order = one.order
        back = f"，退 {names.field('refunded_fen', order.refunded_fen)}"
        owner = f"会员 {one.person}" if one.person else f"等会员（{_kinds(one)}）"
        out.print(
            clean(
                f"  {when(one.told_us, zone)} 起  {order.source} {order.number}"
                f"  {STATES.get(order.state, order.state)}"
                f" {names.field('total_fen', order.total_fen) or '0 元'}"
                f"{back if order.refunded_fen else ''}"
                f"  {names.store(order.store) if order.store else '没写门店'}  {owner}"
            )
        )


def _kinds(one: Listed) -> str:
    kinds = "、".join(ALIASES.get(name.kind, name.kind) for name in one.order.names)
    return f"带着 {kinds}" if kinds else "没带任何身份，认不出是谁"
