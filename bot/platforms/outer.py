"""The outer document of a sealed callback, and the one Encrypt in it."""

import re
from collections.abc import Mapping

from bot.errors import Refused
from bot.platforms.envelope import Seal, stamp_of
from bot.platforms.tree import LIMIT_BYTES, leaves, parse

_PLAIN = rb"(?:<!\[CDATA\[[\w@.-]*\]\]>|[\w@.-]*)"
_GAP = rb"[ \t\r\n]*"
_OTHERS = rb"(?:<ToUserName>%s</ToUserName>%s|<AgentID>%s</AgentID>%s)*" % (
    _PLAIN,
    _GAP,
    _PLAIN,
    _GAP,
)
_BASE64 = rb"[0-9A-Za-z+/=]*"
_ENCRYPT = rb"<Encrypt>(?:<!\[CDATA\[(%s)\]\]>|(%s))</Encrypt>" % (_BASE64, _BASE64)

# What the platforms really send, at a fraction of a parser's cost. Whatever matches as a whole is
# well-formed and holds one Encrypt, because no part of it can hold markup; anything else is parsed.
_USUAL = re.compile(
    _GAP + rb"<xml>" + _GAP + _OTHERS + _ENCRYPT + _GAP + _OTHERS + rb"</xml>" + _GAP
)
_WHITE = " \t\r\n"


def encrypt_of(body: bytes) -> str:
    """The text of the only Encrypt of an envelope, XML or JSON, white space around it removed.

    Raises Refused("envelope") when the body is no readable document, or when Encrypt is missing,
    below the top level, or there more than once.
    """
    usual = _USUAL.fullmatch(body) if len(body) <= LIMIT_BYTES else None
    if usual:
        return (usual[1] or usual[2] or b"").decode()
    try:
        fields = leaves(parse(body))
    except Refused as refusal:
        raise Refused("envelope", refusal.reason) from None
    found = [path for path in fields if _names_encrypt(path)]
    if len(found) != 1 or found[0].lower() != "encrypt":
        raise Refused("envelope", "信封里应有且只有一个 Encrypt")
    return fields[found[0]].strip(_WHITE)


def opened(seal: Seal, query: Mapping[str, str], encrypt: str) -> bytes:
    """The message in an Encrypt text that WeCom's query vouches for.

    Raises Refused with the failing step. Repeating is safe.
    """
    stamp = stamp_of(query, "msg_signature")
    return seal.open(
        encrypt,
        timestamp=stamp.timestamp,
        nonce=stamp.nonce,
        msg_signature=stamp.signature,
    )


def _names_encrypt(path: str) -> bool:
    # Any level and any spelling counts, so that no other reader could pick a different one.
    return "encrypt" in re.split(r"[.\[@]", path.lower())
