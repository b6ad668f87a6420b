"""The values of the engine: what a rule says, what happened, and what came of comparing them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from keyword_rules.template import BadTemplate, Slot, Template
from keyword_rules.vocabulary import Verb, Vocabulary
from keyword_rules.where import ANYWHERE, Dates, Hours, Limit, Nth, Share, Where

__all__ = [
    "ANYWHERE",
    "EVENT",
    "TEXT",
    "WORDED",
    "BadTemplate",
    "Case",
    "Dates",
    "Hit",
    "Hours",
    "Key",
    "Limit",
    "Miss",
    "Mode",
    "Nth",
    "Phrase",
    "Rule",
    "Say",
    "Segment",
    "Share",
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

TEXT = "text"
# The occasions that bring words, which `say` is compared with; the others bring at most a key.
WORDED = frozenset({TEXT, "link", "location", "file", "miniprogram"})
EVENT = "event"  # the mode of a hit that needed no words: the occasion itself was enough


class Mode(StrEnum):
    """How a phrase is compared with what was said."""

    EQUALS = "equals"
    CONTAINS = "contains"
    PREFIX = "prefix"
    SUFFIX = "suffix"
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
class Step:
    """One thing to do on a hit. Texts with slots are kept as written and known to be readable.

    `templates` names the arguments that are such texts.
    """

    verb: str
    args: Mapping[str, Value] = field(default_factory=dict)
    templates: tuple[str, ...] = ()


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
    days: tuple[str, ...] | None = None
    at: datetime | None = None
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When something is said or happens, do these steps. `stop` ends the search after a hit.

    A `dry_run` rule is told in the trace, does nothing, and never ends the search. `do_at` has the
    line and column of each step of `do`; a rule that stands in no file may leave it out.
    """

    id: str
    file: str
    line: int
    column: int
    on: frozenset[str] = frozenset({TEXT})
    say: Say | None = None
    key: Key | None = None
    where: Where = ANYWHERE
    priority: int = 0
    stop: bool = True
    dry_run: bool = False
    do: tuple[Step, ...] = ()
    do_at: tuple[tuple[int, int], ...] = ()
    cases: tuple[Case, ...] = ()
    note: str = ""

    def place_of(self, number: int) -> tuple[int, int]:
        """Return the line and column of a step, those of the rule where that is not known."""
        return self.do_at[number] if number < len(self.do_at) else (self.line, self.column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What happened, to be compared with rules.

    `text` is what the customer typed, or the title of a link or a place; `key` is a menu entry, an
    entry code, the id of a tapped line, or a link's address. `local` is the wall time where the
    store is, and `days` what that day is called; rules that ask for either miss without it.
    `person` stands for the member in a split. `counts` maps a rule's id and who is counted for
    to its earlier hits inside the window of that limit, `met` a rule's id to the member's earlier
    meetings with it. `paused` are rules that operators have stopped.
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
    days: frozenset[str] = frozenset()
    person: str = ""
    counts: Mapping[tuple[str, Limit], int] = field(default_factory=dict)
    met: Mapping[str, int] = field(default_factory=dict)
    paused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A rule that acts. `words` are its phrases that were found, `mode` is the longest one's.

    `captures` is what named groups of its patterns found; the texts of `do` have them in place.
    `heard` maps those of its words that were read and not written to what was written instead.
    """

    rule: str
    mode: str
    words: tuple[str, ...]
    file: str
    line: int
    do: tuple[Step, ...]
    captures: Mapping[str, str] = field(default_factory=dict)
    heard: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A rule that does not act: the first condition that failed and the two values compared.

    `why` is a stable code: occasion, key, words, equals, prefix, suffix, word_boundary, sound,
    regex, excluded, paused, channel, store, group, tagged, not_tagged, stage, hours, weekdays,
    dates, days, share, limit, nth, outranked.
    `near` says that some of its words were seen, or that only conditions or rank stood against it.
    `over` says of an outranked rule what decided: `priority 5 > 0`, `words 3 > 2` (characters of
    the words that were found), or `place`, where all of that is equal.
    """

    rule: str
    why: str
    want: str
    got: str
    near: bool
    over: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Why something was answered as it was. `text` is what was compared, `ruleset` a hash.

    `dry` are the rules that would have acted were they not on trial. `met` are the rules with an
    `nth` whose every other condition held: this meeting is to be counted.
    """

    hits: tuple[Hit, ...]
    missed: tuple[Miss, ...]
    text: str
    ruleset: str
    dry: tuple[Hit, ...] = ()
    met: tuple[str, ...] = ()
