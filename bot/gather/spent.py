"""Counts what was said by message since the customer's own words, before more is said.

A customer who types many lines in one breath renews nothing by those that lie before our answers.
"""

from dataclasses import replace

from bot.clock import micros
from bot.db import ledger, windows
from bot.db.tx import Tx
from bot.events import Event, answered_inside, spoken_in_kf
from bot.facts import Member, Reach, Talk


async def with_spent(tx: Tx, event: Event, member: Member | None, now_us: int) -> Member | None:
    """Return the member with each `sent`, of conversations and reaches, as the platform counts."""
    if member is None:
        return member
    talks = tuple([replace(t, sent=await _spent(tx, event, t)) for t in member.talks])
    reaches = tuple([replace(r, sent=await _sent(tx, event, r, now_us)) for r in member.reaches])
    return replace(member, talks=talks, reaches=reaches)


async def _sent(tx: Tx, event: Event, reach: Reach, now_us: int) -> int:
    """Return what a follower got since their last message, or still will.

    Where this event begins anew, only what is still on its way counts.
    """
    if reach.channel != "oa":
        return 0
    renews = answered_inside(event) and getattr(event, "menu_id", "") == ""
    since_us = now_us if renews else micros(reach.spoke) if reach.spoke else None
    if since_us is None:
        return 0
    return await windows.promised(tx, reach.account, reach.address, since_us)


async def _spent(tx: Tx, event: Event, talk: Talk) -> int:
    here = spoken_in_kf(event) and (event.account, event.kf) == (talk.account, talk.kf)
    since = event.at if here else talk.spoke
    if since is None:
        return 0 if here else talk.sent
    order = f"say:{talk.account}:{talk.kf}:{talk.member}"
    counted = await ledger.said_since(tx, order, micros(since))
    return counted if here else max(counted, talk.sent)
