"""Small writes of a decision: tags, reaches, traces, notices, gaps."""

from bot.db.tx import Tx


async def tag(
    tx: Tx, *, person: str, name: str, value: str, op: str, at_us: int,
    expires_us: int | None, inbox: int, rule: str, ruleset: str,
) -> None:  # fmt: skip
    """Append one line to the tag journal; the same event writes the same line once."""
    await tx.run(
        "INSERT INTO tag(person_id, name, value, op, at_us, expires_us, inbox_id, rule, ruleset)"
        " VALUES(?,?,?,?,?,?,?,?,?) ON CONFLICT(inbox_id, person_id, name, op) DO NOTHING",
        person, name, value, op, at_us, expires_us, inbox, rule, ruleset,
    )  # fmt: skip


async def reach(
    tx: Tx, *, person: str, account: str, channel: str, address: str, staff: str, on: bool,
    spoke_us: int | None, at_us: int,
) -> None:  # fmt: skip
    """Record how a member can be reached; an older event never overrules a newer one."""
    await tx.run(
        "INSERT INTO reach(account, channel, address, staff, person_id, is_on, spoke_us,"
        " changed_us) VALUES(?,?,?,?,?,?,?,?) ON CONFLICT(account, address, staff) DO UPDATE SET"
        " person_id = excluded.person_id,"
        " is_on = CASE WHEN excluded.changed_us >= reach.changed_us THEN excluded.is_on"
        "         ELSE reach.is_on END,"
        " spoke_us = CASE WHEN coalesce(excluded.spoke_us, 0) > coalesce(reach.spoke_us, 0)"
        "            THEN excluded.spoke_us ELSE reach.spoke_us END,"
        " changed_us = CASE WHEN excluded.changed_us > reach.changed_us THEN excluded.changed_us"
        "              ELSE reach.changed_us END",
        account, channel, address, staff, person, int(on), spoke_us, at_us,
    )  # fmt: skip


async def trace(tx: Tx, *, inbox: int, person: str | None, body: str, at_us: int) -> None:
    """Keep why an event had its consequences; once for each event."""
    await tx.run(
        "INSERT INTO trace(inbox_id, person_id, body, at_us) VALUES(?,?,?,?)"
        " ON CONFLICT(inbox_id) DO NOTHING",
        inbox, person, body, at_us,
    )  # fmt: skip


async def notice(tx: Tx, name: str, text: str, at_us: int) -> None:
    """Show operators something once for each name."""
    await tx.run(
        "INSERT INTO notice(name, text, at_us) VALUES(?,?,?) ON CONFLICT(name) DO NOTHING",
        name, text, at_us,
    )  # fmt: skip


async def gap(tx: Tx, *, inbox: int, person: str | None, text: str, at_us: int) -> None:
    """Keep a phrase no rule knew."""
    await tx.run(
        "INSERT INTO gap(inbox_id, person_id, text, at_us) VALUES(?,?,?,?)"
        " ON CONFLICT(inbox_id) DO NOTHING",
        inbox, person, text, at_us,
    )  # fmt: skip


async def misses(tx: Tx, person: str, missed: bool) -> None:
    """Count messages in a row that no rule knew; a known one starts the count again."""
    await tx.run(
        "UPDATE person SET misses = CASE WHEN ? = 1 THEN misses + 1 ELSE 0 END WHERE id = ?",
        int(missed), person,
    )  # fmt: skip
