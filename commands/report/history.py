"""Builds a story from rows: each event with its trace, what it settled and what it owed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import orjson
from pydantic import TypeAdapter, ValidationError

from bot.codec import event_from_json
from bot.db.reports import Owed
from bot.db.stories import Biography, Happening
from bot.errors import Refused
from bot.events import Event
from bot.platforms.oa import gate as oa_gate
from bot.platforms.wecom import gate as wecom_gate
from config.accounts import OaAccount
from config.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Won:
    """A rule that hit, what its patterns caught, and what its words were heard from."""

    rule: str
    mode: str
    words: tuple[str, ...] = ()
    captures: Mapping[str, str] = field(default_factory=dict)
    heard: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """A rule that came near, with the first condition that failed.

    `over` tells by what the rule in `got` stood above it.
    """

    rule: str
    why: str
    want: str
    got: str
    over: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Words for the customer, in whose voice, why in that one, and who must act for them.

    `withheld` tells why they were not sent.
    """

    persona: str
    why: str
    text: str
    truth: str
    rule: str = ""
    topic: str = ""
    variant: int = 0
    withheld: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A trace as the database keeps it (docs/reference/trace.md)."""

    event: str
    now: str
    text: str = ""
    comparable: str = ""
    ruleset: str = ""
    silent: str = ""
    new_member: bool = False
    linked: str = ""
    hits: tuple[Won, ...] = ()
    dry: tuple[Won, ...] = ()  # on trial: they would have hit
    missed: tuple[Missed, ...] = ()
    said: tuple[Said, ...] = ()
    unreachable: bool = False
    verdict: str = ""
    actions: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One event of a story. `event` is None when its bytes cannot be read any more."""

    happening: Happening
    event: Event | None
    trace: Kept | None
    verdict: str  # what a till was told

    @property
    def effects(self) -> tuple[Owed, ...]:
        """The remote effects it led to."""
        return self.happening.effects


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is told of a member, or of one event; `also` are other members of the same name."""

    member: Biography | None
    chapters: tuple[Chapter, ...]
    also: tuple[str, ...] = ()


def story(
    member: Biography | None,
    happenings: Sequence[Happening],
    settings: Settings,
    also: Sequence[str] = (),
) -> Story:
    """Return a story, in the order in which things happened."""
    chapters = tuple(_chapter(one, settings) for one in happenings)
    return Story(member=member, chapters=chapters, also=tuple(also))


def _chapter(happening: Happening, settings: Settings) -> Chapter:
    return Chapter(
        happening=happening,
        event=_event(happening, settings),
        trace=_traces().validate_json(happening.trace) if happening.trace else None,
        verdict=_verdict(happening.answer),
    )


def _event(happening: Happening, settings: Settings) -> Event | None:
    account = next((a for a in settings.accounts if a.id == happening.account), None)
    try:
        if happening.source == "internal":
            return event_from_json(happening.kind, happening.body)
        if account is None:
            return None
        if isinstance(account, OaAccount):
            return oa_gate.decode(account.id, account.scope, happening.body)
        return wecom_gate.decode(account.id, account.scope, happening.body)
    except (Refused, KeyError, ValidationError):
        return None  # quarantined as unreadable, or of a kind this version does not know


def _verdict(answer: bytes) -> str:
    # A till is answered in JSON, a platform in XML.
    if not answer.startswith(b"{"):
        return ""
    told: Mapping[str, object] = orjson.loads(answer)
    return str(told.get("text", ""))


@cache
def _traces() -> TypeAdapter[Kept]:
    return TypeAdapter(Kept)
