"""Reads what planning may know of links: one made just now, a token to carry, a merge to undo."""

import base64
import hashlib
import hmac

from bot.clock import micros_of, moment
from bot.db.tx import Tx
from bot.events import AliasKind, MergeUndone
from bot.facts import LinkFacts, Member
from bot.gather.look import Look
from bot.gather.who import Who

_TOKEN_BYTES = 16
# Whoever has one of these is, or soon will be, known in customer service without a token.
_KNOWN_THERE = frozenset({AliasKind.EXTERNAL_USERID, AliasKind.KF_ID, AliasKind.UNIONID})


async def link_facts(tx: Tx, look: Look, who: Who) -> LinkFacts:
    """Return what this event tells of one person behind two doors."""
    needy = look.content.kf_link and _only_follows(look.member)
    ends_us = look.now_us + micros_of(look.shop.linking.token_lives)
    return LinkFacts(
        how=who.linked,
        token=_token(look.shop.instance_key, look.row["event_id"]) if needy else "",
        token_ends=moment(ends_us) if needy else None,
        passphrase=who.passphrase,
        undoing=await _undoing(tx, look),
    )


def _only_follows(member: Member | None) -> bool:
    kinds = {alias.kind for alias in member.aliases} if member else set()
    return AliasKind.OA_OPENID in kinds and not kinds & _KNOWN_THERE


def _token(instance_key: bytes, event_id: str) -> str:
    # Made of the event, so that deciding twice gives the same; 128 bits that nobody can guess.
    digest = hmac.new(instance_key, f"carry\0{event_id}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:_TOKEN_BYTES]).decode().rstrip("=")


async def _undoing(tx: Tx, look: Look) -> str:
    if not isinstance(look.event, MergeUndone):
        return ""
    row = await tx.one("SELECT undone_us FROM merge_log WHERE id = ?", look.event.merge)
    if row is None:
        return ""
    return "standing" if row["undone_us"] is None else "undone"
