"""Settles orders: kept as they stand, found by their member; and the stage they speak for."""

from bot.actions import MarkOrder, MoveStage
from bot.db import orders
from bot.db.order import fold, order_of
from bot.db.tx import Tx
from bot.settle.decision import Decision


async def mark_order(tx: Tx, action: MarkOrder, decision: Decision) -> None:
    """Keep an order with what this telling adds; whoever thereby lost it is looked at again."""
    known = await orders.find(tx, action.source, action.order)
    order = fold(known.order if known else None, order_of(action, decision.instance_key))
    person = await orders.owner(tx, order.names)
    await orders.keep(tx, order, person=person, inbox=decision.inbox, at_us=decision.now_us)
    if known and known.person not in (None, person):
        await orders.tell_moved(tx, [known.person], decision.now_us)


async def move_stage(tx: Tx, action: MoveStage, decision: Decision) -> None:
    """Move the member to a stage."""
    await tx.run("UPDATE person SET stage = ? WHERE id = ?", action.stage, decision.member)
