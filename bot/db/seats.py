"""Seats: which groups a pool has, who sits where, and how many seats are promised."""

from bot.actions import MarkGroup
from bot.db.tx import Row, Tx
from bot.facts import GroupFacts, Pool, PoolFacts

_LEARNT = (
    *("name", "owner", "state", "config_id", "qr_code"),
    *("kf", "kf_link", "welcome", "welcome_digest"),
)
HOLD_US = 30 * 60 * 1_000_000  # a way shown but not walked keeps its seat this long


async def pool_facts(tx: Tx, pool: Pool, person: str | None, now_us: int) -> PoolFacts:
    """Return a pool with its seats as recorded, and where this member was shown or sits."""
    groups = []
    for group in pool.groups:
        known = await tx.one("SELECT * FROM chat_group WHERE chat = ?", group.chat)
        members, held = await _seats(tx, group.chat, now_us)
        groups.append(
            GroupFacts(
                group=group,
                members=members + (known["staff"] if known else 0),
                held=held,
                state=known["state"] if known else "open",
                qr_code=group.qr_code or (known["qr_code"] if known else ""),
                owner=known["owner"] if known else "",
                kf=known["kf"] if known else "",
                kf_link=known["kf_link"] if known else "",
                welcome=known["welcome"] if known else "",
                welcome_digest=known["welcome_digest"] if known else "",
            )
        )
    shown, ticket, seated = await _mine(tx, pool, person) if person else ("", "", "")
    return PoolFacts(pool=pool, groups=tuple(groups), shown=shown, ticket=ticket, seated=seated)


async def _seats(tx: Tx, chat: str, now_us: int) -> tuple[int, int]:
    row = await tx.one(
        "SELECT (SELECT count(*) FROM seat WHERE chat = ? AND left_us IS NULL) AS members,"
        " (SELECT count(*) FROM invite i WHERE i.chat = ? AND i.at_us > ? AND NOT EXISTS"
        "  (SELECT 1 FROM seat s WHERE s.chat = i.chat AND s.person_id = i.person_id)) AS held",
        chat, chat, now_us - HOLD_US,
    )  # fmt: skip
    return (row["members"], row["held"]) if row else (0, 0)


async def _mine(tx: Tx, pool: Pool, person: str) -> tuple[str, str, str]:
    shown = await tx.one(
        "SELECT chat, ticket FROM invite WHERE pool = ? AND person_id = ?", pool.id, person
    )
    seats = await tx.all(
        "SELECT s.chat FROM seat s LEFT JOIN chat_group g ON g.chat = s.chat"
        " WHERE s.person_id = ? AND s.left_us IS NULL"
        " AND coalesce(g.state, 'open') <> 'dismissed' ORDER BY s.id",
        person,
    )
    chats = {g.chat for g in pool.groups}
    seated = next((s["chat"] for s in seats if s["chat"] in chats), "")
    if shown is None:
        return "", "", seated
    return shown["chat"], shown["ticket"], seated


async def seated_in(tx: Tx, chat: str) -> frozenset[str]:
    """Return the customers known to sit in a group."""
    rows = await tx.all("SELECT member FROM seat WHERE chat = ? AND left_us IS NULL", chat)
    return frozenset(r["member"] for r in rows)


async def take(tx: Tx, chat: str, member: str, person: str, at_us: int) -> None:
    """Record a seat as taken; repeating it changes nothing."""
    await tx.run(
        "INSERT INTO seat(chat, member, person_id, joined_us) VALUES(?,?,?,?)"
        " ON CONFLICT(chat, member) DO UPDATE SET person_id = excluded.person_id,"
        " joined_us = CASE WHEN seat.left_us IS NULL THEN seat.joined_us"
        " ELSE excluded.joined_us END, left_us = NULL",
        chat, member, person, at_us,
    )  # fmt: skip


async def leave(tx: Tx, chat: str, member: str, at_us: int) -> None:
    """Record a seat as left; repeating it changes nothing."""
    await tx.run(
        "UPDATE seat SET left_us = ? WHERE chat = ? AND member = ? AND left_us IS NULL",
        at_us, chat, member,
    )  # fmt: skip


async def invite(tx: Tx, *, pool: str, person: str, chat: str, ticket: str, at_us: int) -> None:
    """Remember which group of a pool a member was shown; a later one takes its place."""
    await tx.run(
        "INSERT INTO invite(pool, person_id, chat, ticket, at_us) VALUES(?,?,?,?,?)"
        " ON CONFLICT(pool, person_id) DO UPDATE SET chat = excluded.chat,"
        " at_us = excluded.at_us",
        pool, person, chat, ticket, at_us,
    )  # fmt: skip


async def shown_way(tx: Tx, ticket: str) -> Row | None:
    """Return the group a ticket leads to, with its picture, or None."""
    return await tx.one(
        "SELECT i.chat, i.pool, g.name, g.state, g.qr_code FROM invite i"
        " LEFT JOIN chat_group g ON g.chat = i.chat WHERE i.ticket = ?",
        ticket,
    )


async def mark_group(tx: Tx, learnt: MarkGroup, account: str) -> None:
    """Record what was learnt of a group; empty fields and a negative count leave what is known."""
    await tx.run(
        "INSERT INTO chat_group(chat, account) VALUES(?,?) ON CONFLICT(chat) DO NOTHING",
        learnt.chat, account,
    )  # fmt: skip
    for column in _LEARNT:
        if value := getattr(learnt, column):
            kept = f"UPDATE chat_group SET {column} = ? WHERE chat = ?"  # noqa: S608 (our names)
            await tx.run(kept, value, learnt.chat)
    if learnt.staff >= 0:
        await tx.run("UPDATE chat_group SET staff = ? WHERE chat = ?", learnt.staff, learnt.chat)
