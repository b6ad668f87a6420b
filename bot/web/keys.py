"""Typed names of what hangs on the web application."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from aiohttp import web

from bot.accept import Acceptor
from bot.clock import Clock
from bot.db.identity import Answered
from bot.db.tx import Database
from bot.shop import Shop
from bot.vitals import Vitals
from bot.worker import Worker
from keyword_rules.match import RuleSet
from keyword_rules.rule import Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a trace is asked for: by an event's id, a message's id or digest, or a member's name.

    With `account`, only of what came in there.
    """

    by: str  # event, msg, digest or member
    name: str
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """Who may read traces over HTTP, and who tells them.

    `key_sha256`: of the one bearer key, "" = there is none. `tell` returns a story as programs
    read it, None when there is none; it raises DatabaseTrouble. `explain` returns which rules
    of a set would act for a subject, and of one named rule always why it would not; it raises
    KeyError when there is no such rule.
    """

    tell: Callable[[Wanted], Awaitable[Mapping[str, object] | None]]
    explain: Callable[[RuleSet, Subject, str], Mapping[str, object]]
    key_sha256: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What the routes hand their work to; `vitals` checks what is noted in `answered`."""

    db: Database
    shop: Shop
    acceptor: Acceptor
    worker: Worker
    clock: Clock
    ready: Callable[[], Awaitable[dict[str, str]]]
    traces: Traces | None = None
    vitals: Vitals | None = None
    answered: Answered = field(default_factory=Answered)


ROOMS = web.AppKey("rooms", Rooms)
