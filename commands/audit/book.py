"""The twin's book as the auditor reads it: what happened, was delivered, asked and shown."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from commands.audit.messages import Identity, identity, leaves

Entry = Mapping[str, Any]

_SAYING = "say_in_group"
_NEVER_SENT = ("lost", "unwired")  # the twin's own doing
_SPOILT = ("wrong_signature", "truncated_body")
_BECAME = ("errcode", "effect", "who")  # what a late effect comes to
# Where a call keeps the words that somebody reads.
_WORDS = {"text": "content", "markdown": "content", "msgmenu": "head_content"}
_SAID_BYTES = 2_000  # what an answer and a message keep of a text alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One thing the platform had to tell, with the exact inner XML."""

    id: str
    who: str
    event: str
    account: str
    inner: str
    at: float

    def identity(self) -> Identity:
        """Return what makes two happenings the same message to whoever reads them."""
        return identity(self.account, self.inner)

    def openid(self) -> str:
        """Return the sender, "" when the message names none."""
        return dict(leaves(self.inner)).get("FromUserName", "")

    def name(self) -> str:
        """Return how a finding calls it."""
        first, *others = self.who.split("|")
        who = f"{first} 等 {len(others) + 1} 人" if others else first or "平台"
        return f"回调 {self.id}（{who}「{self.said()}」）"

    def said(self) -> str:
        """Return the words typed, else the kind of event."""
        found = dict(leaves(self.inner))
        return found.get("Content") or found.get("ChangeType") or self.event


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One attempt to deliver a happening. `answered`: HTTP 200 came back in time.

    `at` is when it ended, `took_s` real seconds after it began. `fault` names what the twin did
    to it on purpose.
    """

    happening: str
    at: float
    answered: bool
    trouble: str
    answer: str
    fault: str = ""
    took_s: float = 0.0

    def tried(self) -> bool:
        """Whether anything reached the bot that it could have taken."""
        spoilt = any(one in self.fault for one in _SPOILT)
        return self.trouble not in _NEVER_SENT and not spoilt


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One API call. `changed`: it had an effect; `whole`: the answer was written."""

    n: int
    at: float
    api: str
    args: Entry
    who: str
    code: int
    changed: bool
    whole: bool
    fault: str
    overlap: bool
    effect: Entry

    def text(self) -> str:
        """Return the words that a message or welcome carries."""
        for kind, words in _WORDS.items():
            if isinstance(inside := self.args.get(kind), Mapping):
                return str(inside.get(words, ""))
        return ""

    def arg(self, name: str) -> str:
        """Return an argument as text, "" when it is not there."""
        return str(self.args.get(name, ""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One message on a phone; `call` and `happening` say what put it there."""

    who: str
    at: float
    text: str
    via: str
    words: str
    call: int | None = None
    happening: str = ""
    chat: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A replayed or tampered POST and the status it got."""

    how: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line that a person wrote in a customer group; the archive holds them in this order."""

    who: str
    chat: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """One push of the archive, `first` to `last` line of it. `taken`: the answer was 2xx."""

    first: int
    last: int
    taken: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """The whole book, sorted by kind."""

    happenings: Mapping[str, Happening]
    deliveries: Mapping[str, Sequence[Delivery]]
    calls: Sequence[Call]
    shown: Sequence[Seen]
    attacks: Sequence[Attack]
    answered: frozenset[str]  # ids answered 200 at least once
    lines: Sequence[Line]
    pushes: Sequence[Push]

    @property
    def sent(self) -> int:
        """How many happenings left the platform: not those it lost, spoilt or kept back itself."""
        tries = (self.deliveries.get(one, ()) for one in self.happenings)
        return sum(not each or any(one.tried() for one in each) for each in tries)


def read_book(entries: Iterable[Entry]) -> Book:
    """Sort the entries of a book; kinds that prove nothing are left out. Raises KeyError."""
    kinds: dict[str, list[Entry]] = {}
    for one in entries:
        kinds.setdefault(str(one["kind"]), []).append(one)
    deliveries: dict[str, list[Delivery]] = {}
    for one in kinds.get("callback", ()):
        deliveries.setdefault(str(one["happening"]), []).append(_delivery(one))
    happenings = [_happening(one) for one in kinds.get("happening", ())]
    seen = [*kinds.get("shown", ()), *kinds.get("fault_shown", ())]
    return Book(
        happenings={one.id: one for one in happenings},
        deliveries=deliveries,
        calls=_calls(kinds.get("call", ()), kinds.get("late", ())),
        shown=[seen_of(str(one["who"]), one) for one in seen],
        attacks=[_attack(one) for one in kinds.get("attack", ())],
        answered=frozenset(
            at for at, tries in deliveries.items() if any(one.answered for one in tries)
        ),
        lines=[_line(one) for one in kinds.get("group", ()) if one["act"] == _SAYING],
        pushes=[_push(one) for one in kinds.get("archive", ())],
    )


def seen_of(who: str, one: Entry) -> Seen:
    """Return a message as it stands on somebody's phone or in the book."""
    cards = one.get("attachments") or []
    words = [str(value) for card in cards for value in card.values() if isinstance(value, str)]
    return Seen(
        who=who,
        at=float(one["at"]),
        text=str(one.get("text", "")),
        via=str(one.get("via", "")),
        words="\n".join([str(one.get("text", "")), *words]),
        call=one.get("call"),
        happening=str(one.get("happening") or ""),
        chat=str(one.get("chat_id") or ""),
    )


def comparable(text: str) -> str:
    """Return a text as every way of saying it keeps it: no control characters, 2,000 bytes.

    >>> comparable("券码\\x07：A")
    '券码：A'
    """
    plain = "".join(one for one in text if one.isprintable() or one in "\n\t")
    return plain.encode()[:_SAID_BYTES].decode(errors="ignore")


def _happening(one: Entry) -> Happening:
    return Happening(
        id=str(one["id"]),
        who=str(one["who"]),
        event=str(one["event"]),
        account=str(one["account"]),
        inner=str(one["inner"]),
        at=float(one["at"]),
    )


def _delivery(one: Entry) -> Delivery:
    return Delivery(
        happening=str(one["happening"]),
        at=float(one["at"]),
        answered=bool(one["delivered"]),
        trouble=str(one["trouble"]),
        answer=str(one["answer"]),
        fault=str(one.get("fault", "")),
        took_s=float(one.get("ms", 0)) / 1_000,
    )


def _line(one: Entry) -> Line:
    return Line(who=str(one["who"]), chat=str(one["chat_id"]), text=str(one["text"]))


def _push(one: Entry) -> Push:
    return Push(first=int(one["first"]), last=int(one["last"]), taken=bool(one["delivered"]))


def _attack(one: Entry) -> Attack:
    return Attack(how=str(one["how"]), status=int(one["status"]))


def _calls(calls: Sequence[Entry], late: Sequence[Entry]) -> list[Call]:
    """Return the calls, each with what came of it, also where that came later."""
    became = {one["call"]: {key: one[key] for key in _BECAME} for one in late}
    return [_call({**one, **became.get(one["n"], {})}) for one in calls]


def _call(one: Entry) -> Call:
    return Call(
        n=int(one["n"]),
        at=float(one["at"]),
        api=str(one["api"]),
        args=one["args"],
        who=str(one["who"]),
        code=int(one["errcode"]),
        changed=one["effect"] is not None,
        whole=bool(one["answered"]),
        fault=str(one["fault"]),
        overlap=bool(one["overlap"]),
        effect=one["effect"] or {},
    )
