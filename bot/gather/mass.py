"""Reads what an event of mass messages needs: who fits a selection, how a message stands."""

from bot.clock import micros, micros_of, moment
from bot.db import masses, selecting
from bot.db.tx import Tx
from bot.events import MassAsked, MassDue, MassMade, MassNudged, MassRead, MassStopped
from bot.gather.look import Look
from bot.mass import LATELY, TASK_LIVES, MassFacts, cap_of

_OF_ONE = (MassMade, MassRead, MassNudged, MassStopped)


async def mass_facts(tx: Tx, look: Look) -> MassFacts | None:
    """Return what of mass messages concerns this event; None when it is about none."""
    event = look.event
    if isinstance(event, MassAsked):
        return await _asked(tx, look, event)
    lately_us = look.now_us - micros_of(LATELY)
    if isinstance(event, _OF_ONE):
        state = await masses.state_of(tx, event.mass)
        parts = await masses.parts_of(tx, event.mass, lately_us)
        return MassFacts(known=state is not None, stopped=state == "stopped", parts=parts)
    if isinstance(event, MassDue):
        since_us = look.now_us - micros_of(TASK_LIVES)
        return MassFacts(
            parts=await masses.still_open(tx, event.account, since_us, lately_us),
            remind_after=look.shop.masses.remind_after,
        )
    return None


async def _asked(tx: Tx, look: Look, event: MassAsked) -> MassFacts:
    now = moment(look.now_us)
    cap = cap_of(look.shop.masses.cap, now)
    search = selecting.Search(
        account=event.account,
        selection=event.selection,
        now_us=look.now_us,
        since_us=micros(cap.since),
    )
    found = await selecting.found(tx, search)
    before = await masses.asked_for(tx, event.mass)
    return MassFacts(
        known=before is not None,
        taken=before not in (None, masses.said_by(event)),
        cap=cap,
        candidates=found.candidates,
        unreached=found.unreached,
    )
