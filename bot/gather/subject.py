"""What rules are matched against: the words, where and by whom they were said, and how often."""

from datetime import datetime, timedelta

from bot.clock import micros, moment
from bot.db import journal
from bot.db.tx import Tx
from bot.events import KfSaid, MemberJoined, TextSaid
from bot.events.kf import KfItem
from bot.gather.look import Look, key_of
from keyword_rules.rule import Limit, Subject

_WINDOWS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


async def subject_of(tx: Tx, look: Look) -> Subject:
    """Return an event as rules see it."""
    event, member = look.event, look.member
    key = key_of(event)
    entry = look.content.entry_codes.get(key)
    local = moment(look.now_us).astimezone(look.shop.zone)
    # Who sat in a group before us did not join it now: no rule may greet them for it.
    before_us = isinstance(event, MemberJoined) and event.earlier
    return Subject(
        occasion="" if before_us else event.occasion,
        text=event.text if isinstance(event, TextSaid | KfSaid) else "",
        key=key,
        channel="kf" if isinstance(event, KfItem) else look.shop.channel(event.account),
        store=(entry.store if entry else "") or (member.store if member else ""),
        group=look.pool,
        tags=frozenset(member.tags) if member else frozenset(),
        stage=member.stage if member else "",
        local=local,
        counts=await _counts(tx, look, local),
    )


async def _counts(tx: Tx, look: Look, local: datetime) -> dict[str, int]:
    if look.member is None:
        return {}
    since = {
        rule.id: _since(rule.where.limit, local)
        for rule in look.shop.rules().limited
        if rule.where.limit
    }
    return await journal.rule_counts(tx, look.member.id, since)


def _since(limit: Limit, local: datetime) -> int:
    window = _WINDOWS.get(limit.per)
    return micros(local - window) if window else 0
