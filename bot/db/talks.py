"""Conversations in customer service: who holds them, and what may still be said in them."""

from collections.abc import Sequence

from bot.clock import moment
from bot.db.tx import Tx
from bot.facts import Talk


async def of_member(tx: Tx, person: str) -> Sequence[Talk]:
    """Return the conversations of a member."""
    rows = await tx.all("SELECT * FROM talk WHERE person_id = ? ORDER BY id", person)
    return [
        Talk(
            account=r["account"],
            kf=r["kf"],
            member=r["member"],
            chat=r["chat"],
            state=r["state"],
            spoke=moment(r["spoke_us"]) if r["spoke_us"] else None,
            staff_spoke=moment(r["staff_us"]) if r["staff_us"] else None,
            sent=r["sent"],
        )
        for r in rows
    ]


async def mark(
    tx: Tx, *, account: str, kf: str, member: str, person: str, state: str | None,
    chat: str, spoke_us: int | None, staff_us: int | None, sent: int,
) -> None:  # fmt: skip
    """Record what happened in a conversation; the customer's own words renew what may be said.

    An older event never takes back a newer moment.
    """
    await tx.run(
        "INSERT INTO talk(account, kf, member, person_id, chat, state, spoke_us, staff_us, sent)"
        " VALUES(?,?,?,?,?,?,?,?,?) ON CONFLICT(account, kf, member) DO UPDATE SET"
        " person_id = excluded.person_id,"
        " chat = CASE WHEN excluded.chat = '' THEN talk.chat ELSE excluded.chat END,"
        " state = CASE WHEN cast(? AS text) IS NULL THEN talk.state ELSE excluded.state END,"
        " sent = CASE WHEN coalesce(excluded.spoke_us, 0) > coalesce(talk.spoke_us, 0)"
        "        THEN excluded.sent ELSE talk.sent + excluded.sent END,"
        " spoke_us = CASE WHEN coalesce(excluded.spoke_us, 0) > coalesce(talk.spoke_us, 0)"
        "            THEN excluded.spoke_us ELSE talk.spoke_us END,"
        " staff_us = CASE WHEN coalesce(excluded.staff_us, 0) > coalesce(talk.staff_us, 0)"
        "            THEN excluded.staff_us ELSE talk.staff_us END",
        account, kf, member, person, chat, state or "", spoke_us, staff_us, sent, state,
    )  # fmt: skip
