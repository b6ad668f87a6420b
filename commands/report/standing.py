"""What rules know of one member right now, and what is paused, read from a home's database."""

from collections.abc import Sequence
from dataclasses import replace

from bot.clock import Clock
from bot.db import pauses, reading
from bot.db.stories import biography, members_called
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from bot.gather.counted import Place, counted
from bot.ids import readable_code
from bot.pausing import paused_of
from commands.parts.compose import Home
from commands.parts.problems import USAGE, show, stop
from commands.report.reading import Reader, database_of
from keyword_rules.match import RuleSet
from keyword_rules.rule import Subject


def as_member(read: Home, called: str, subjects: Sequence[Subject]) -> Sequence[Subject]:
    """Return the subjects with the tags, stage, store and counts of a member, and what is paused.

    `called` is a member id, an alias value or a coupon code. What a subject says already stands.
    Stops when nobody is called so, or when the database cannot be read. Nothing is changed.
    """
    rules = read.rules.current

    async def work(tx: Tx) -> Sequence[Subject]:
        for name in (called, readable_code(called)):
            if members := await members_called(tx, name):
                return await _standing(tx, rules, members[0], subjects)
        return ()

    found = Reader(home=read, database=database_of(read)).ask(work)
    if not found:
        stop(f"没有找到会员「{called}」：可以写会员号、身份或券码", USAGE)
    return found


def with_pauses(read: Home, subjects: Sequence[Subject]) -> Sequence[Subject]:
    """Return the subjects with the rules that are paused; a home without a database has none.

    A database that cannot be read is told on standard error, and keeps nobody from trying.
    """
    database = database_of(read)
    if not reading.there(database):
        return subjects

    async def work(tx: Tx) -> Sequence[Subject]:
        stopped = paused_of(await pauses.names(tx)).rules
        return [replace(one, paused=stopped) for one in subjects]

    try:
        return reading.ask(database, work)
    except DatabaseTrouble as trouble:
        show((f"没有看哪些规则暂停了：{trouble}",))
        return subjects


async def _standing(
    tx: Tx, rules: RuleSet, member: str, subjects: Sequence[Subject]
) -> Sequence[Subject]:
    known = await biography(tx, member, Clock()())
    stopped = paused_of(await pauses.names(tx)).rules
    worn = frozenset(tag.name for tag in known.tags)
    now = [
        replace(
            one,
            person=one.person or member,
            store=one.store or known.store,
            stage=one.stage or known.stage,
            tags=one.tags or worn,
            paused=stopped,
        )
        for one in subjects
    ]
    return [await _counting(tx, rules, one) for one in now]


async def _counting(tx: Tx, rules: RuleSet, subject: Subject) -> Subject:
    asking = [one for one in rules.candidates(subject) if one.where.limits or one.where.nth]
    if not asking or subject.local is None:
        return subject
    place = Place(person=subject.person, store=subject.store, chat="")
    found = await counted(tx, asking, place, subject.local)
    return replace(subject, counts=found.hits, met=found.met)
