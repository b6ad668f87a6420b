"""Which processes are alive: each has a row that it keeps extending, by the database's clock.

Where a database has one process, its row never ends by itself: it ends when the next one enters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.db.tx import Row, Tx

# Owners of effects that are under way: whoever is not among these is gone.
ALIVE = "SELECT id FROM worker WHERE until_us > ?"
_FOR_GOOD_US = 9_000_000_000_000_000
_KEPT_US = 24 * 3_600 * 1_000_000  # a row that ended, for operators to see


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A process as it enters: a fresh id, where it runs, and as what (serve or work).

    Processes of one `machine` see each other's pids, "" where that is not known.
    """

    id: str
    host: str
    machine: str
    pid: int
    role: str
    rules: "Rules | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules that a process goes by: their hash, and how many problems their files have."""

    hash: str
    problems: int


async def enter(tx: Tx, entry: Entry, lease_us: int, *, alone: bool) -> None:
    """Count a process among the living for `lease_us` microseconds.

    `alone`: it has the database to itself, so every other one is gone, and this one stays.
    """
    now_us = await tx.clock_us()
    if alone:
        await tx.run("UPDATE worker SET until_us = ? WHERE until_us > ?", now_us, now_us)
    await tx.run("DELETE FROM worker WHERE until_us < ?", now_us - _KEPT_US)
    await tx.run(
        "INSERT INTO worker(id, host, machine, pid, role, started_us, until_us)"
        " VALUES(?,?,?,?,?,?,?)",
        entry.id, entry.host, entry.machine, entry.pid, entry.role, now_us,
        _FOR_GOOD_US if alone else now_us + lease_us,
    )  # fmt: skip
    if entry.rules:
        await go_by(tx, entry.id, entry.rules)


async def go_by(tx: Tx, worker: str, rules: Rules) -> None:
    """Note which rules a process goes by, and since when; repeating it keeps the moment."""
    await tx.run(
        "UPDATE worker SET ruleset_us = CASE WHEN ruleset = ? THEN ruleset_us ELSE ? END,"
        " ruleset = ?, rule_problems = ? WHERE id = ?",
        rules.hash, await tx.clock_us(), rules.hash, rules.problems, worker,
    )  # fmt: skip


async def beat(tx: Tx, worker: str, lease_us: int) -> bool:
    """Extend a living process by `lease_us` from now; False when it ended: it must enter anew."""
    now_us = await tx.clock_us()
    changed = await tx.run(
        "UPDATE worker SET until_us = ? WHERE id = ? AND until_us > ?",
        now_us + lease_us, worker, now_us,
    )  # fmt: skip
    return changed == 1


async def others(tx: Tx, worker: str) -> int:
    """Return how many other processes are alive."""
    row = await tx.one(
        "SELECT count(*) AS n FROM worker WHERE until_us > ? AND id <> ?",
        await tx.clock_us(), worker,
    )  # fmt: skip
    return int(row["n"]) if row else 0


async def neighbours(tx: Tx, machine: str) -> Sequence[Row]:
    """Return the ids and pids of the processes on a machine that count as alive."""
    return await tx.all(
        "SELECT id, pid FROM worker WHERE machine = ? AND machine <> '' AND until_us > ?",
        machine, await tx.clock_us(),
    )  # fmt: skip


async def leave(tx: Tx, worker: str) -> None:
    """End a process that has nothing under way any more, or is no more; repeating it is safe."""
    now_us = await tx.clock_us()
    await tx.run(
        "UPDATE worker SET until_us = ? WHERE id = ? AND until_us > ?", now_us, worker, now_us
    )
