"""Takes somebody out of mass messages that no employee was asked to send yet."""

from collections.abc import Iterable
from dataclasses import replace

from bot.actions import MakeMass, State
from bot.codec import action_from_json, action_to_json
from bot.db.tx import Row, Tx

_QUEUED = (
    "SELECT r.id, r.mass, r.part, e.id AS effect, e.body FROM mass_part p"
    " JOIN mass m ON m.name = p.mass JOIN inbox i ON i.id = m.inbox_id"
    " JOIN effect e ON e.key = i.event_id || ':' || ? || ':mass:' || p.mass || ':' || p.part"
    " AND e.state = 'ready' AND e.attempts = 0"
    " JOIN mass_receiver r ON r.mass = p.mass AND r.part = p.part AND r.state = 'promised'"
    " WHERE p.state = 'owed' AND r.receiver = ?"
)


async def withdraw(tx: Tx, names: Iterable[str], now_us: int, *, staff: str = "") -> int:
    """Take customers out of what waits to be handed over, and return out of how many parts.

    `names` are external user ids. With `staff`, only out of that employee's part. What the
    platform has already can only be taken back whole, by an operator. Repeating it is safe.
    """
    parts = 0
    for name in sorted(names):
        for row in await tx.all(_QUEUED, MakeMass.kind, name):
            parts += await _take_out(tx, row, name, staff, now_us)
    return parts


async def _take_out(tx: Tx, row: Row, name: str, staff: str, now_us: int) -> int:
    action = action_from_json(MakeMass.kind, row["body"])
    if not isinstance(action, MakeMass) or staff not in ("", action.staff):
        return 0
    left = tuple(one for one in action.receivers if one != name)
    changed = await tx.run(
        "UPDATE effect SET body = ? WHERE id = ? AND state = 'ready' AND attempts = 0",
        action_to_json(replace(action, receivers=left)), row["effect"],
    )  # fmt: skip
    if not changed:  # another process hands it over just now
        return 0
    await tx.run("UPDATE mass_receiver SET state = 'free' WHERE id = ?", row["id"])
    if not left:
        await tx.run(
            "UPDATE effect SET state = ?, done_us = ?, meaning = '收件人都退出了，没有交给平台'"
            " WHERE id = ?",
            State.SKIPPED, now_us, row["effect"],
        )  # fmt: skip
        await tx.run(
            "UPDATE mass_part SET state = 'stopped' WHERE mass = ? AND part = ?",
            row["mass"], row["part"],
        )  # fmt: skip
    return 1
