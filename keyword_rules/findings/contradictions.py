"""Rules that can never hit, whatever others do: their own words or conditions rule it out."""

from collections.abc import Iterator
from datetime import date, timedelta

from keyword_rules.findings.covering import implies
from keyword_rules.findings.finding import Finding, about
from keyword_rules.findings.probes import Asked
from keyword_rules.rule import WORDED, Case, Dates, Miss, Mode, Phrase, Rule

_A_WEEK = 7
_OF_WORDS = frozenset(
    {"words", "equals", "prefix", "suffix", "word_boundary", "sound", "regex", "excluded"}
)


def contradictions(asked: Asked, today: date | None) -> Iterator[Finding]:
    """What keeps the rule from ever hitting; without `today` no date is over."""
    rule = asked.rule
    if rule.on <= WORDED and rule.say and rule.key is None:
        yield from _of_words(asked)
    if rule.where.dates and today and all(_over(one, today) for one in rule.where.dates):
        last = max(one.last for one in rule.where.dates if one.last)
        message = f"dates 写的日子都过了，最后一天是 {last}"
        yield about(rule, "expired", message, hint="改日期，或删掉这条规则")
    elif _no_weekday(rule):
        message = "dates 里没有一天是 weekdays 写的星期"
        yield about(rule, "unreachable", message, hint="改 dates 或 weekdays")


def _of_words(asked: Asked) -> Iterator[Finding]:
    rule = asked.rule
    say = rule.say
    if say is None:
        return
    dead = {phrase: why for phrase in say.any if (why := _dead(phrase, asked))}
    needed = next((phrase for phrase in say.all if _dead(phrase, asked)), None)
    if needed or (say.any and len(dead) == len(say.any)):
        phrase = needed or say.any[0]
        why = dead.get(phrase) or _dead(phrase, asked)
        yield about(
            rule, "unreachable", f"说什么都不会命中：{why}", proof=phrase.text,
            hint="改 say 的 any、all 或 none",
        )  # fmt: skip
        return
    for phrase, why in dead.items():
        message = f"「{phrase.text}」这个词不起作用：{why}"
        yield about(rule, "dead_word", message, proof=phrase.text, hint="去掉这个词，或改 none")


def _dead(phrase: Phrase, asked: Asked) -> str:
    """Why the rule misses every text in which the phrase is found, "" when it does not."""
    say = asked.rule.say
    for excluded in say.none if say else ():
        if implies(phrase, excluded):
            return f"有「{phrase.text}」就有 none 里的「{excluded.text}」"
    if phrase.mode is Mode.EQUALS:
        # Only one sentence is left, so it can be tried.
        verdict = asked.alone(Case(hit=True, text=phrase.text))
        if isinstance(verdict, Miss) and verdict.why in _OF_WORDS:
            return f"整句只能是「{phrase.text}」，而它缺 {verdict.want}"
    return ""


def _over(dates: Dates, today: date) -> bool:
    return dates.last is not None and dates.last < today


def _no_weekday(rule: Rule) -> bool:
    where = rule.where
    if not where.weekdays or not where.dates:
        return False
    return not any(_holds_weekday(one, where.weekdays) for one in where.dates)


def _holds_weekday(dates: Dates, weekdays: tuple[int, ...]) -> bool:
    if dates.first is None or dates.last is None:
        return True
    days = min((dates.last - dates.first).days + 1, _A_WEEK)
    return any((dates.first + timedelta(days=n)).isoweekday() in weekdays for n in range(days))
