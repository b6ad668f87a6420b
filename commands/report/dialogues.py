"""Runs the sample dialogues of personas through the real rules and playbook; nothing is kept."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.actions import Speak, Truth
from bot.plan import Plan, Playbook
from commands.importing.replies import IMPORTED
from commands.report.rehearsal import Rehearsal
from config.nouns import Content, Dialogue, Persona
from config.problems import Problem
from keyword_rules.match import RuleSet

_SAYS_SO = "自动回复"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the last turn of a dialogue was answered."""

    made: Plan
    rules: tuple[str, ...]

    @property
    def sent(self) -> tuple[Speak, ...]:
        """The words that go out."""
        return tuple(words for words in self.made.said if words.text and not words.withheld)

    @property
    def text(self) -> str:
        """All of it, as the customer reads it."""
        return "\n\n".join(words.text for words in self.sent)


def failed_dialogues(content: Content, rules: RuleSet, playbook: Playbook) -> tuple[Problem, ...]:
    """Return a problem for each dialogue that does not come out as it says, wanted and got.

    Each is played once for every variant of the wordings, so that it holds whatever the dice say.
    Campaigns are open and in stock, groups have room, and it is a Monday. Where an imported rule
    answers instead it is a warning.
    """
    found = (
        _first_failure(persona, dialogue, content, rules, playbook)
        for persona in content.personas.values()
        for dialogue in persona.dialogues
    )
    return tuple(problem for problem in found if problem)


def _first_failure(
    persona: Persona, dialogue: Dialogue, content: Content, rules: RuleSet, playbook: Playbook
) -> Problem | None:
    for dice in range(_most_variants(content)):
        answer = play(dialogue, content, rules, playbook, dice)
        for wrong in _wrongs(dialogue, answer, content):
            said = answer.text.replace("\n", " ") or "什么也没说"
            message = f"对话“{dialogue.name}”：{wrong}；答的是「{said}」"
            # Who imports a rule for these words means it: the dialogue is what is out of date.
            imported = any(rule.startswith(IMPORTED) for rule in answer.rules)
            return dialogue.at.problem(message, level="warning" if imported else "error")
    return None


def _most_variants(content: Content) -> int:
    replies = [said for persona in content.personas.values() for said in persona.replies.values()]
    return max(map(len, replies), default=1)


def play(
    dialogue: Dialogue, content: Content, rules: RuleSet, playbook: Playbook, dice: int = 0
) -> Answer:
    """Play a dialogue turn by turn and return the answer to its last turn."""
    rehearsal = Rehearsal(content, rules, playbook, dialogue.given, dice)
    answer = Answer(made=Plan(), rules=())
    for text in dialogue.says:
        made, hits = rehearsal.turn(text)
        answer = Answer(made=made, rules=tuple(hit.rule for hit in hits))
    return answer


def _wrongs(dialogue: Dialogue, answer: Answer, content: Content) -> Iterator[str]:
    expect = dialogue.expect
    speakers = [words.persona for words in answer.sent]
    if expect.persona and content.personas[expect.persona].name not in speakers:
        yield _differs("persona", expect.persona, "、".join(_ids(speakers, content)))
    topics = [words.topic for words in answer.sent if words.topic]
    if expect.topic and expect.topic not in topics:
        yield _differs("topic", expect.topic, "、".join(topics))
    if expect.rule and expect.rule not in answer.rules:
        yield _differs("rule", expect.rule, "、".join(answer.rules))
    for words in expect.contains:
        if words not in answer.text:
            yield _differs("contains", words, "没有这些字")
    for words in expect.not_contains:
        if words in answer.text:
            yield f"not_contains 不许有“{words}”，实际有"
    yield from _wrong_flags(dialogue, answer, content)


def _wrong_flags(dialogue: Dialogue, answer: Answer, content: Content) -> Iterator[str]:
    expect = dialogue.expect
    signs = filter(None, (_SAYS_SO, content.automatic_mark))
    flags = (
        ("handover", expect.handover, any(s.truth is Truth.EMPLOYEE for s in answer.sent)),
        ("mark", expect.mark, any(sign in answer.text for sign in signs)),
        ("silent", expect.silent, not answer.text),
    )
    for name, wanted, got in flags:
        if wanted is not None and wanted is not got:
            yield _differs(name, str(wanted).lower(), str(got).lower())


def _differs(name: str, wanted: str, got: str) -> str:
    return f"{name} 应为 {wanted}，实际是 {got or '（没有）'}"


def _ids(names: list[str], content: Content) -> list[str]:
    ids = {persona.name: persona.id for persona in content.personas.values()}
    return [ids.get(name, name) for name in dict.fromkeys(names)]
