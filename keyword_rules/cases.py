"""Running a rule's own sentences against it."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import count

from keyword_rules.match import RuleSet
from keyword_rules.problem import Problem
from keyword_rules.rule import TEXT, WORDED, Case, Dates, Hit, Hours, Rule, Share, Subject

_A_MONDAY = date(2024, 1, 1)
_DAYS_A_WEEK = 7


def subject_of(case: Case, rule: Rule) -> Subject:
    """What the case describes; everything it leaves out is as the rule wants it."""
    where = rule.where
    return Subject(
        occasion=case.on or _occasion(case, rule),
        text=case.text,
        key=case.key,
        channel=case.channel or _first(where.channel),
        store=case.store or _first(where.store),
        group=case.group or _first(where.group),
        stage=case.stage or _first(where.stage),
        tags=frozenset(where.tagged if case.tagged is None else case.tagged),
        local=case.at or suiting_time(rule),
        days=frozenset(where.days if case.days is None else case.days),
        person=suiting_person(where.share) if where.share else "",
        met={rule.id: where.nth.first - 1} if where.nth else {},
    )


def suiting_time(rule: Rule) -> datetime:
    """A moment at which the rule's hours, weekdays and dates hold, if there is one."""
    where = rule.where
    return _suiting(where.hours, where.weekdays, where.dates)


@lru_cache(maxsize=4_096)
def _suiting(
    hours: tuple[Hours, ...], weekdays: tuple[int, ...], dates: tuple[Dates, ...]
) -> datetime:
    minute = hours[0].start if hours else 12 * 60
    days = [day for window in dates or (Dates(),) for day in _week_of(window)]
    suiting = (day for day in days if not weekdays or day.isoweekday() in weekdays)
    day = next(suiting, days[0])
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (wall time in the store's zone)
    return midnight + timedelta(minutes=minute)


@lru_cache(maxsize=4_096)
def suiting_person(share: Share) -> str:
    """Somebody who belongs to the share; the same one every time."""
    return next(person for person in map(str, count()) if share.hold(person))


def _week_of(dates: Dates) -> Iterator[date]:
    """The days inside, at most seven: after those, weekdays only come again."""
    if dates.first is None and dates.last:
        days = (dates.last - timedelta(days=back) for back in range(_DAYS_A_WEEK))
    else:
        first = dates.first or _A_MONDAY
        days = (first + timedelta(days=on) for on in range(_DAYS_A_WEEK))
    return (day for day in days if dates.hold(day))


def failed_cases(rules: RuleSet) -> tuple[Problem, ...]:
    """A problem for every case that does not come out as its author says."""
    problems = []
    for number, rule in enumerate(rules.rules):
        for case in rule.cases:
            verdict = rules.verdict_at(number, subject_of(case, rule))
            if isinstance(verdict, Hit) != case.hit:
                message = f"规则 {rule.id} 的例句「{case.text or case.key}」"
                if isinstance(verdict, Hit):
                    said = f"不该命中却命中了：{'、'.join(verdict.words) or verdict.mode}"
                else:
                    said = f"没有命中（{verdict.why}）：要 {verdict.want}，是 {verdict.got}"
                problems.append(
                    Problem(
                        file=rule.file, line=case.line, column=case.column, message=message + said
                    )
                )
    return tuple(problems)


def _occasion(case: Case, rule: Rule) -> str:
    suiting = rule.on & WORDED if case.text else rule.on - WORDED or rule.on
    return TEXT if TEXT in suiting else min(suiting, default=TEXT)


def _first(wanted: tuple[str, ...]) -> str:
    return wanted[0] if wanted else ""
