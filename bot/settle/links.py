"""Settles who is who: a token to be carried to another door, a merge undone."""

from bot.actions import MakeLinkToken, UndoMerge
from bot.clock import micros
from bot.db import merging, orders, proofs
from bot.db.tx import Tx
from bot.settle.decision import Decision


async def make_link_token(tx: Tx, action: MakeLinkToken, decision: Decision) -> None:
    """Keep what recognises the token, never the token itself."""
    await proofs.keep_token(
        tx,
        digest=proofs.token_digest(decision.instance_key, action.token),
        person=decision.member,
        account=decision.account,
        made_us=decision.now_us,
        expires_us=micros(action.expires),
    )


async def undo_merge(tx: Tx, action: UndoMerge, decision: Decision) -> None:
    """Make two of one again; orders go where their names went, and both are looked at again."""
    if await merging.undo(tx, action.merge, action.by, decision.now_us):
        both = await merging.members_of(tx, action.merge)
        changed = await orders.rematch(tx, *both)
        await orders.tell_moved(tx, {*changed, *both}, decision.now_us)
