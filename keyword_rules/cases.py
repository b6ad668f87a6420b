"""Running a rule's own sentences against it."""

from datetime import datetime, timedelta

from keyword_rules.match import RuleSet
from keyword_rules.problem import Problem
from keyword_rules.rule import TEXT, Case, Hit, Rule, Subject

_A_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 (wall time in the store's zone)


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
    )


def suiting_time(rule: Rule) -> datetime:
    """A moment at which the rule's hours and weekdays hold."""
    day = min(rule.where.weekdays, default=1)
    minute = rule.where.hours[0].start if rule.where.hours else 12 * 60
    return _A_MONDAY + timedelta(days=day - 1, minutes=minute)


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
    if case.text or not rule.on:
        return TEXT
    return min(rule.on - {TEXT}, default=TEXT)


def _first(wanted: tuple[str, ...]) -> str:
    return wanted[0] if wanted else ""
