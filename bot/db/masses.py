"""Mass messages as we keep them: what was asked for, one part an employee, one row a receiver.

Times are UTC microseconds.
"""

from collections.abc import Sequence

import orjson
from pydantic import TypeAdapter

from bot.actions import (
    MakeMass,
    MarkMassPart,
    NoteMassResults,
    OpenMass,
    PromiseMass,
    ReadMass,
    RemindMass,
)
from bot.clock import moment
from bot.db.tx import Row, Tx, Value
from bot.events import Letter, MassAsked, Selection
from bot.mass import MassPart

Contents = tuple[str, Letter, Selection]
LETTER, SELECTION = TypeAdapter(Letter), TypeAdapter(Selection)
_BECAME = {1: "sent", 2: "gone", 3: "capped"}  # what a status of the platform means for a receiver
_PARTS = (
    "SELECT p.*, (SELECT count(*) FROM effect e WHERE e.kind = ? AND e.order_key ="
    " 'mass_task:' || p.account || ':' || p.msgid AND e.state NOT IN ('failed', 'skipped')"
    " AND e.created_us > ?) AS reminders, EXISTS (SELECT 1 FROM effect e WHERE e.kind = ? AND"
    " e.order_key = 'mass_task:' || p.account || ':' || p.msgid) AS reminded, EXISTS (SELECT 1"
    " FROM effect e WHERE e.kind = ? AND e.order_key = 'mass_task:' || p.account || ':' || p.msgid"
    " AND e.state IN ('ready', 'sending')) AS being_read, EXISTS (SELECT 1 FROM effect e WHERE"
    " e.kind = ? AND e.order_key = 'mass_task:' || p.account || ':' || p.msgid"
    " AND e.state = 'failed' AND e.done_us > ?) AS unreadable FROM mass_part p"
)


async def enter(tx: Tx, opened: OpenMass, *, account: str, inbox: int, at_us: int) -> None:
    """Enter a mass message; one of the same name stays as it is."""
    await tx.run(
        "INSERT INTO mass(name, account, letter, selection, left_out, inbox_id, at_us)"
        " VALUES(?,?,?,?,?,?,?) ON CONFLICT(name) DO NOTHING",
        opened.mass, account, LETTER.dump_json(opened.letter).decode(),
        SELECTION.dump_json(opened.selection).decode(),
        orjson.dumps(dict(opened.left)).decode(), inbox, at_us,
    )  # fmt: skip
    await _receivers(tx, opened.mass, "", opened.capped, state="left", at_us=at_us)


async def promise(tx: Tx, promised: PromiseMass, *, account: str, at_us: int) -> None:
    """Enter a part with its receivers, each counted from now on; repeating changes nothing."""
    await tx.run(
        "INSERT INTO mass_part(mass, account, part, staff) VALUES(?,?,?,?)"
        " ON CONFLICT(mass, part) DO NOTHING",
        promised.mass, account, promised.part, promised.staff,
    )  # fmt: skip
    await _receivers(
        tx, promised.mass, promised.part, promised.receivers, state="promised", at_us=at_us
    )


async def _receivers(
    tx: Tx, mass: str, part: str, receivers: Sequence[str], *, state: str, at_us: int
) -> None:
    for receiver in receivers:
        await tx.run(
            "INSERT INTO mass_receiver(mass, part, receiver, state, at_us) VALUES(?,?,?,?,?)"
            " ON CONFLICT(mass, receiver) DO NOTHING",
            mass, part, receiver, state, at_us,
        )  # fmt: skip


async def mark_part(tx: Tx, told: MarkMassPart, at_us: int) -> None:
    """Record the platform's task of a part, or that there is none; the first word stands."""
    await tx.run(
        "UPDATE mass_part SET msgid = ?, trouble = ?, made_us = ?,"
        " state = CASE WHEN ? <> '' THEN 'failed' WHEN state = 'owed' THEN 'made' ELSE state END"
        " WHERE mass = ? AND part = ? AND msgid = '' AND state IN ('owed', 'stopped')",
        told.msgid, told.trouble, at_us, told.trouble, told.mass, told.part,
    )  # fmt: skip
    if told.trouble:
        await _free(tx, told.mass)
    for receiver in told.refused:
        await _became(tx, told.mass, receiver, "refused", at_us)


async def note_results(tx: Tx, told: NoteMassResults, at_us: int) -> None:
    """Record what became of receivers, and whether the employee tapped; then nothing may be left.

    What the platform said of a receiver once is not taken back by an older page.
    """
    await tx.run(
        "UPDATE mass_part SET read_us = ?, tapped_us = coalesce(tapped_us, ?)"
        " WHERE mass = ? AND part = ?",
        at_us, told.tapped * 1_000_000 or None, told.mass, told.part,
    )  # fmt: skip
    for one in told.results:
        if became := _BECAME.get(one.status):
            await _became(tx, told.mass, one.receiver, became, one.at * 1_000_000 or at_us)
    await tx.run(
        "UPDATE mass_part SET state = 'done' WHERE mass = ? AND part = ? AND state = 'made'"
        " AND tapped_us IS NOT NULL AND NOT EXISTS (SELECT 1 FROM mass_receiver r WHERE"
        " r.mass = mass_part.mass AND r.part = mass_part.part AND r.state = 'promised')",
        told.mass, told.part,
    )  # fmt: skip


async def _became(tx: Tx, mass: str, receiver: str, state: str, at_us: int) -> None:
    await tx.run(
        "UPDATE mass_receiver SET state = ?, at_us = ? WHERE mass = ? AND receiver = ?"
        " AND state IN ('promised', 'free')",
        state, at_us, mass, receiver,
    )  # fmt: skip


async def stop(tx: Tx, mass: str, now_us: int) -> None:
    """Close a mass message: free what was promised, skip what was not handed over yet."""
    await tx.run("UPDATE mass SET state = 'stopped' WHERE name = ?", mass)
    await tx.run(
        "UPDATE effect SET state = 'skipped', done_us = ?, meaning = '群发已取消，没有交给平台'"
        " WHERE kind = ? AND state = 'ready' AND attempts = 0 AND key IN"
        " (SELECT i.event_id || ':' || ? || ':mass:' || p.mass || ':' || p.part FROM mass_part p"
        "  JOIN mass m ON m.name = p.mass JOIN inbox i ON i.id = m.inbox_id WHERE p.mass = ?)",
        now_us, MakeMass.kind, MakeMass.kind, mass,
    )  # fmt: skip
    await tx.run(
        "UPDATE mass_part SET state = 'stopped' WHERE mass = ? AND tapped_us IS NULL"
        " AND state IN ('owed', 'made')",
        mass,
    )  # fmt: skip
    await _free(tx, mass)


async def _free(tx: Tx, mass: str) -> None:
    """Take promises back where no employee is going to send."""
    await tx.run(
        "UPDATE mass_receiver SET state = 'free' WHERE mass = ? AND state = 'promised' AND part IN"
        " (SELECT part FROM mass_part WHERE mass = ? AND state IN ('failed', 'stopped'))",
        mass, mass,
    )  # fmt: skip


async def state_of(tx: Tx, mass: str) -> str | None:
    """Return open or stopped, None when there is none of that name."""
    row = await tx.one("SELECT state FROM mass WHERE name = ?", mass)
    return str(row["state"]) if row else None


async def asked_for(tx: Tx, mass: str) -> Contents | None:
    """Return what makes a mass message the one it is, None when there is none of that name."""
    row = await tx.one("SELECT account, letter, selection FROM mass WHERE name = ?", mass)
    if row is None:
        return None
    letter, selection = row["letter"], row["selection"]
    return row["account"], LETTER.validate_json(letter), SELECTION.validate_json(selection)


def said_by(event: MassAsked) -> Contents:
    """Return by whose account what is said to whom: equal contents are one message."""
    return event.account, event.letter, event.selection


async def parts_of(tx: Tx, mass: str, lately_us: int) -> tuple[MassPart, ...]:
    """Return the parts of a mass message, with the reminders and refusals of each since then."""
    return await _parts(tx, "p.mass = ?", lately_us, mass)


async def still_open(
    tx: Tx, account: str, made_since_us: int, lately_us: int
) -> tuple[MassPart, ...]:
    """Return the parts whose outcome is still open, made since a moment."""
    where = "p.account = ? AND p.state = 'made' AND p.made_us >= ?"
    return await _parts(tx, where, lately_us, account, made_since_us)


async def _parts(tx: Tx, where: str, lately_us: int, *args: Value) -> tuple[MassPart, ...]:
    rows = await tx.all(
        f"{_PARTS} WHERE {where} ORDER BY p.id",
        RemindMass.kind, lately_us, RemindMass.kind, ReadMass.kind, ReadMass.kind, lately_us,
        *args,
    )  # fmt: skip
    return tuple(_part(row) for row in rows)


def _part(row: Row) -> MassPart:
    return MassPart(
        mass=row["mass"],
        part=row["part"],
        staff=row["staff"],
        state=row["state"],
        msgid=row["msgid"],
        made=moment(row["made_us"]) if row["made_us"] else None,
        tapped=row["tapped_us"] is not None,
        reminders=row["reminders"],
        reminded=bool(row["reminded"]),
        being_read=bool(row["being_read"]),
        unreadable=bool(row["unreadable"]),
    )
