"""The values of the engine: what a rule says, what happened, and what came of comparing them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from keyword_rules.template import BadTemplate, Slot, Template
from keyword_rules.vocabulary import Verb, Vocabulary

__all__ = [
    "EVENT",
    "TEXT",
    "BadTemplate",
    "Case",
    "Hit",
    "Hours",
    "Key",
    "Limit",
    "Miss",
    "Mode",
    "Phrase",
    "Rule",
    "Say",
    "Segment",
    "Slot",
    "Step",
    "Subject",
    "Template",
    "Trace",
    "Value",
    "Verb",
    "Vocabulary",
    "Where",
]

Value = str | int | bool | tuple[str, ...]
Segment = Callable[[str], tuple[str, ...]]

TEXT = "text"  # the occasion on which a customer's words are compared; any other compares keys
EVENT = "event"  # the mode of a hit that needed no words: the occasion itself was enough


class Mode(StrEnum):
    """How a phrase is compared with what was said."""

    EQUALS = "equals"
    CONTAINS = "contains"
    PREFIX = "prefix"
    WORD = "word"
    SOUND = "sound"
    REGEX = "regex"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Something to look for, as its author wrote it."""

    text: str
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Phrases of a customer's words: one of `any`, every one of `all`, not one of `none`."""

    any: tuple[Phrase, ...] = ()
    all: tuple[Phrase, ...] = ()
    none: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Keys of menu entries and entry codes; one of them is enough. Compared as they are."""

    any: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A time of day in minutes after midnight, end excluded. It crosses midnight if end < start."""

    start: int
    end: int

    def hold(self, minute: int) -> bool:
        """Whether a minute of the day lies inside."""
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end

    def __str__(self) -> str:
        return "-".join(f"{at // 60:02}:{at % 60:02}" for at in (self.start, self.end))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `times` hits for one member in each hour, day, week, or `ever`."""

    times: int
    per: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Conditions besides the words; an empty one always holds.

    One of `channel`, `store`, `group` and `stage`; every tag of `tagged` and none of
    `not_tagged`; inside one of `hours`, on one of `weekdays` (1 is Monday), both by the store's
    wall clock; and not yet at the limit.
    """

    channel: tuple[str, ...] = ()
    store: tuple[str, ...] = ()
    group: tuple[str, ...] = ()
    tagged: tuple[str, ...] = ()
    not_tagged: tuple[str, ...] = ()
    stage: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()
    weekdays: tuple[int, ...] = ()
    limit: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do on a hit. Texts with slots are kept as written and known to be readable."""

    verb: str
    args: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A sentence that its rule must hit, or must not. What it leaves out suits its rule."""

    hit: bool
    text: str = ""
    key: str = ""
    on: str = ""
    channel: str = ""
    store: str = ""
    group: str = ""
    stage: str = ""
    tagged: tuple[str, ...] | None = None
    at: datetime | None = None
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When something is said or happens, do these steps. `stop` ends the search after a hit."""

    id: str
    file: str
    line: int
    column: int
    on: frozenset[str] = frozenset({TEXT})
    say: Say | None = None
    key: Key | None = None
    where: Where = Where()
    priority: int = 0
    stop: bool = True
    do: tuple[Step, ...] = ()
    cases: tuple[Case, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What happened, to be compared with rules.

    `local` is the wall time where the store is; rules with hours miss without it. `counts` maps
    a rule's id to its earlier hits for this member inside the window of the rule's limit.
    """

    occasion: str
    text: str = ""
    key: str = ""
    channel: str = ""
    store: str = ""
    group: str = ""
    tags: frozenset[str] = frozenset()
    stage: str = ""
    local: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that acts. `words` are its phrases that were found, `mode` is the longest one's."""

    rule: str
    mode: str
    words: tuple[str, ...]
    file: str
    line: int
    do: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A rule that does not act: the first condition that failed and the two values compared.

    `why` is a stable code: occasion, key, words, equals, prefix, word_boundary, sound, regex,
    excluded, channel, store, group, tagged, not_tagged, stage, hours, weekdays, limit, outranked.
    `near` says that some of its words were seen, or that only conditions or rank stood against it.
    """

    rule: str
    why: str
    want: str
    got: str
    near: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Why something was answered as it was. `text` is what was compared, `ruleset` a hash."""

    hits: tuple[Hit, ...]
    missed: tuple[Miss, ...]
    text: str
    ruleset: str
