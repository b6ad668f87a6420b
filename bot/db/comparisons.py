"""How comparing with the platforms goes: which runs are due, under way, done, and what they found.

A run counts, part by part, the answers it still waits for; at none the part is done. Its name is
the moment it began.
"""

from collections.abc import Mapping, Sequence

from bot.actions import AskFollowers, AskStaff, MarkCompared, MarkGap, MarkListed, PullKf
from bot.clock import micros
from bot.db import memory
from bot.db.tx import Row, Tx
from bot.events import ANSWERS, FOUND, ReconcileDue

FIRST_SEEN = "first_seen_us"  # when we first heard of an account
LAST_RUN = "compared_us"  # when it was last begun to be compared
AT_ONCE = 5_000  # names in one statement
_DECIDED_AT_ONCE = 100
_KINDS = tuple(kind.__name__ for kind in (*FOUND, *ANSWERS, ReconcileDue))
_MARKS = ",".join("?" * len(_KINDS))
_DAY_US = 24 * 3_600 * 1_000_000
_A_PAGE = 10_000  # followers
_FOLLOWER_PAGES = 240  # a day, of the 500 that the platform grants (oa/api.md section 5)


async def last_run(tx: Tx, account: str) -> int | None:
    """Return when an account's newest run began by the clock of then; None when there was none."""
    return await _recalled(tx, account, LAST_RUN) or None


async def begun(tx: Tx, account: str, now_us: int) -> None:
    """Remember that a run of an account begins, and close what earlier ones left open."""
    await memory.remember(tx, account, {LAST_RUN: str(now_us)})
    if not await under_way(tx, account):
        await close_stalled(tx, account, now_us)


async def under_way(tx: Tx, account: str) -> bool:
    """Return whether a run of an account has a question open, or an answer to be decided."""
    asked = await tx.one(
        "SELECT 1 AS found FROM effect WHERE order_key = ? AND state IN ('ready', 'sending')"
        " LIMIT 1",
        AskStaff(account=account, run="").order(),
    )
    if asked:
        return True
    waits = await tx.one(
        f"SELECT 1 AS found FROM inbox WHERE state = 'new' AND kind IN ({_MARKS})"  # noqa: S608  (marks)
        " AND account = ? LIMIT 1",
        *_KINDS, account,
    )  # fmt: skip
    return waits is not None


async def close_stalled(tx: Tx, account: str, now_us: int) -> None:
    """Close the parts of an account's runs as unfinished: what they waited for never came."""
    await tx.run(
        "UPDATE comparison SET state = 'unfinished', ended_us = ? WHERE account = ?"
        " AND state = 'running' AND part <> 'kf'",
        now_us, account,
    )  # fmt: skip


async def first_seen(tx: Tx, account: str, now_us: int) -> int:
    """Return when we first heard of an account, and remember it: the verified URL, a callback."""
    kept = await _recalled(tx, account, FIRST_SEEN)
    if kept:
        return kept
    heard = await tx.one(
        "SELECT min(received_us) AS at_us FROM inbox WHERE account = ? AND source = 'callback'",
        account,
    )
    verified = await _recalled(tx, account, memory.VERIFIED)
    told = heard["at_us"] if heard else None
    first = min(at for at in (told, verified, now_us) if at)
    await memory.remember(tx, account, {FIRST_SEEN: str(first)})
    return first


async def _recalled(tx: Tx, account: str, name: str) -> int:
    row = await tx.one("SELECT value FROM memory WHERE account = ? AND name = ?", account, name)
    return int(row["value"]) if row else 0


async def resting(tx: Tx, account: str, now_us: int) -> Mapping[str, str]:
    """Return why which parts are left alone: refused within a day, or too long to be read again."""
    rows = await tx.all(
        "SELECT part FROM comparison WHERE account = ? AND state = 'refused' AND began_us > ?",
        account, now_us - _DAY_US,
    )  # fmt: skip
    rests = {row["part"]: "平台一天内拒绝过，这次没有问" for row in rows}
    asked, wanted = await _pages_of_followers(tx, account, now_us)
    if asked + wanted > _FOLLOWER_PAGES:
        rests["followers"] = (
            f"一天内已问过 {asked} 页，平台一天只给 500 次，其余留作他用，这次没有问"
        )
    return rests


async def _pages_of_followers(tx: Tx, account: str, now_us: int) -> tuple[int, int]:
    """Return how many pages were asked for within a day, and how many a run needs."""
    asked = await tx.one(
        "SELECT count(*) AS n FROM effect WHERE order_key = ? AND kind = ? AND created_us > ?",
        AskStaff(account=account, run="").order(), AskFollowers.kind, now_us - _DAY_US,
    )  # fmt: skip
    listed = await tx.one(
        "SELECT max(compared) AS n FROM comparison WHERE account = ? AND part = 'followers'"
        " AND began_us > ?",
        account, now_us - _DAY_US,
    )  # fmt: skip
    followers = int(listed["n"] or 0) if listed else 0
    return int(asked["n"]) if asked else 0, followers // _A_PAGE + 1


async def compared_within_a_day(tx: Tx, account: str, part: str, run: str, now_us: int) -> bool:
    """Return whether another run compares a part, or did so within a day."""
    row = await tx.one(
        "SELECT 1 AS found FROM comparison WHERE account = ? AND part = ? AND run <> ?"
        " AND began_us > ? AND state IN ('running', 'done') LIMIT 1",
        account, part, run, now_us - _DAY_US,
    )  # fmt: skip
    return row is not None


async def kf_heard(tx: Tx, account: str, kf: str) -> int:
    """Return when we first pulled a customer service account or a bell last rang for it; or 0."""
    row = await tx.one(
        "SELECT min(e.created_us) AS first_us, max(CASE WHEN i.source = 'callback'"
        " THEN i.received_us END) AS rang_us FROM effect e JOIN inbox i ON i.id = e.inbox_id"
        " WHERE e.order_key = ? AND e.kind = ?",
        PullKf(account=account, kf=kf).order(), PullKf.kind,
    )  # fmt: skip
    return max(row["first_us"] or 0, row["rang_us"] or 0) if row else 0


async def mark(tx: Tx, action: MarkCompared, account: str, inbox: int, now_us: int) -> None:
    """Count what was compared and what is still waited for; the first count begins the part.

    A part that compared nothing and was refused is `refused`, any other that waits for nothing
    `done`. What an earlier run left open is closed as `unfinished`.
    """
    await tx.run(
        "UPDATE comparison SET state = 'unfinished', ended_us = ? WHERE account = ? AND part = ?"
        " AND state = 'running' AND run <> ?",
        now_us, account, action.part, action.run,
    )  # fmt: skip
    await tx.run(
        "INSERT INTO comparison(account, run, part, state, inbox_id, began_us)"
        " VALUES(?,?,?,?,?,?) ON CONFLICT(account, run, part) DO NOTHING",
        account, action.run, action.part, "resting" if action.rests else "running", inbox,
        int(action.run),
    )  # fmt: skip
    await tx.run(
        "UPDATE comparison SET compared = compared + ?, waiting = waiting + ?,"
        " trouble = CASE WHEN ? = '' THEN trouble WHEN trouble = '' THEN ?"
        "           ELSE trouble || ? END"
        " WHERE account = ? AND run = ? AND part = ?",
        action.compared, action.waiting, action.trouble, action.trouble, f"\n{action.trouble}",
        account, action.run, action.part,
    )  # fmt: skip
    await tx.run(
        "UPDATE comparison SET ended_us = ?,"
        " state = CASE WHEN compared = 0 AND trouble <> '' THEN 'refused' ELSE 'done' END"
        " WHERE account = ? AND run = ? AND part = ? AND waiting <= 0 AND state = 'running'",
        now_us, account, action.run, action.part,
    )  # fmt: skip


async def listed(tx: Tx, action: MarkListed, account: str) -> None:
    """Remember whom a list has shown, or forget it at its end."""
    if action.last:  # another run may be reading the same list
        await tx.run(
            "DELETE FROM sighting WHERE account = ? AND run = ? AND part = ? AND about = ?",
            account, action.run, action.part, action.about,
        )  # fmt: skip
        return
    for name in action.names:
        await tx.run(
            "INSERT INTO sighting(account, run, part, about, name) VALUES(?,?,?,?,?)"
            " ON CONFLICT(account, part, about, name, run) DO NOTHING",
            account, action.run, action.part, action.about, name,
        )  # fmt: skip


async def sighted(tx: Tx, where: MarkListed, account: str, names: Sequence[str]) -> frozenset[str]:
    """Return which of some names the pages of a list have shown before this one."""
    seen: set[str] = set()
    for start in range(0, len(names), AT_ONCE):
        some = names[start : start + AT_ONCE]
        marks = ",".join("?" * len(some))
        rows = await tx.all(
            "SELECT name FROM sighting WHERE account = ? AND run = ? AND part = ?"  # noqa: S608  (marks)
            f" AND about = ? AND name IN ({marks})",
            account, where.run, where.part, where.about, *some,
        )  # fmt: skip
        seen |= {row["name"] for row in rows}
    return frozenset(seen)


async def unsighted(tx: Tx, where: MarkListed, account: str) -> Sequence[Row]:
    """Return the ways to an employee's contacts, or to followers, that no page has shown yet."""
    return await tx.all(
        "SELECT address, is_on, changed_us FROM reach r WHERE account = ? AND staff = ?"
        " AND is_on = 1 AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.account = r.account"
        " AND s.run = ? AND s.part = ? AND s.about = r.staff AND s.name = r.address) ORDER BY id",
        account, where.about, where.run, where.part,
    )  # fmt: skip


async def found(
    tx: Tx, action: MarkGap, *, account: str, person: str | None, inbox: int, now_us: int
) -> None:
    """Record what no callback told us; the same happening is recorded once, whichever run finds it.

    What has no moment of its own happened at this run.
    """
    happened_us = micros(action.happened) if action.happened else None
    when = action.run if happened_us is None else str(happened_us)
    await tx.run(
        "INSERT INTO gap_found(name, account, run, part, what, about, member, person_id, inbox_id,"
        " happened_us, found_us, certain) VALUES(?,?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT(name) DO NOTHING",
        ":".join((action.what, account, action.about, action.member, when)), account, action.run,
        action.part, action.what, action.about, action.member, person, inbox, happened_us, now_us,
        int(action.certain),
    )  # fmt: skip


async def runs_since(tx: Tx, since_us: int) -> Sequence[Row]:
    """Return the parts of the runs that began since then, and of each account's newest run.

    `last_us` is when the part was last compared to its end before.
    """
    return await tx.all(
        "SELECT c.*, (SELECT max(p.began_us) FROM comparison p WHERE p.account = c.account"
        " AND p.part = c.part AND p.state = 'done' AND p.began_us < c.began_us) AS last_us"
        " FROM comparison c WHERE c.began_us >= ? OR c.began_us = (SELECT max(n.began_us)"
        " FROM comparison n WHERE n.account = c.account) ORDER BY c.account, c.began_us, c.id",
        since_us,
    )


async def gaps_since(tx: Tx, since_us: int, limit: int) -> Sequence[Row]:
    """Return what was found since then, newest first, at most `limit`."""
    return await tx.all(
        "SELECT g.*, i.event_id FROM gap_found g LEFT JOIN inbox i ON i.id = g.inbox_id"
        " WHERE g.found_us >= ? ORDER BY g.id DESC LIMIT ?",
        since_us, limit,
    )  # fmt: skip


async def gap_counts(tx: Tx, since_us: int) -> Sequence[Row]:
    """Count what each run found since then, by part and kind, with when the earliest happened."""
    return await tx.all(
        "SELECT account, run, part, what, count(*) AS n, min(happened_us) AS since_us"
        " FROM gap_found WHERE found_us >= ?"
        " GROUP BY account, run, part, what",
        since_us,
    )


async def undecided(tx: Tx) -> Sequence[int]:
    """Return the inbox rows of comparisons that are due for a decision, oldest first."""
    rows = await tx.all(
        f"SELECT id FROM inbox WHERE state = 'new' AND kind IN ({_MARKS})"  # noqa: S608  (marks)
        " AND attempts = 0 ORDER BY id LIMIT ?",
        *_KINDS, _DECIDED_AT_ONCE,
    )  # fmt: skip
    return [row["id"] for row in rows]


async def running(tx: Tx, accounts: Sequence[str], *, pulling: bool) -> bool:
    """Return whether a run of any of these accounts is under way; `pulling`: or a pull is owed."""
    for account in accounts:
        if await under_way(tx, account) or (pulling and await _pulls(tx, account)):
            return True
    return False


async def _pulls(tx: Tx, account: str) -> bool:
    row = await tx.one(
        "SELECT 1 AS found FROM effect WHERE state IN ('ready', 'sending') AND kind = ?"
        " AND account = ? LIMIT 1",
        PullKf.kind, account,
    )  # fmt: skip
    return row is not None


async def left_owed(tx: Tx) -> int:
    """Count what waits for a server to run: owed effects, and events to be decided."""
    row = await tx.one(
        "SELECT (SELECT count(*) FROM effect WHERE state = 'ready')"
        " + (SELECT count(*) FROM inbox WHERE state = 'new') AS n"
    )
    return int(row["n"]) if row else 0
