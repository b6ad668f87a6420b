"""Notices and messages, and what became of them: found by what a report names, and marked by it.

A report may be decided before the outcome of its own call is on disk. A template message has a name
by then: the report waits under it. A subscription notice has none: its report is its outcome.
"""

from collections.abc import Iterable

from bot.actions import SendKf, SendSubscription, SendTemplate
from bot.actions.kf import kf_msgid
from bot.actions.notice import Notify, reported_as
from bot.codec import action_from_json
from bot.db import memory
from bot.db.tx import Row, Tx
from bot.member import SentNotice

_SOON_US = 10 * 60 * 1_000_000  # within which the platform reports, repeats included
_ARRIVED = "已送达"
_NOT_ARRIVED = "平台已受理，但没有送达：{}"
_TOO_EARLY = "early "  # before the name of a report that waits, beside that of its notice


async def called(tx: Tx, account: str, msgid: str) -> SentNotice | None:
    """Return the notice that an account's platform calls `msgid`, or None."""
    row = await tx.one(
        "SELECT e.* FROM memory m JOIN effect e ON e.key = m.value"
        " WHERE m.account = ? AND m.name = ?",
        account, reported_as(msgid),
    )  # fmt: skip
    return _sent(row) if row and msgid else None


async def under_way(tx: Tx, account: str, openid: str, kind: str) -> SentNotice | None:
    """Return the notice to a follower whose answer has not been written down yet, or None.

    A report may come before the answer to the call that it reports on.
    """
    row = await tx.one(
        "SELECT * FROM effect WHERE order_key = ? AND kind = ? AND state = 'sending' LIMIT 1",
        f"notice:{account}:{openid}", kind,
    )  # fmt: skip
    return _sent(row) if row else None


async def of_template(
    tx: Tx, account: str, openid: str, template: str, at_us: int
) -> SentNotice | None:
    """Return a subscription notice of a template sent to a follower just before, or None.

    Its platform gives no name in its answer, so time and template are all there is to go by: the
    oldest that nothing was reported of yet, else the newest.
    """
    rows = await tx.all(
        "SELECT * FROM effect WHERE order_key = ? AND kind = ? AND sent_us >= ?"
        " AND state IN ('sending', 'done', 'unknown') ORDER BY id",
        f"notice:{account}:{openid}", SendSubscription.kind, at_us - _SOON_US,
    )  # fmt: skip
    found = [row for row in rows if _notice_of(row).template == template]
    unheard = (row for row in found if not _was_reported(row))
    row = next(unheard, found[-1] if found else None)
    return _sent(row) if row else None


async def of_kf(tx: Tx, account: str, kf: str, member: str, msgid: str) -> SentNotice | None:
    """Return the customer service message to a member that bears an id, or None: not ours."""
    rows = await tx.all(
        "SELECT id, key, state FROM effect WHERE order_key = ? AND kind = ?"
        " AND state IN ('sending', 'done', 'unknown')",
        f"say:{account}:{kf}:{member}", SendKf.kind,
    )  # fmt: skip
    found = (row for row in rows if kf_msgid(row["key"]) == msgid)
    return next((SentNotice(effect=r["id"], notice="", state=r["state"]) for r in found), None)


async def mark(
    tx: Tx, *, account: str, effect: int, msgid: str, why: str, at_us: int
) -> None:  # fmt: skip
    """Write onto a notice what was reported of it; one whose outcome was unknown is known by it."""
    row = await tx.one("SELECT kind, state FROM effect WHERE id = ?", effect)
    if row and row["state"] == "sending" and row["kind"] == SendTemplate.kind:
        await memory.remember(tx, account, {_TOO_EARLY + reported_as(msgid): why})
        return
    await tx.run(
        "UPDATE effect SET state = 'done', meaning = ?, done_us = coalesce(done_us, ?)"
        " WHERE id = ? AND state IN ('sending', 'done', 'unknown')",
        _NOT_ARRIVED.format(why) if why else _ARRIVED, at_us, effect,
    )  # fmt: skip
    await memory.forget(tx, account, reported_as(msgid))


async def catch_up(
    tx: Tx, *, account: str, effect: int, names: Iterable[str], at_us: int
) -> None:  # fmt: skip
    """Write onto an effect the report that came before its outcome, under any of its new names."""
    for name in names:
        why = await memory.recalled(tx, account, _TOO_EARLY + name)
        if why is not None:
            msgid = name.removeprefix(reported_as(""))
            await memory.forget(tx, account, _TOO_EARLY + name)
            await mark(tx, account=account, effect=effect, msgid=msgid, why=why, at_us=at_us)


def _was_reported(row: Row) -> bool:
    said = str(row["meaning"])
    return said == _ARRIVED or said.startswith(_NOT_ARRIVED.format(""))


def _sent(row: Row) -> SentNotice:
    return SentNotice(effect=row["id"], notice=_notice_of(row).notice, state=row["state"])


def _notice_of(row: Row) -> Notify:
    found = action_from_json(row["kind"], row["body"])
    if not isinstance(found, Notify):
        raise TypeError(f"effect {row['id']} is a {row['kind']}, and no notice")
    return found
