"""Proofs that two doors lead to one person: tokens carried over by a tap, and seats in a group."""

import hashlib
import hmac
from collections.abc import Sequence

from bot.db.tx import Tx
from bot.errors import Contended
from bot.events import Alias


def token_digest(instance_key: bytes, token: str) -> str:
    """Return the keyed hash under which a token is kept; the token itself is not."""
    return hmac.new(instance_key, b"link\0" + token.encode(), hashlib.sha256).hexdigest()


async def keep_token(
    tx: Tx, *, digest: str, person: str, account: str, made_us: int, expires_us: int
) -> None:
    """Remember a token of a member until it expires; repeating it changes nothing."""
    await tx.run(
        "INSERT INTO link_token(digest, person_id, account, made_us, expires_us)"
        " VALUES(?,?,?,?,?) ON CONFLICT(digest) DO NOTHING",
        digest, person, account, made_us, expires_us,
    )  # fmt: skip


async def maker_of(tx: Tx, digest: str, now_us: int) -> str | None:
    """Return the member whose token this is, while it is unused and has not expired."""
    row = await tx.one(
        "SELECT person_id FROM link_token WHERE digest = ? AND used_us IS NULL AND expires_us > ?",
        digest, now_us,
    )  # fmt: skip
    return str(row["person_id"]) if row else None


async def use_token(tx: Tx, digest: str, now_us: int) -> None:
    """Spend a token, once for ever. Raises Contended when somebody else did meanwhile."""
    used = await tx.run(
        "UPDATE link_token SET used_us = ? WHERE digest = ? AND used_us IS NULL", now_us, digest
    )
    if used != 1:
        raise Contended("a link token was used meanwhile")


async def rivals(tx: Tx, one: str, other: str) -> bool:
    """Tell whether two members each have their own name at one account, so that they are two."""
    row = await tx.one(
        "SELECT 1 AS found FROM alias a JOIN alias b ON a.kind = b.kind AND a.scope = b.scope"
        " WHERE a.person_id = ? AND b.person_id = ? AND a.kind NOT IN ('phone', 'card') LIMIT 1",
        one, other,
    )  # fmt: skip
    return row is not None


async def sits_in(tx: Tx, chat: str, person: str) -> bool:
    """Tell whether a member sits in a group now."""
    row = await tx.one(
        "SELECT 1 AS found FROM seat WHERE chat = ? AND person_id = ? AND left_us IS NULL LIMIT 1",
        chat, person,
    )  # fmt: skip
    return row is not None


async def newcomers_without(tx: Tx, chat: str, name: Alias, since_us: int) -> Sequence[str]:
    """Return who sits in a group, joined it at `since_us` or later, and has no name like `name`.

    Like it is a name of its kind and scope: of the account that `name` came from.
    """
    rows = await tx.all(
        "SELECT DISTINCT s.person_id FROM seat s WHERE s.chat = ? AND s.left_us IS NULL"
        " AND s.joined_us >= ? AND s.person_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM alias a"
        " WHERE a.person_id = s.person_id AND a.kind = ? AND a.scope = ?) ORDER BY s.person_id",
        chat, since_us, name.kind, name.scope,
    )  # fmt: skip
    return [str(row["person_id"]) for row in rows]


async def invited_to(tx: Tx, pool: str, person: str, since_us: int) -> tuple[str, int] | None:
    """Return the group of a pool that a member was shown since then, and when; None = no group."""
    row = await tx.one(
        "SELECT chat, at_us FROM invite WHERE pool = ? AND person_id = ? AND at_us >= ?",
        pool, person, since_us,
    )  # fmt: skip
    return (str(row["chat"]), int(row["at_us"])) if row else None
