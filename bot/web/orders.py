"""The call by which tills and mini programs tell us of orders (docs/reference/incoming.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from aiohttp import web

from bot.codec import event_from_json, event_to_json
from bot.db import inbox
from bot.db.orders import LANE
from bot.db.tx import Database, Tx
from bot.events import Event, OrderTold
from bot.shop import Shop
from bot.web.tellings import MOST, take
from bot.web.told_names import Wrong
from bot.web.told_order import Heard, heard

_SHOWN_CHARS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one order that was told: taken, repeated or refused, and why."""

    order: str
    result: str
    code: str
    text: str
    revision: int | None = None
    more: Mapping[str, object] = field(default_factory=dict)

    @property
    def document(self) -> dict[str, object]:
        """Return it as the caller reads it."""
        return {
            "order": self.order,
            "revision": self.revision,
            "result": self.result,
            "code": self.code,
            "text": self.text,
            **self.more,
        }


async def orders(request: web.Request) -> web.Response:
    """POST /api/orders: one order, or a list of up to 200, from a source that may tell them.

    Answered as `bot.web.tellings.take` says.
    """
    return await take(request, "orders", f"一个订单，或 1 到 {MOST} 个订单的列表", tell)


async def tell(db: Database, shop: Shop, source: str, items: Sequence[object]) -> Sequence[Outcome]:
    """Record the orders that a source tells, all of them with one sync, and say what came of each.

    Deciding follows. Repeating it is safe. Raises DatabaseTrouble: then none of them is recorded.
    """
    read = [_read(item, source, shop) for item in items]

    async def work(tx: Tx) -> list[Outcome]:
        return [await _record(tx, shop, one) if isinstance(one, Heard) else one for one in read]

    return await db.write(work)


def _read(item: object, source: str, shop: Shop) -> Heard | Outcome:
    try:
        return heard(item, source, shop)
    except Wrong as wrong:
        number = item.get("order", "") if isinstance(item, Mapping) else ""
        return Outcome(
            order=number[:_SHOWN_CHARS] if isinstance(number, str) else "",
            result="refused",
            code="bad_order",
            text=str(wrong),
            more={"field": wrong.field},
        )


async def _record(tx: Tx, shop: Shop, told: Heard) -> Outcome:
    event = told.event
    body = event_to_json(event)
    accepted = await inbox.accept(tx, _arrival(shop, event, body))
    if not accepted.duplicate:
        text = "；".join(("已收下", *told.remarks))
        return _outcome(event, "taken", "taken", text)
    first = await inbox.body_of(tx, accepted.id)
    if first == body:
        return _outcome(event, "repeated", "repeated", "之前已收下，内容一样")
    return _conflict(event, event_from_json("OrderTold", first))


def _arrival(shop: Shop, event: OrderTold, body: bytes) -> inbox.Arrival:
    canonical = f"order\0{event.source}\0{event.order}\0{event.revision}".encode()
    return inbox.Arrival(
        account=event.account,
        source="internal",
        dedupe=inbox.dedupe_key(shop.instance_key, canonical),
        kind="OrderTold",
        body=body,
        received_us=shop.clock(),
        lane=LANE,
    )


def _outcome(event: OrderTold, result: str, code: str, text: str) -> Outcome:
    return Outcome(order=event.order, revision=event.revision, result=result, code=code, text=text)


def _conflict(event: OrderTold, first: Event) -> Outcome:
    different = [f.name for f in fields(event) if getattr(event, f.name) != getattr(first, f.name)]
    text = (
        f"同一单的同一个 revision（{event.revision}）之前推过别的内容，"
        f"不一样的是 {'、'.join(different)}；订单有变化就把 revision 加大再推"
    )
    told = _outcome(event, "refused", "conflict", text)
    return Outcome(
        order=told.order, revision=told.revision, result=told.result, code=told.code,
        text=told.text, more={"different": different},
    )  # fmt: skip
