"""A set of labelled messages, answered in every way."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from commands.report.reasons import Found, missed, won
from tests.matching.figures import Figures, Heard, by_mode, false_share, figures, heard_only
from tests.matching.labels import Message
from tests.matching.variants import SHIPPED, Stage, variants


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of a set; `halved` if half of its texts may not be told."""

    name: str
    halved: bool
    messages: tuple[Message, ...]
    answers: Mapping[str, tuple[str, ...]]  # of each variant
    heard: tuple[Heard, ...]

    @property
    def false_share(self) -> float:
        """The share of messages that only sound answered, and wrongly."""
        return false_share(self.heard, len(self.messages))

    def may_tell(self, message: Message) -> bool:
        """Whether a text may be shown to who writes rules."""
        return not (self.halved and message.is_held_out)

    def variants(self, keep: Callable[[Message], bool]) -> Mapping[str, Figures]:
        """Return the figures of every variant, over the messages that are kept."""
        kept = [number for number, message in enumerate(self.messages) if keep(message)]
        chosen = [self.messages[number] for number in kept]
        return {
            name: figures(chosen, [answers[number] for number in kept])
            for name, answers in self.answers.items()
        }

    def modes(self, stage: Stage) -> Mapping[str, tuple[int, Figures]]:
        """Return how many rules use each mode, and how they do as they are shipped."""
        return {
            mode: (len(rules), figures(self.messages, self.answers[SHIPPED], only=rules))
            for mode, rules in by_mode(stage.rules.rules).items()
        }

    def wrong(self) -> Iterator[tuple[Message, str]]:
        """Yield the messages that may be told and were answered wrongly, and by which rule."""
        for message, answer in zip(self.messages, self.answers[SHIPPED], strict=True):
            if answer != message.rule and self.may_tell(message):
                yield message, answer


def measured(
    stage: Stage, messages: Iterable[Message], *, name: str, halved: bool = True
) -> Measured:
    """Answer messages in every way."""
    messages = tuple(messages)
    answers = {
        variant: tuple(map(answering, messages)) for variant, answering in variants(stage).items()
    }
    return Measured(
        name=name,
        halved=halved,
        messages=messages,
        answers=answers,
        heard=tuple(heard_only(stage, messages, answers[SHIPPED])),
    )


def why(stage: Stage, message: Message, answer: str) -> Sequence[str]:
    """Return by what a wrong answer hit, and why the right one did not."""
    trace = stage.rules.match(stage.subject(message), explain=True)
    hits = [
        won(
            hit.rule,
            Found(mode=hit.mode, words=hit.words, heard=hit.heard, captures=hit.captures),
        )
        for hit in trace.hits
        if hit.rule == answer
    ]
    misses = [
        missed(miss.rule, miss.why, miss.want, miss.got, miss.over)
        for miss in trace.missed
        if miss.rule == message.rule
    ]
    return (*hits, *misses)
