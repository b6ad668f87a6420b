"""New rule files among the rules of a home: do they load, and who answers which words then?"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from commands.parts.compose import Home
from keyword_rules.cases import subject_of
from keyword_rules.chosen import MOST_RULES
from keyword_rules.match import RuleSet, compile_rules
from keyword_rules.parse import parse_rules
from keyword_rules.rule import Case, Mode, Rule, Trace

_RULES = "rules/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What came of it: problems, which keep the files from being used, and all rules together."""

    problems: tuple[str, ...]
    together: RuleSet
    new: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A word of a new rule that a rule of the home knows too.

    `wins` says whether the new rule answers it, `both` whether the other one does.
    """

    word: str
    rule: str
    other: str
    wins: bool
    both: bool

    def __str__(self) -> str:
        if self.wins and self.both:
            return f"「{self.word}」{self.rule} 和原有的 {self.other} 都会答"
        if self.wins:
            return f"「{self.word}」以后由 {self.rule} 答，原有的 {self.other} 答不到了"
        return f"「{self.word}」仍由原有的 {self.other} 答，{self.rule} 答不到"


def prove(
    home: Home,
    files: Mapping[str, str],
    *,
    personas: Iterable[str] = (),
    beside: Sequence[Rule] = (),
) -> Proven:
    """Read new or changed rule files as serving would, beside the home's. Nothing is written.

    `files` are texts by their place in the home, `personas` names that come with them, `beside`
    rules that are on their way into the home too.
    """
    book, known = home.rules, home.rules.vocabulary
    spoken = known.names["persona"] | frozenset(personas)
    known = replace(known, names={**known.names, "persona": spoken})
    changed = {name.removeprefix(_RULES): text for name, text in files.items()}
    there = [rule for rule in book.current.rules if rule.file not in changed]
    there += beside
    problems: list[str] = []
    new: list[Rule] = []
    for name, text in changed.items():
        parsed = parse_rules(name, text.encode(), known, book.segment, book.same_sound)
        problems += [f"{_RULES}{problem}" for problem in parsed.problems]
        new += parsed.rules
    problems += _twice(there, new)
    if len(there) + len(new) > MOST_RULES:
        problems.append(f"加起来超过 {MOST_RULES} 条规则")
    rules = sorted([*there, *new], key=lambda rule: Path(rule.file))
    return Proven(
        problems=tuple(problems),
        together=compile_rules(
            () if problems else rules, segment=book.segment, same_sound=book.same_sound
        ),
        new=tuple(new),
    )


def _twice(there: Iterable[Rule], new: Iterable[Rule]) -> Iterator[str]:
    taken = {rule.id: rule for rule in there}
    for rule in new:
        if other := taken.get(rule.id):
            yield f"规则 id {rule.id} 已经用在 {_RULES}{other.file}:{other.line}，请换一个名字"
        taken[rule.id] = rule


def clashes(proven: Proven, new: Iterable[Rule]) -> Iterator[Clash]:
    """Yield the words of new rules that another rule, old or not, answers too or instead."""
    names = {rule.id for rule in new}
    for rule in new:
        phrases = rule.say.any if rule.say else ()
        for word in dict.fromkeys(one.text for one in phrases if one.mode is not Mode.REGEX):
            trace = proven.together.match(subject_of(Case(hit=True, text=word), rule))
            yield from _clashes(trace, rule, word, names)


def _clashes(trace: Trace, rule: Rule, word: str, new: set[str]) -> Iterator[Clash]:
    acting = [hit.rule for hit in trace.hits]
    wins = rule.id in acting
    if not wins and new & {*acting}:
        return  # another rule of the same import answers
    beaten = [miss.rule for miss in trace.missed if miss.why == "outranked"]
    for other in [one for one in acting if one not in new] or (beaten if wins else []):
        if other not in new:
            yield Clash(word=word, rule=rule.id, other=other, wins=wins, both=other in acting)
