"""The conditions of a rule besides its words: which one fails first, and on what values."""

from collections.abc import Callable
from dataclasses import dataclass

from keyword_rules.rule import Rule, Subject, Where


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A condition that does not hold, and the two values that were compared."""

    why: str
    want: str
    got: str


Check = Callable[[Where, Subject], Failed | None]


def first_failed(rule: Rule, subject: Subject) -> Failed | None:
    """The first condition of the rule that the subject fails, or None when all hold."""
    where = rule.where
    for check in _CHECKS:
        if failed := check(where, subject):
            return failed
    limit = where.limit
    if limit is None or subject.counts.get(rule.id, 0) < limit.times:
        return None
    return Failed(why="limit", want=f"{limit.times}/{limit.per}", got=str(subject.counts[rule.id]))


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
    want = "、".join(map(str, where.weekdays))
    return Failed(why="weekdays", want=want, got=str(today or ""))


_CHECKS: tuple[Check, ...] = (
    _channel,
    _store,
    _group,
    _tagged,
    _not_tagged,
    _stage,
    _hours,
    _weekdays,
)
