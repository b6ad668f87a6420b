"""Counts what was said in customer service since the customer's words, before more is said.

A customer who types many lines in one breath renews nothing by those that lie before our answers.
"""

from dataclasses import replace

from bot.clock import micros
from bot.db import ledger
from bot.db.tx import Tx
from bot.events import Event, KfSaid
from bot.facts import Member, Talk


async def with_spent(tx: Tx, event: Event, member: Member | None) -> Member | None:
    """Return the member with each conversation's `sent` as the platform counts it."""
    if member is None or not member.talks:
        return member
    talks = tuple([replace(t, sent=await _spent(tx, event, t)) for t in member.talks])
    return replace(member, talks=talks)


async def _spent(tx: Tx, event: Event, talk: Talk) -> int:
    here = isinstance(event, KfSaid) and (event.account, event.kf) == (talk.account, talk.kf)
    since = event.at if here else talk.spoke
    if since is None:
        return 0 if here else talk.sent
    order = f"say:{talk.account}:{talk.kf}:{talk.member}"
    counted = await ledger.said_since(tx, order, micros(since))
    return counted if here else max(counted, talk.sent)
