"""Ways to look for the words of rules: ours, and those that stand beside it."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache
from importlib import import_module
from typing import Any
from zoneinfo import ZoneInfo

from commands.parts.compose import Home
from config.sounds import SLIPS
from keyword_rules.match import RuleSet, compile_rules
from keyword_rules.rule import TEXT, Hit, Mode, Phrase, Rule, Say, Subject
from keyword_rules.slips import Slips
from tests.matching.labels import Message

SHIPPED = "as shipped"
CONTAINS = "plain contains"
JIEBA_WORD = "jieba: a word is a token"
JIEBA_ALL = "jieba: all tokens of a word"
SOUND_OFF = "sound off"
SOUND_WIDE = "sound, every slip on"

_DAY = date(2026, 11, 18)  # a Wednesday, and no holiday
_AROUND = Subject(occasion=TEXT, channel="oa", store="S012", stage="visitor", person="ada")
_SILENT = frozenset({"tag", "untag"})

Answering = Callable[[Message], str]
Holds = Callable[[str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where messages are played: the rules as they are, and where and when a customer speaks.

    In `off` nothing is found by its sound, in `wide` every slip counts as the same sound.
    """

    rules: RuleSet
    off: RuleSet
    wide: RuleSet
    around: Subject

    def subject(self, message: Message) -> Subject:
        """Return a message as the rules see it.

        One whose rule answers in other channels alone is spoken in the first of those.
        """
        subject = replace(self.around, text=message.text)
        place = self.rules.places.get(message.rule)
        channels = self.rules.rules[place].where.channel if place is not None else ()
        if channels and subject.channel not in channels:
            return replace(subject, channel=channels[0])
        return subject


def stage_of(home: Home) -> Stage:
    """Return what is needed to play messages in a home."""
    local = datetime.combine(_DAY, time(12), ZoneInfo(home.settings.store_zone))
    days = home.content.calendar.days_of(_DAY)
    return staged(home.rules.current, replace(_AROUND, local=local, days=days))


def staged(rules: RuleSet, around: Subject) -> Stage:
    """Return these rules as they are and as they would be with other ears."""
    silent, segment = map(_without_sound, rules.rules), rules.segment
    return Stage(
        rules=rules,
        off=compile_rules(silent, segment=segment),
        wide=compile_rules(rules.rules, segment=segment, same_sound=Slips.of(SLIPS)),
        around=around,
    )


def variants(stage: Stage) -> Mapping[str, Answering]:
    """Return every way to answer, by its name: a message to the id of a rule, "" for none."""
    rules = [rule for rule in stage.rules.rules if TEXT in rule.on and rule.say]
    return {
        SHIPPED: lambda message: by(stage.rules, stage.subject(message)),
        SOUND_OFF: lambda message: by(stage.off, stage.subject(message)),
        SOUND_WIDE: lambda message: by(stage.wide, stage.subject(message)),
        CONTAINS: lambda message: _first(rules, message.text.__contains__),
        JIEBA_WORD: lambda message: _first(rules, _tokens(message.text).__contains__),
        JIEBA_ALL: lambda message: _first(rules, _all_in(_tokens(message.text))),
    }


def by(rules: RuleSet, subject: Subject) -> str:
    """Return the rule whose hit answers: the first that does more than tagging, else the first."""
    hits = rules.match(subject).hits
    answers = next((hit for hit in hits if _speaks(hit)), hits[0] if hits else None)
    return answers.rule if answers else ""


def _speaks(hit: Hit) -> bool:
    return any(step.verb not in _SILENT for step in hit.do)


def _first(rules: Iterable[Rule], holds: Holds) -> str:
    """The first rule in the order of the files, as a loop over a table of keywords has it."""
    return next((rule.id for rule in rules if rule.say and _said(rule.say, holds)), "")


def _said(say: Say, holds: Holds) -> bool:
    required = [phrase.text for phrase in say.all]
    choices = [phrase.text for phrase in say.any if phrase.mode is not Mode.REGEX]
    return all(map(holds, required)) and (any(map(holds, choices)) or not say.any)


def _all_in(tokens: frozenset[str]) -> Holds:
    return lambda word: _tokens(word) <= tokens


@cache
def _tokens(text: str) -> frozenset[str]:
    return frozenset(_cutter().cut(text))


@cache
def _cutter() -> Any:
    library = import_module("jieba")
    library.setLogLevel(logging.WARNING)
    cutter = library.Tokenizer()
    # Read as it does itself, but without leaving a cache behind.
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    return cutter


def _without_sound(rule: Rule) -> Rule:
    if rule.say is None:
        return rule
    say = Say(
        any=tuple(_written(rule.say.any)),
        all=tuple(_written(rule.say.all)),
        none=tuple(_written(rule.say.none)),
    )
    return replace(rule, say=say)


def _written(phrases: Iterable[Phrase]) -> Iterator[Phrase]:
    for phrase in phrases:
        yield replace(phrase, mode=Mode.CONTAINS) if phrase.mode is Mode.SOUND else phrase
