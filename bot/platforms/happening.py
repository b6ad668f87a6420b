"""What the platforms of the family share in telling what happened: names, times, keys."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from bot.events import Alias, Notice, Unrecognised
from bot.platforms.kinds import Kinds
from bot.platforms.tree import leaves, parse

_WHITE = " \t\r\n"
_INDEX = re.compile(r"\[[0-9]+\]")
_SECONDS = re.compile(r"[0-9]{1,10}")
_LAST_SECOND = 4_102_444_800  # the year 2100
_LONGEST_ID = 128  # characters; the platforms' own ids stay below 64
_LONGEST_CODE = 512  # those to send a welcome with are of some 50 characters; no length is promised
_TIMES = ("CreateTime", "TimeStamp", "create_time", "send_time", "body.create_time")
_NAMES = ("Event", "event.event_type", "event.eventtype", "body.event.eventtype", "event_type")


class Fields:
    """Tolerant reading of leaves: names in any case, indices ignored, values trimmed.

    Of a repeated name the first value counts, so a later copy can never replace it.
    """

    __slots__ = ("_leaf_texts", "_values")

    def __init__(self, leaf_texts: Mapping[str, str]) -> None:
        self._leaf_texts = leaf_texts
        self._values: dict[str, str] = {}
        for path, text in leaf_texts.items():
            self._values.setdefault(_bare(path), text)

    def get(self, name: str) -> str:
        """The first value of a dotted name; "" when there is none."""
        return self._values.get(name.lower(), "").strip(_WHITE)

    def every(self, name: str) -> tuple[str, ...]:
        """All values of a dotted name, in the order sent."""
        wanted = name.lower()
        found = (text for path, text in self._leaf_texts.items() if _bare(path) == wanted)
        return tuple(text.strip(_WHITE) for text in found)

    def id(self, name: str) -> str:
        """An identifier: "" when it is missing, over 128 characters, or holds control codes."""
        return as_id(self.get(name))

    def code(self, name: str) -> str:
        """A code to be handed back: "" when it is missing, or over 512 characters."""
        value = self.get(name)
        return value if len(value) <= _LONGEST_CODE else ""

    def first(self, *names: str) -> str:
        """The first value that is not empty among several names; "" when there is none."""
        return next((value for value in map(self.get, names) if value), "")


def as_id(text: str) -> str:
    """Return an identifier as it is; "" for one over 128 characters or with control codes."""
    return text if len(text) <= _LONGEST_ID and text.isprintable() else ""


def _bare(path: str) -> str:
    name = path.lower()
    return _INDEX.sub("", name) if "[" in name else name


def read(plain: bytes | str) -> dict[str, str]:
    """The leaves of a message. Raises Refused("parse") when it cannot be read."""
    return leaves(parse(plain))


def kind_of(leaf_texts: Mapping[str, str]) -> str:
    """What a message calls itself: `msg.TYPE`, `event.NAME[.CHANGE]` or `info.NAME[.CHANGE]`.

    Names keep the spelling of the source. An unopened envelope is `sealed`; a message that names
    neither is `other`.

    >>> kind_of({"MsgType": "event", "Event": "SCAN"})
    'event.SCAN'
    """
    return _kind(Fields(leaf_texts))


def _kind(fields: Fields) -> str:
    info = fields.get("InfoType")
    said = fields.first("MsgType", "body.msgtype")
    if info:
        return _with_change("info", info, fields)
    # Devices say device_event; every such type names the event in a field of its own.
    if said.lower().endswith("event") or (not said and fields.first("Event", "event_type")):
        return _with_change("event", fields.first(*_NAMES), fields)
    if said:
        return f"msg.{said}"
    return "sealed" if fields.get("Encrypt") else "other"


def _with_change(family: str, name: str, fields: Fields) -> str:
    change = fields.get("ChangeType")
    return ".".join(part for part in (family, name, change if change != name else "") if part)


def kept(
    account: str, leaf_texts: Mapping[str, str], kinds: Kinds, customer: Alias | None = None
) -> Notice | Unrecognised:
    """The event for a message that is recorded whole, but not acted on.

    It is about `customer`, whom the caller read from it, where its kind is one that customers send
    or do; of any other kind nobody knows whose it is.
    """
    fields = Fields(leaf_texts)
    kind, at = _kind(fields), moment(fields)
    name = kinds.canonical(kind)
    if not name:
        return Unrecognised(account=account, at=at, fields=leaf_texts, kind=kind)
    return Notice(
        account=account,
        at=at,
        who=customer if kinds.of_customer(kind) else None,
        fields=leaf_texts,
        kind=name,
        incomplete=kinds.acts_on(kind),  # or it would have become the event we act on
    )


def moment(fields: Fields) -> datetime | None:
    """When it happened by the platform's clock, UTC; None when no readable time was given.

    A time is 1 to 10 ASCII digits of Unix seconds, after 1970 began and before 2100.
    """
    seconds = fields.first(*_TIMES)
    if not _SECONDS.fullmatch(seconds) or not 0 < int(seconds) < _LAST_SECOND:
        return None
    return datetime.fromtimestamp(int(seconds), UTC)


def dedupe_text(account: str, leaf_texts: Mapping[str, str]) -> bytes:
    """The bytes whose keyed digest tells a redelivery from a new message.

    Account, sender, MsgId and kind where the message has a MsgId, else account and every leaf.
    Each part carries its length, so different messages never give the same bytes. Sender and
    second are not enough: one person can do two things within a second.
    """
    return identity(account, leaf_texts)[1]


def identity(account: str, leaf_texts: Mapping[str, str]) -> tuple[str, bytes]:
    """What a message calls itself, and its `dedupe_text`, from one reading of its fields."""
    fields = Fields(leaf_texts)
    kind, msg_id = _kind(fields), fields.get("MsgId")
    if msg_id:
        # The kind tells a report about a message from the message itself: both carry its id.
        parts = ["id", account, fields.get("FromUserName"), msg_id, kind]
    else:
        parts = ["all", account, *_flat(leaf_texts)]
    return kind, "".join(f"{len(part)}:{part}" for part in parts).encode()


def _flat(leaf_texts: Mapping[str, str]) -> Iterator[str]:
    for path in sorted(leaf_texts):
        yield path
        yield leaf_texts[path]
