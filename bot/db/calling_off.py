"""Takes back what waits for a later hour and is not wanted any more."""

from collections.abc import Sequence

from bot.actions import Action, Send, SendKf, SendOnce, SendSubscription, SendTemplate
from bot.actions.notice import Notify, reminder_of
from bot.codec import action_from_json
from bot.db.tx import Row, Tx

_PUT_OFF = (Send, SendKf, SendTemplate, SendSubscription, SendOnce)


async def call_off(tx: Tx, person: str, now_us: int) -> None:
    """Skip messages to a member that were put off to a later hour and have not been tried.

    An answer that merely waits its turn stays owed.
    """
    for row, action in await _waiting(tx, person):
        if row["next_us"] > now_us and isinstance(action, _PUT_OFF) and action.not_before:
            await _skip(tx, row, "顾客已退订，没到点的不再发", now_us)


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
        "UPDATE effect SET state = 'skipped', done_us = ?, meaning = ? WHERE id = ?",
        now_us, why, row["id"],
    )  # fmt: skip
