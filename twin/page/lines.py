"""File every entry of the book under the chats in which it shows, as lines that people read."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from twin.shape import BadShape, Json, number, read, record, records, text, whole
from twin.stage import Stage
from twin.world import AibotAccount, OaAccount

Place = tuple[str, str]  # whose phone (@userid for an employee), and which chat on it
_SERVICER = 5  # origin of a kf item


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a chat; `n` is the entry it comes from.

    `mine` is what the owner of the phone said. A `note` names what somebody did without words,
    and `text` says more about it.
    """

    n: int
    at: float
    mine: bool = False
    name: str = ""
    text: str = ""
    via: str = ""
    note: str = ""
    attachments: tuple[Json, ...] = ()


Filed = Iterator[tuple[Place, Line]]


class Threads:
    """The lines of every chat on every phone; reads the book on from where it stopped."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._read = 0
        self._lines: dict[Place, list[Line]] = {}

    def of(self, owner: str, chat: str) -> tuple[Line, ...]:
        """Return the lines of one chat, oldest first."""
        self._catch_up()
        return tuple(self._lines.get((owner, chat), ()))

    def chats(self, owner: str) -> tuple[str, ...]:
        """Return the chats on a phone in which there is anything, oldest first."""
        self._catch_up()
        return tuple(chat for whose, chat in self._lines if whose == owner)

    def talkers(self) -> tuple[str, ...]:
        """Return the customers who have a chat of their own with somebody, in order."""
        self._catch_up()
        own = (who for who, chat in self._lines if not chat.startswith("group:"))
        return tuple(dict.fromkeys(one for one in own if one and not one.startswith("@")))

    def _catch_up(self) -> None:
        for entry in self._stage.book.since(self._read):
            self._read += 1
            try:
                filed = list(_FILERS.get(str(entry["kind"]), _nowhere)(self._stage, entry))
            except BadShape:  # an entry that somebody else's raw XML or JSON made
                filed = []
            for place, line in filed:
                self._lines.setdefault(place, []).append(line)


def node(inner: str, name: str) -> str:
    """Return the content of the first element of this name in an inner XML, "" without one.

    Of a callback in JSON, as an app in that mode gets it, the field of this name.

    >>> node("<xml><A><![CDATA[b]]></A></xml>", "A")
    'b'
    >>> node('{"A": "b"}', "A")
    'b'
    """
    if inner.lstrip().startswith("{"):
        return _field(inner, name)
    found = re.search(rf"<{name}>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))</{name}>", inner, re.S)
    return (found[1] or found[2] or "") if found else ""


def _field(inner: str, name: str) -> str:
    try:
        value = read(inner.encode()).get(name, "")
    except BadShape:
        return ""
    return "" if isinstance(value, dict | list) else str(value)


def owner_of(stage: Stage, who: str) -> str:
    """Return whose phone this is: @userid for an employee, the name of a customer."""
    found = stage.world.employee(who)
    return f"@{found.userid}" if found else who


def _nowhere(stage: Stage, entry: Json) -> Filed:
    return iter(())


def _shown(stage: Stage, entry: Json) -> Filed:
    channel, sender, via = text(entry, "channel"), text(entry, "from"), text(entry, "via")
    owner, chat_id = owner_of(stage, text(entry, "who")), text(entry, "chat_id", "")
    line = replace(_line(entry), via="fault" if entry["kind"] == "fault_shown" else via)
    if chat_id:
        yield (owner, f"group:{chat_id}"), replace(line, name=sender)
    elif channel == "kf" and via not in ("customer", "kf_staff"):  # those stand in the kf log
        yield (owner, f"kf:{sender}"), line
    elif channel == "oa":
        yield (owner, f"oa:{sender}"), line
    elif channel in ("app", "notice"):
        yield (owner, "app"), line
    elif channel == "aibot":
        yield (owner, f"bot:{_bot(stage, sender)}"), line
    elif channel in ("welcome", "contact") and owner.startswith("@"):
        yield (sender, f"staff:{owner[1:]}"), replace(line, mine=True)
    elif channel in ("welcome", "contact"):
        yield (owner, f"staff:{sender}"), line


def _happened(stage: Stage, entry: Json) -> Filed:
    account = stage.world.account(text(entry, "account"))
    if isinstance(account, OaAccount):
        yield (text(entry, "who"), f"oa:{account.id}"), _of_a_fan(entry)
    elif isinstance(account, AibotAccount):
        yield from _asked(stage, entry, account)
    else:
        yield from _in_wecom(stage, entry)


def _in_wecom(stage: Stage, entry: Json) -> Filed:
    kind, inner, who = text(entry, "event"), text(entry, "inner"), text(entry, "who")
    line = _line(entry)
    if chat_id := node(inner, "ChatId"):
        for one in filter(None, who.split("|")):
            yield (owner_of(stage, one), f"group:{chat_id}"), replace(line, note=kind)
    elif node(inner, "ExternalUserID"):
        noted = replace(line, note=kind, text=node(inner, "State"))
        yield (who, f"staff:{node(inner, 'UserID')}"), noted
    elif node(inner, "AgentID"):
        words = node(inner, "Content") or node(inner, "EventKey")
        yield (owner_of(stage, who), "app"), replace(line, mine=True, text=words)


def _of_a_fan(entry: Json) -> Line:
    kind, inner, line = text(entry, "event"), text(entry, "inner"), _line(entry)
    if node(inner, "Event"):
        return replace(line, note=kind, text=node(inner, "EventKey"))
    if kind == "text":
        return replace(line, mine=True, text=node(inner, "Content"))
    return replace(line, mine=True, attachments=({"type": kind},))


def _asked(stage: Stage, entry: Json, bot: AibotAccount) -> Filed:
    talk = stage.talks.of(text(entry, "id"))
    if talk is None or talk.kind != "text":
        return
    words = text(record(read(text(entry, "inner").encode()), "text"), "content", "")
    chat = f"group:{talk.chat_id}" if talk.chat_id else f"bot:{bot.id}"
    yield (f"@{talk.userid}", chat), replace(_line(entry), mine=True, text=words)


def _in_kf(stage: Stage, entry: Json) -> Filed:
    item, line = record(entry, "item"), _line(entry)
    origin, kind = whole(item, "origin"), text(item, "msgtype")
    place, inside = (text(entry, "who"), f"kf:{entry['kf']}"), record(item, kind)
    words = text(inside, "content", "")
    if kind == "event":
        yield place, replace(line, note=text(inside, "event_type"), text=_how(inside))
    elif origin == _SERVICER:
        by = text(item, "servicer_userid", "")
        yield place, replace(line, name=by, text=words, via="kf_staff")
    else:
        parts: tuple[Json, ...] = () if kind == "text" else ({**inside, "type": kind},)
        yield place, replace(line, mine=True, text=words, attachments=parts)


def _how(inside: Json) -> str:
    return str(inside.get("change_type", "")) or text(inside, "scene", "")


def _in_group(stage: Stage, entry: Json) -> Filed:
    place = (owner_of(stage, text(entry, "who")), f"group:{entry['chat_id']}")
    if "text" in entry:
        yield place, replace(_line(entry), mine=True)
    else:
        yield place, replace(_line(entry), note=text(entry, "act"))


def _bot(stage: Stage, name: str) -> str:
    return next((one.id for one in stage.world.aibot if name in (one.name, one.id)), name)


def _line(entry: Json) -> Line:
    return Line(
        n=whole(entry, "n"),
        at=number(entry, "at"),
        text=text(entry, "text", ""),
        attachments=records(entry, "attachments"),
    )


_FILERS: Mapping[str, Callable[[Stage, Json], Filed]] = {
    "happening": _happened,
    "shown": _shown,
    "fault_shown": _shown,
    "kf": _in_kf,
    "group": _in_group,
}
