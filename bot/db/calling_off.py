"""Takes back what waits for a later hour and is not wanted any more."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.actions import Action, Label, Send, SendKf, SendOnce, SendSubscription, SendTemplate
from bot.actions.notice import Notify, reminder_of
from bot.codec import action_from_json
from bot.db.tx import Row, Tx
from bot.db.withdrawing import withdraw


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way to reach somebody: a follower of an account, or with `staff` a friend of theirs."""

    account: str
    address: str
    staff: str = ""


_PUT_OFF = (Send, SendKf, SendTemplate, SendSubscription, SendOnce)


async def call_off(tx: Tx, person: str, now_us: int) -> None:
    """Skip what nobody asked for and was not tried yet: what was put off, notices, mass messages.

    An answer that merely waits its turn stays owed.
    """
    for row, action in await _waiting(tx, person):
        if isinstance(action, Notify) or _put_off(row, action, now_us):
            await _skip(tx, row, "顾客已退订，没到点的不再发", now_us)
    ways = await tx.all("SELECT address FROM reach WHERE person_id = ? AND staff <> ''", person)
    await withdraw(tx, {str(row["address"]) for row in ways}, now_us)


async def call_off_way(tx: Tx, way: Way, now_us: int) -> None:
    """Skip what cannot arrive any more by a way that is off: the follower left, the friend went.

    Nothing is done while the way is on, as when an older event is heard of late.
    """
    row = await tx.one(
        "SELECT person_id, is_on FROM reach WHERE account = ? AND address = ? AND staff = ?",
        way.account, way.address, way.staff,
    )  # fmt: skip
    if row is None or row["is_on"]:
        return
    if way.staff:
        await withdraw(tx, {way.address}, now_us, staff=way.staff)
    for waits, action in await _waiting(tx, row["person_id"]):
        if _labels(action, way):
            await _skip(tx, waits, "顾客已离开，标签等回来时补上", now_us)
        elif _of_follower(action, way) and not isinstance(action, SendOnce):  # follower or not
            await _skip(tx, waits, "顾客已取消关注，不再发", now_us)


def _put_off(row: Row, action: Action, now_us: int) -> bool:
    later = isinstance(action, _PUT_OFF) and action.not_before is not None
    return later and bool(row["next_us"] > now_us)


def _labels(action: Action, way: Way) -> bool:
    return isinstance(action, Label) and way == Way(
        account=action.account, address=action.member, staff=action.staff
    )


def _of_follower(action: Action, way: Way) -> bool:
    if not isinstance(action, Send | Notify):
        return False
    return (action.account, action.openid) == (way.account, way.address)


async def call_off_reminder(tx: Tx, person: str, coupon: int, now_us: int) -> None:
    """Skip what waits to remind a member of a coupon, under any of the names it was given by."""
    names = await tx.all(
        "SELECT coupon_id FROM coupon_grant WHERE coupon_id = ? OR same_as = ?", coupon, coupon
    )
    abouts = {reminder_of(row["coupon_id"]) for row in names} | {reminder_of(coupon)}
    for row, action in await _waiting(tx, person):
        if isinstance(action, Notify) and action.about in abouts:
            await _skip(tx, row, "券已核销，不用再提醒", now_us)


async def _waiting(tx: Tx, person: str) -> Sequence[tuple[Row, Action]]:
    rows = await tx.all(
        "SELECT id, kind, body, next_us FROM effect WHERE person_id = ? AND state = 'ready'"
        " AND attempts = 0",
        person,
    )
    return [(row, action_from_json(row["kind"], row["body"])) for row in rows]


async def _skip(tx: Tx, row: Row, why: str, now_us: int) -> None:
    await tx.run(
        "UPDATE effect SET state = 'skipped', done_us = ?, meaning = ?"
        " WHERE id = ? AND state = 'ready' AND attempts = 0",  # another process may have begun it
        now_us, why, row["id"],
    )  # fmt: skip
