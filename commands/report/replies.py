"""What the rules that act would say: planned for real for a made-up member, and sent nowhere."""

from collections.abc import Mapping, Sequence

from bot.plan import Playbook
from commands.report.rehearsal import Rehearsal
from config.nouns import Content, Given
from keyword_rules.match import RuleSet
from keyword_rules.rule import TEXT, Hit, Subject

_WHERE_WORDS_ARE_READ = {"kf": "kf"}  # the others are answered as an Official Account is


class Replies:
    """Says what rules would say in one home.

    Its campaigns are open and in stock, its groups have room; codes and links are made up.
    """

    def __init__(self, content: Content, rules: RuleSet, playbook: Playbook) -> None:
        self._content = content
        self._rules = rules
        self._playbook = playbook

    def of(self, subject: Subject, hits: Sequence[Hit]) -> Mapping[str, Sequence[str]]:
        """Return the words of each of these rules alone; under "" what is said without any.

        What two rules would say alike, a customer reads once.
        """
        if not hits:
            return {"": self._words(subject, ())} if subject.occasion == TEXT else {}
        return {hit.rule: self._words(subject, (hit,)) for hit in hits}

    def _words(self, subject: Subject, hits: Sequence[Hit]) -> Sequence[str]:
        given = Given(
            stage=subject.stage,
            store=subject.store,
            channel=_WHERE_WORDS_ARE_READ.get(subject.channel, "oa"),
            tags=tuple(sorted(subject.tags)),
        )
        rehearsal = Rehearsal(self._content, self._rules, self._playbook, given, 0, subject.local)
        said = rehearsal.answer(subject.text, hits).said
        return [words.text for words in said if words.text and not words.withheld]
