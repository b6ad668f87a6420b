"""What of a set of messages was answered rightly, in numbers."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from keyword_rules.rule import Miss, Mode, Rule
from tests.matching.labels import Message
from tests.matching.variants import Stage

MOST_HEARD_FALSE = 0.005  # of all messages


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """How one way to answer did: `other` were another rule's to answer, `false` nobody's."""

    wanted: int  # messages that a rule should answer
    right: int
    other: int
    false: int

    @property
    def answers(self) -> int:
        """How many messages were answered at all."""
        return self.right + self.other + self.false

    @property
    def precision(self) -> float | None:
        """The share of answers that were right, None without any."""
        return self.right / self.answers if self.answers else None

    @property
    def recall(self) -> float | None:
        """The share of messages to be answered that were, rightly; None without any."""
        return self.right / self.wanted if self.wanted else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both, None without anything to answer and any answer."""
        whole = self.answers + self.wanted
        return 2 * self.right / whole if whole else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """An answer that only sound found."""

    message: Message
    rule: str

    @property
    def is_right(self) -> bool:
        """Whether it is the rule that the label names."""
        return self.rule == self.message.rule


def figures(
    messages: Iterable[Message], answers: Iterable[str], only: Collection[str] | None = None
) -> Figures:
    """Count what came of messages; with `only`, what these rules answered or should have."""
    wanted = right = other = false = 0
    for message, answer in zip(messages, answers, strict=True):
        wanted += bool(message.rule) and (only is None or message.rule in only)
        if not answer or (only is not None and answer not in only):
            continue
        right += answer == message.rule
        other += bool(message.rule) and answer != message.rule
        false += not message.rule
    return Figures(wanted=wanted, right=right, other=other, false=false)


def heard_only(
    stage: Stage, messages: Iterable[Message], answers: Iterable[str]
) -> Iterator[Heard]:
    """Yield the answers whose rule would not have hit by what is written."""
    for message, answer in zip(messages, answers, strict=True):
        if answer and isinstance(stage.off.verdict(answer, stage.subject(message)), Miss):
            yield Heard(message=message, rule=answer)


def false_share(heard: Collection[Heard], size: int) -> float:
    """The share of messages that were answered by sound alone, and wrongly."""
    return sum(not one.is_right for one in heard) / size if size else 0.0


def by_mode(rules: Iterable[Rule]) -> dict[str, frozenset[str]]:
    """Return the rules whose words use each mode; and of those, the ones that have a `none` too.

    A rule that uses two modes is in both.
    """
    said = [(rule, rule.say) for rule in rules if rule.say]
    found: dict[str, frozenset[str]] = {}
    for mode in Mode:
        using = [
            (rule.id, say)
            for rule, say in said
            if any(phrase.mode is mode for phrase in (*say.any, *say.all))
        ]
        found[mode.value] = frozenset(name for name, _ in using)
        found[f"{mode.value}, with none"] = frozenset(name for name, say in using if say.none)
    return found
