"""The conditions of a rule besides its words: which one fails first, and on what values."""

from collections.abc import Callable
from dataclasses import dataclass

from keyword_rules.rule import ANYWHERE, Rule, Subject, Where
from keyword_rules.where import WEEKDAYS, percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A condition that does not hold, and the two values that were compared."""

    why: str
    want: str
    got: str


Check = Callable[[Where, Subject], Failed | None]


def first_failed(rule: Rule, subject: Subject) -> Failed | None:
    """The first condition of the rule that the subject fails, or None when all hold.

    A pause comes before all of them, and the number of the meeting after all of them: a meeting
    that only `nth` stands against is one that counts.
    """
    if rule.id in subject.paused:
        return Failed(why="paused", want="", got=rule.id)
    if rule.where == ANYWHERE:
        return None
    for check in _CHECKS:
        if failed := check(rule.where, subject):
            return failed
    return _limits(rule, subject) or _nth(rule, subject)


def _limits(rule: Rule, subject: Subject) -> Failed | None:
    for limit in rule.where.limits:
        if (used := subject.counts.get((rule.id, limit), 0)) >= limit.times:
            return Failed(why="limit", want=str(limit), got=str(used))
    return None


def _nth(rule: Rule, subject: Subject) -> Failed | None:
    number = subject.met.get(rule.id, 0) + 1
    if rule.where.nth is None or rule.where.nth.hold(number):
        return None
    return Failed(why="nth", want=str(rule.where.nth), got=str(number))


def _one_of(why: str, wanted: tuple[str, ...], got: str) -> Failed | None:
    if not wanted or got in wanted:
        return None
    return Failed(why=why, want="、".join(wanted), got=got)


def _channel(where: Where, subject: Subject) -> Failed | None:
    return _one_of("channel", where.channel, subject.channel)


def _store(where: Where, subject: Subject) -> Failed | None:
    return _one_of("store", where.store, subject.store)


def _group(where: Where, subject: Subject) -> Failed | None:
    return _one_of("group", where.group, subject.group)


def _stage(where: Where, subject: Subject) -> Failed | None:
    return _one_of("stage", where.stage, subject.stage)


def _tagged(where: Where, subject: Subject) -> Failed | None:
    lacking = [tag for tag in where.tagged if tag not in subject.tags]
    if not lacking:
        return None
    return Failed(why="tagged", want="、".join(lacking), got="、".join(sorted(subject.tags)))


def _not_tagged(where: Where, subject: Subject) -> Failed | None:
    present = [tag for tag in where.not_tagged if tag in subject.tags]
    if not present:
        return None
    return Failed(why="not_tagged", want="、".join(where.not_tagged), got="、".join(present))


def _hours(where: Where, subject: Subject) -> Failed | None:
    if not where.hours:
        return None
    local = subject.local
    if local and any(hours.hold(local.hour * 60 + local.minute) for hours in where.hours):
        return None
    got = local.strftime("%H:%M") if local else ""
    return Failed(why="hours", want="、".join(map(str, where.hours)), got=got)


def _weekdays(where: Where, subject: Subject) -> Failed | None:
    if not where.weekdays:
        return None
    today = subject.local.isoweekday() if subject.local else 0
    if today in where.weekdays:
        return None
    want = "、".join(WEEKDAYS[day - 1] for day in where.weekdays)
    return Failed(why="weekdays", want=want, got=WEEKDAYS[today - 1] if today else "")


def _dates(where: Where, subject: Subject) -> Failed | None:
    if not where.dates:
        return None
    today = subject.local.date() if subject.local else None
    if today and any(dates.hold(today) for dates in where.dates):
        return None
    want = "、".join(map(str, where.dates))
    return Failed(why="dates", want=want, got=today.isoformat() if today else "")


def _days(where: Where, subject: Subject) -> Failed | None:
    if not where.days or not subject.days.isdisjoint(where.days):
        return None
    return Failed(why="days", want="、".join(where.days), got="、".join(sorted(subject.days)))


def _share(where: Where, subject: Subject) -> Failed | None:
    if where.share is None or (subject.person and where.share.hold(subject.person)):
        return None
    got = f"{percent(where.share.place(subject.person))}%" if subject.person else ""
    return Failed(why="share", want=str(where.share), got=got)


_CHECKS: tuple[Check, ...] = (
    _channel,
    _store,
    _group,
    _tagged,
    _not_tagged,
    _stage,
    _hours,
    _weekdays,
    _dates,
    _days,
    _share,
)
