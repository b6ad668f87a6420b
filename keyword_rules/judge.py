"""One rule against one happening: a hit with its rank, or the first condition that failed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from keyword_rules.captures import caught, filled
from keyword_rules.compiled import Asked, Compiled
from keyword_rules.conditions import Failed, first_failed
from keyword_rules.finder import Finder, Sight
from keyword_rules.rule import EVENT, Hit, Miss, Rule, Step, Subject
from keyword_rules.verdict import words_failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """A text as one finder saw it. `raw` is what was said, `text` what was compared."""

    finder: Finder
    sight: Sight
    raw: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A happening as the finders saw it. `words` is None where the occasion brings none."""

    subject: Subject
    words: Glance | None
    keys: Glance


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A hit and what decides its place among the others."""

    hit: Hit
    compiled: Compiled
    weight: int  # characters of the words that were found

    @property
    def order(self) -> tuple[int, int, int]:
        """Priority first, then longer words, then the place in the files."""
        return (-self.compiled.rule.priority, -self.weight, self.compiled.number)


# What a rule asks for, where it was looked for, and why that was not found, if so.
_Way = tuple[Asked, Glance, Failed | None]


def judge(compiled: Compiled, seen: Seen) -> Ranked | Miss:
    """Compare one rule as if it stood alone. A pause counts before the conditions."""
    rule, subject = compiled.rule, seen.subject
    if subject.occasion not in rule.on:
        want = "、".join(sorted(rule.on))
        return miss_of(rule, Failed(why="occasion", want=want, got=subject.occasion), near=False)
    ways = _ways(compiled, seen)
    way = next((way for way in ways if way[-1] is None), None) if ways else None
    if way is None and ways and (failed := ways[0][-1]):
        near = any([asked.shows(glance.sight) for asked, glance, _ in ways])
        return miss_of(rule, failed, near=near)
    if failed := first_failed(rule, subject):
        return miss_of(rule, failed, near=True)
    return _ranked(compiled, way)


def is_spoken_to(compiled: Compiled, seen: Seen) -> bool:
    """Whether the occasion and the words suit a rule, whatever its conditions say."""
    if seen.subject.occasion not in compiled.rule.on:
        return False
    ways = _ways(compiled, seen)
    return not ways or any(failed is None for _, _, failed in ways)


def miss_of(rule: Rule, failed: Failed, *, near: bool, over: str = "") -> Miss:
    """A rule that does not act, and why."""
    return Miss(
        rule=rule.id, why=failed.why, want=failed.want, got=failed.got, near=near, over=over
    )


def _ways(compiled: Compiled, seen: Seen) -> list[_Way]:
    """Words before keys; where a rule asks for both, either is enough."""
    ways: list[_Way] = []
    said, asked = seen.words, compiled.say
    if said and (asked.any or asked.all or asked.none):
        failed = words_failed(asked, said.sight, said.finder, said.text)
        ways.append((asked, said, failed))
    if compiled.key.any:
        keys, asked = seen.keys, compiled.key
        failed = words_failed(asked, keys.sight, keys.finder, keys.text)
        ways.append((asked, keys, failed and replace(failed, why="key")))
    return ways


def _ranked(compiled: Compiled, way: _Way | None) -> Ranked:
    rule = compiled.rule
    if way is None:
        hit = Hit(rule=rule.id, mode=EVENT, words=(), file=rule.file, line=rule.line, do=rule.do)
        return Ranked(hit=hit, compiled=compiled, weight=0)
    asked, glance, _ = way
    found = [glance.finder.phrases[number] for number in asked.matched(glance.sight)]
    longest = max(found, key=lambda phrase: len(phrase.text), default=None)
    captures = caught(found, glance.raw, glance.text) if compiled.captures else {}
    hit = Hit(
        rule=rule.id,
        mode=longest.mode.value if longest else EVENT,
        words=tuple(phrase.text for phrase in found),
        file=rule.file,
        line=rule.line,
        do=_do(compiled, captures),
        captures=captures,
        heard=_heard(asked, glance),
    )
    return Ranked(hit=hit, compiled=compiled, weight=asked.weight(glance.sight, glance.finder))


def _do(compiled: Compiled, captures: Mapping[str, str]) -> tuple[Step, ...]:
    steps = compiled.rule.do
    return filled(steps, compiled.captures, captures) if compiled.captures else steps


def _heard(asked: Asked, glance: Glance) -> Mapping[str, str]:
    heard = glance.sight.heard
    spans = {number: heard[number] for number in asked.wanted if number in heard} if heard else {}
    return {
        glance.finder.phrases[number].text: glance.text[start:end]
        for number, (start, end) in spans.items()
    }
