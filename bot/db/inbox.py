"""The inbox: what was accepted, once, whatever the platform repeats."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from bot.db.tx import Row, Tx, Value
from bot.ids import ulid

MAX_ATTEMPTS = 5
_BACKOFF_S = (1, 10, 60, 600)
_REASON_CHARS = 500
_NEWEST, _NEWEST_AMONG = 101, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One accepted callback or event of our own, before it has a row."""

    account: str
    source: str  # callback or internal
    dedupe: str
    kind: str
    body: bytes
    received_us: int
    event_us: int | None = None
    lane: int = 1
    next_us: int = 0  # the sweep leaves it alone until then
    quarantined: str = ""  # why it cannot be decided at all; "" = it can


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What became of an arrival: its row, and whether it was there before."""

    id: int
    event_id: str
    state: str
    duplicate: bool
    answer: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """When something was last refused at a step, and why."""

    at_us: int = 0
    reason: str = ""


def dedupe_key(instance_key: bytes, canonical: bytes) -> str:
    """Return the dedupe key of a canonical message: a keyed digest, as 64 hex digits."""
    return hmac.new(instance_key, b"inbox\0" + canonical, hashlib.sha256).hexdigest()


async def accept(tx: Tx, arrival: Arrival) -> Accepted:
    """Record an arrival under its dedupe key; a repeated one finds the first and is counted.

    Where deciding the first one failed and waits to be tried again, the repeated one resumes it.
    """
    return (await accept_all(tx, (arrival,)))[0]


async def accept_untaken(tx: Tx, arrival: Arrival) -> None:
    """Accept what a decision tells itself, unless its row is being decided: then it is heard.

    Whoever decides that row may be waiting for what this decision holds, so it is not waited for.
    """
    known = await tx.one("SELECT id FROM inbox WHERE dedupe = ?", arrival.dedupe)
    if known is None or await tx.one(
        f"SELECT id FROM inbox WHERE id = ?{tx.skip_locked}",  # noqa: S608  (ours)
        known["id"],
    ):
        await accept(tx, arrival)


async def accept_all(tx: Tx, arrivals: Sequence[Arrival]) -> list[Accepted]:
    """Record arrivals, each with its own dedupe key, in one statement; as `accept` does one."""
    marks = ",".join([_MARKS] * len(arrivals))
    rows = await tx.all(
        "INSERT INTO inbox(event_id, account, source, dedupe, kind, body, received_us, event_us,"  # noqa: S608  (marks)
        f" lane, next_us, state, error) VALUES {marks}"
        " ON CONFLICT(dedupe) DO UPDATE SET duplicates = inbox.duplicates + 1,"
        " next_us = CASE WHEN inbox.attempts > 0 THEN excluded.next_us ELSE inbox.next_us END"
        " RETURNING id, event_id, dedupe, state, duplicates, answer",
        *(value for arrival in arrivals for value in _values(arrival)),
    )
    found = {row["dedupe"]: row for row in rows}
    return [_accepted(found[arrival.dedupe]) for arrival in arrivals]


_MARKS = "(?,?,?,?,?,?,?,?,?,?,?,?)"


def _values(arrival: Arrival) -> tuple[Value, ...]:
    return (
        ulid(arrival.received_us), arrival.account, arrival.source, arrival.dedupe, arrival.kind,
        arrival.body, arrival.received_us, arrival.event_us, arrival.lane, arrival.next_us,
        "quarantined" if arrival.quarantined else "new", arrival.quarantined or None,
    )  # fmt: skip


def _accepted(row: Row) -> Accepted:
    return Accepted(
        id=row["id"],
        event_id=row["event_id"],
        state=row["state"],
        duplicate=row["duplicates"] > 0,
        answer=row["answer"],
    )


async def newest_callbacks(tx: Tx) -> list[tuple[int, int]]:
    """Return when the newest callbacks reached us and when they say they happened, oldest first."""
    rows = await tx.all(
        "SELECT received_us, event_us FROM inbox"
        " WHERE id > (SELECT coalesce(max(id), 0) - ? FROM inbox)"
        " AND source = 'callback' AND event_us IS NOT NULL ORDER BY id DESC LIMIT ?",
        _NEWEST_AMONG, _NEWEST,
    )  # fmt: skip
    return [(row["received_us"], row["event_us"]) for row in reversed(rows)]


async def look_again(tx: Tx, inbox_id: int) -> Accepted:
    """Return how a recorded arrival stands by now. Raises LookupError for an unknown row."""
    row = await tx.one("SELECT id, event_id, state, answer FROM inbox WHERE id = ?", inbox_id)
    if row is None:
        raise LookupError(f"no inbox row {inbox_id}")
    return Accepted(
        id=row["id"], event_id=row["event_id"], state=row["state"], duplicate=True,
        answer=row["answer"],
    )  # fmt: skip


async def named(tx: Tx, account: str, event_id: str) -> Accepted | None:
    """Return how an account's arrival of this event id stands by now, or None."""
    row = await tx.one("SELECT id FROM inbox WHERE event_id = ? AND account = ?", event_id, account)
    return await look_again(tx, row["id"]) if row else None


async def body_of(tx: Tx, inbox_id: int) -> bytes:
    """Return what a recorded arrival holds. Raises LookupError for an unknown row."""
    row = await tx.one("SELECT body FROM inbox WHERE id = ?", inbox_id)
    if row is None:
        raise LookupError(f"no inbox row {inbox_id}")
    return bytes(row["body"])


async def quarantined_since(tx: Tx, account: str, since_us: int, limit: int) -> int:
    """Return how many rows of an account were quarantined since then, counting up to `limit`."""
    row = await tx.one(
        "SELECT count(*) AS kept FROM (SELECT 1 FROM inbox WHERE state = 'quarantined'"
        " AND account = ? AND received_us > ? LIMIT ?) AS found",
        account, since_us, limit,
    )  # fmt: skip
    return int(row["kept"]) if row else 0


async def waiting(tx: Tx, now_us: int, limit: int, *, undisturbed: bool = False) -> Sequence[Row]:
    """Return rows that are due for a decision, the tightest lane first, oldest first.

    `undisturbed`: without those that another process is deciding; needs a writing transaction.
    """
    passing = tx.skip_locked if undisturbed else ""
    return await tx.all(
        "SELECT id, event_id FROM inbox WHERE state = 'new' AND next_us <= ?"  # noqa: S608  (ours)
        f" ORDER BY lane, id LIMIT ?{passing}",
        now_us, limit,
    )  # fmt: skip


async def take(tx: Tx, inbox_id: int, *, wait: bool = False) -> Row | None:
    """Hold the row and return it if it still awaits a decision, else None.

    One that another process is deciding is left to it; with `wait` that is waited for first.
    """
    held = tx.wait_locked if wait else tx.skip_locked
    return await tx.one(
        f"SELECT * FROM inbox WHERE id = ? AND state = 'new'{held}",  # noqa: S608  (ours)
        inbox_id,
    )


async def close(
    tx: Tx,
    inbox_id: int,
    *,
    person: str | None,
    answer: bytes | None,
    at: int,
    ignored: bool = False,
) -> None:
    """Close a decided row; raises RuntimeError when somebody closed it meanwhile.

    `ignored`: nothing we act on; the row is kept and counted as such.
    """
    changed = await tx.run(
        "UPDATE inbox SET state = ?, person_id = ?, answer = ?, decided_us = ?, error = NULL"
        " WHERE id = ? AND state = 'new'",
        "ignored" if ignored else "done", person, answer, at, inbox_id,
    )  # fmt: skip
    if changed != 1:
        raise RuntimeError(f"inbox row {inbox_id} was decided twice")


async def postpone(tx: Tx, inbox_id: int, reason: str, now_us: int) -> bool:
    """Note a decision that raised; after 5 tries the row is quarantined. True = will try again."""
    row = await tx.one(
        "UPDATE inbox SET attempts = attempts + 1, error = ? WHERE id = ? AND state = 'new'"
        " RETURNING attempts",
        reason, inbox_id,
    )  # fmt: skip
    if row is None:
        return False
    if row["attempts"] >= MAX_ATTEMPTS:
        await tx.run("UPDATE inbox SET state = 'quarantined' WHERE id = ?", inbox_id)
        return False
    wait_us = _BACKOFF_S[row["attempts"] - 1] * 1_000_000
    await tx.run("UPDATE inbox SET next_us = ? WHERE id = ?", now_us + wait_us, inbox_id)
    return True


async def requeue(tx: Tx, event_id: str, now_us: int) -> int:
    """Have a quarantined row decided again, "" for all of them; return how many there were.

    Each has all its tries anew. Repeating is safe: what is decided by then stays as it is.
    """
    again = "UPDATE inbox SET state = 'new', attempts = 0, next_us = ? WHERE state = 'quarantined'"
    if event_id:
        return await tx.run(f"{again} AND event_id = ?", now_us, event_id)
    return await tx.run(again, now_us)


async def count_refused(
    tx: Tx, account: str, step: str, day: str, count: int, *, last: Refusal = Refusal()
) -> None:
    """Count callbacks that were refused at the door, and keep when and why the last one was."""
    await tx.run(
        "INSERT INTO refusal(account, step, day, count, last_us, reason) VALUES(?,?,?,?,?,?)"
        " ON CONFLICT(account, step, day) DO UPDATE SET count = refusal.count + excluded.count,"
        " last_us = excluded.last_us, reason = excluded.reason",
        account, step, day, count, last.at_us, last.reason[:_REASON_CHARS],
    )  # fmt: skip
