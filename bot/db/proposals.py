"""Proposals: words that an employee should say to a member in a group, until they did.

Times are UTC microseconds.
"""

from collections.abc import Sequence

from bot.actions import MarkProposal, Propose
from bot.clock import micros_of, moment
from bot.db.tx import Row, Tx
from bot.facts import PROPOSAL_LIVES, Proposed

SAID_WITHIN_US = 3_600 * 1_000_000  # in which the owner's own words are taken for the proposal's
_CLOCKS_DIFFER_US = 60 * 1_000_000  # the words bear the platform's time, the proposal ours


async def keep(
    tx: Tx, proposed: Propose, *, account: str, person: str, inbox: int, at_us: int
) -> None:
    """Keep a proposal, open; repeating it changes nothing."""
    await tx.run(
        "INSERT INTO proposal(task, account, chat, staff, person_id, text, inbox_id, at_us)"
        " VALUES(?,?,?,?,?,?,?,?) ON CONFLICT(task) DO NOTHING",
        proposed.task, account, proposed.chat, proposed.staff, person, proposed.text, inbox, at_us,
    )  # fmt: skip


async def mark(tx: Tx, told: MarkProposal, at_us: int) -> None:
    """Record what became of a proposal; only an open one changes state, so the first word stands.

    An empty field leaves what is known.
    """
    if told.response_code:
        await tx.run(
            "UPDATE proposal SET response_code = ? WHERE task = ?", told.response_code, told.task
        )
    if told.state:
        await tx.run(
            "UPDATE proposal SET state = ?, done_us = ?, done_by = ?"
            " WHERE task = ? AND state = 'open'",
            told.state, at_us, told.by, told.task,
        )  # fmt: skip


async def of_task(tx: Tx, task: str) -> Proposed | None:
    """Return the proposal whose card bears a task id, or None."""
    row = await tx.one("SELECT * FROM proposal WHERE task = ?", task)
    return _proposed(row) if row else None


async def waiting_for(tx: Tx, person: str, since_us: int) -> bool:
    """Tell whether a proposal for a member, made since a moment, is still open."""
    row = await tx.one(
        "SELECT 1 FROM proposal WHERE person_id = ? AND state = 'open' AND at_us > ?",
        person, since_us,
    )  # fmt: skip
    return row is not None


async def said_by(tx: Tx, *, chat: str, staff: str, text: str, at_us: int) -> str:
    """Return the task of the oldest open proposal that an employee has just said, or "".

    The words must be the proposal's, spaces around them aside, said within an hour after it: what
    was said before, as an archive read late tells, was no answer to it.
    """
    rows = await tx.all(
        "SELECT task, text FROM proposal WHERE chat = ? AND staff = ? AND state = 'open'"
        " AND at_us > ? AND at_us <= ? ORDER BY id",
        chat, staff, at_us - SAID_WITHIN_US, at_us + _CLOCKS_DIFFER_US,
    )  # fmt: skip
    wanted = text.strip()
    return next((str(r["task"]) for r in rows if str(r["text"]).strip() == wanted), "")


async def listed(tx: Tx, *, open_since_us: int | None, limit: int) -> Sequence[Row]:
    """Return proposals, the newest first; with `open_since_us` only open ones since then."""
    if open_since_us is None:
        return await tx.all("SELECT * FROM proposal ORDER BY id DESC LIMIT ?", limit)
    return await tx.all(
        "SELECT * FROM proposal WHERE state = 'open' AND at_us > ? ORDER BY id DESC LIMIT ?",
        open_since_us, limit,
    )  # fmt: skip


def state_of(row: Row, now_us: int) -> str:
    """Return open, sent, skipped, or expired for one that was left open for 24 hours."""
    if row["state"] != "open":
        return str(row["state"])
    return "open" if now_us - row["at_us"] < micros_of(PROPOSAL_LIVES) else "expired"


def _proposed(row: Row) -> Proposed:
    return Proposed(
        task=row["task"],
        chat=row["chat"],
        staff=row["staff"],
        state=row["state"],
        response_code=row["response_code"],
        at=moment(row["at_us"]),
    )
