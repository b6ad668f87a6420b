"""Orders: kept with the names they carry; one paid just now may bind a store and be thanked for."""

from collections.abc import Iterable

from bot.actions import BindStore, MarkOrder, Output, Speak, Tag
from bot.events import OrderTold
from bot.facts import Situation
from handlers.personas import choose, speak
from handlers.stages import as_due
from handlers.wording import render

_THANKS = "thanks_order"


def order_told(situation: Situation) -> Iterable[Output]:
    """Yield what keeps the order, the store it binds, and thanks for one that was paid just now."""
    event, facts = situation.event, situation.facts
    if not isinstance(event, OrderTold):
        return
    yield MarkOrder(
        source=event.source,
        order=event.order,
        revision=event.revision,
        state=event.state,
        total_fen=event.total_fen,
        refunded_fen=event.refunded_fen,
        paid=event.paid,
        store=event.store,
        names=event.names,
    )
    if facts.member is None:
        return
    if not facts.member.store and event.state == "paid" and event.store in facts.content.stores:
        yield BindStore(store=event.store)
        yield Tag(name=f"门店/{event.store}")
    if facts.orders.fresh:
        yield from _thanks(as_due(situation))


def _thanks(situation: Situation) -> Iterable[Speak]:
    text = situation.facts.content.after_order
    if not text:
        yield from speak(situation, _THANKS)
        return
    persona, why = choose(situation)
    yield Speak(
        text=render(situation, text, persona),
        persona=persona.name if persona else "",
        why=f"{why}；下单后的话",
        topic=_THANKS,
    )
