"""What the chat archive tells, as far as we read it: texts said in groups (apps-and-bots.md 7).

An item is the decrypted JSON of one message; a `seq` beside it is not needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

_EXTERNAL = ("wm", "wo")  # how ids of people outside the corp begin
_EXTERNAL_CHARS = 20
_LATEST_MS = 32_503_680_000_000  # the year 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupText:
    """A text that somebody said in a group. `canonical` is the whole message, however it came."""

    chat: str
    sender: str
    text: str
    msg_id: str
    at: datetime | None
    canonical: bytes


def group_text(item: object) -> GroupText | None:
    """Return the text an item tells; None for what is no text, was not sent, or not in a group."""
    if not isinstance(item, Mapping) or item.get("action", "send") != "send":
        return None
    inside = item.get("text")
    text = inside.get("content") if isinstance(inside, Mapping) else None
    chat, sender = item.get("roomid"), item.get("from")
    if item.get("msgtype") != "text" or not _words(text) or not _words(chat) or not _words(sender):
        return None
    msg_id = item.get("msgid")
    whole = {name: value for name, value in item.items() if name != "seq"}
    return GroupText(
        chat=str(chat),
        sender=str(sender),
        text=str(text),
        msg_id=str(msg_id) if _words(msg_id) else "",
        at=_moment(item.get("msgtime")),
        canonical=orjson.dumps(whole, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS),
    )


def looks_external(sender: str) -> bool:
    """Tell whether an id looks like a customer's rather than like an employee's userid."""
    return sender.startswith(_EXTERNAL) and len(sender) >= _EXTERNAL_CHARS


def _words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _moment(value: object) -> datetime | None:
    digits = str(value)
    if isinstance(value, bool) or not (digits.isascii() and digits.isdigit()):
        return None
    at_ms = int(digits) if len(digits) <= len(str(_LATEST_MS)) else _LATEST_MS
    return datetime.fromtimestamp(at_ms / 1000, UTC) if 0 < at_ms < _LATEST_MS else None
