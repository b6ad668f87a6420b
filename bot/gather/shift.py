"""Reads the day so far of a store, for the employee who asks about it."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from bot.clock import micros, micros_of, moment
from bot.db import seats, shift
from bot.db.tx import Tx
from bot.events import BotAsked, StaffSaid
from bot.facts import PROPOSAL_LIVES, GroupFacts, ShiftFacts
from bot.gather.look import Look

_STORE_TAG, _SOURCE_TAG = "门店/", "来源/"  # written when somebody comes by an entry code


async def shift_of(tx: Tx, look: Look) -> ShiftFacts | None:
    """Return today's facts of the asking employee's store, by the stores' calendar.

    None when nobody asks; without a store when the sheet of staff names none for the employee.
    """
    if not isinstance(look.event, StaffSaid | BotAsked):
        return None
    found = look.content.staff.get(look.event.staff)
    if found is None or not found.store:
        return ShiftFacts()
    return await _day(tx, look, found.store)


async def _day(tx: Tx, look: Look, store: str) -> ShiftFacts:
    day = _today(look, store)
    staff = [s.userid for s in look.content.staff.values() if s.store == store]
    return ShiftFacts(
        store=store,
        came=await shift.came(tx, day),
        unclaimed=await shift.unclaimed(tx, day),
        newcomers=await shift.newcomers(tx, day),
        tallies=await shift.tallies(tx, day),
        groups=await _groups(tx, look, store),
        unsaid=await shift.unsaid(tx, staff, look.now_us - micros_of(PROPOSAL_LIVES)),
        contacts=await shift.contacts(tx, staff, day),
    )


def _today(look: Look, store: str) -> shift.Day:
    zone = look.shop.zone
    today = moment(look.now_us).astimezone(zone).date()
    return shift.Day(
        store=store,
        since=micros(datetime.combine(today, time.min, zone)),
        until=micros(datetime.combine(today + timedelta(days=1), time.min, zone)),
        tag=f"{_STORE_TAG}{store}",
        source=_SOURCE_TAG,
        campaign=look.content.newcomer_campaign,
    )


async def _groups(tx: Tx, look: Look, store: str) -> tuple[GroupFacts, ...]:
    found: list[GroupFacts] = []
    for pool in look.content.pools.values():
        here = tuple(group for group in pool.groups if group.store == store)
        if here:
            known = await seats.pool_facts(tx, replace(pool, groups=here), None, look.now_us)
            found += known.groups
    return tuple(found)
