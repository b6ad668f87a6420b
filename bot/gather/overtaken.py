"""Reads whether what a comparison found is no news any more when it comes to be decided."""

from datetime import timedelta

from bot.clock import micros, micros_of
from bot.db.tx import Tx
from bot.events import (
    AddFound,
    DropFound,
    Event,
    FollowFound,
    JoinFound,
    LeaveFound,
    MemberJoined,
    UnfollowFound,
)

# A list tells a moment of its own for what a callback told: both are of the same second or two.
_SAME = timedelta(minutes=2)


async def overtaken(tx: Tx, event: Event) -> bool:
    """Return whether a callback, or another comparison, told of it meanwhile.

    Also a callback is overtaken: of a join that a comparison found before it came.
    """
    match event:
        case AddFound() | FollowFound():
            return await _way_stands(tx, event, on=True)
        case DropFound() | UnfollowFound():
            return await _way_stands(tx, event, on=False)
        case MemberJoined() | LeaveFound():
            return await _seat_stands(tx, event)
        case _:
            return False


async def _way_stands(tx: Tx, event: Event, *, on: bool) -> bool:
    """Return whether the way to somebody is as found already, or changed after that moment.

    Who is back by a moment long after the last we heard of them had left unheard.
    """
    staff = event.staff if isinstance(event, AddFound | DropFound) else ""
    row = await tx.one(
        "SELECT is_on, changed_us FROM reach WHERE account = ? AND staff = ? AND address = ?",
        event.account, staff, _who(event),
    )  # fmt: skip
    if row is None:
        return not on
    changed_us, at_us = int(row["changed_us"]), _at_us(event)
    if on and row["is_on"]:
        return changed_us + micros_of(_SAME) >= at_us
    return bool(row["is_on"]) is on or changed_us > at_us


async def _seat_stands(tx: Tx, event: MemberJoined | LeaveFound) -> bool:
    row = await tx.one(
        "SELECT joined_us, left_us, EXISTS (SELECT 1 FROM gap_found g WHERE g.what = 'join'"
        " AND g.member = seat.member AND g.about = seat.chat AND g.happened_us = joined_us)"
        " AS found FROM seat WHERE chat = ? AND member = ?",
        event.chat, _who(event),
    )  # fmt: skip
    if isinstance(event, LeaveFound):
        return row is None or row["left_us"] is not None or row["joined_us"] > _at_us(event)
    if row is None:
        return False
    if isinstance(event, JoinFound):
        return row["left_us"] is None or int(row["left_us"]) >= _at_us(event)
    return bool(row["found"]) and row["left_us"] is None


def _who(event: Event) -> str:
    return event.who.value if event.who else ""


def _at_us(event: Event) -> int:
    return micros(event.at) if event.at else 0
