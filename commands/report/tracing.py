"""Tells over HTTP what a running server kept and would do, as `why` and `try --json` tell it."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.clock import Clock
from bot.db import reading
from bot.db.location import Location
from bot.db.stories import events_saying
from bot.db.tx import Tx
from bot.ids import readable_code
from bot.web.keys import Traces, Wanted
from commands.parts.compose import PLAYBOOK, Home
from commands.report.document import story_document
from commands.report.history import Story
from commands.report.names import names_of
from commands.report.replies import Replies
from commands.report.seeking import digested, named, story_of_events, story_of_member
from commands.report.trial import Trial
from keyword_rules.match import RuleSet
from keyword_rules.rule import Subject

MOST = 500  # events of a member in one answer


def traces_of(home: Home, database: Location, clock: Clock) -> Traces:
    """Return how a home's traces are told: on a connection of their own, in the way of nothing."""

    async def tell(wanted: Wanted) -> Mapping[str, object] | None:
        async def work(tx: Tx) -> Story | None:
            return await _story(tx, wanted, home, clock())

        found = await asyncio.to_thread(reading.ask, database, work)
        if found is None:
            return None
        newest = replace(found, chapters=found.chapters[-MOST:])
        return story_document(newest, names_of(home))

    def explain(rules: RuleSet, subject: Subject, about: str) -> Mapping[str, object]:
        trial = Trial(rules=rules, replies=Replies(home.content, rules, PLAYBOOK))
        return trial.of(subject, every=False, about=about).document()

    return Traces(tell=tell, explain=explain, key_sha256=home.settings.trace_key_sha256)


async def _story(tx: Tx, wanted: Wanted, home: Home, now_us: int) -> Story | None:
    settings, at = home.settings, wanted.account
    match wanted.by:
        case "member":
            called = (wanted.name, readable_code(wanted.name))
            return await story_of_member(tx, called, settings, now_us, account=at)
        case "event":
            events: Sequence[str] = (wanted.name,)
        case "msg":
            events = await events_saying(tx, named(wanted.name), at)
        case _:
            events = await events_saying(tx, digested(wanted.name), at)
    return await story_of_events(tx, events, settings, now_us, account=at)
