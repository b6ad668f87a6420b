"""Finding the rules a message hits: our one pass against a loop over every keyword."""

import random
import time
from collections.abc import Callable, Sequence
from statistics import median

from bench.pace import Pace, ratio, side_by_side
from bench.table import Row, Table, Untrue
from keyword_rules.match import RuleSet, compile_rules
from keyword_rules.rule import TEXT, Mode, Phrase, Rule, Say, Subject
from keyword_rules.words import comparable

_COUNTS = (10, 1_000, 10_000)
_MESSAGES = 200
_LETTERS = "".join(map(chr, range(0x4E00, 0x4E00 + 1_200)))
_SEED = 7
Finder = Callable[[str], set[str]]


def measure(pace: Pace) -> Table:
    """Match the same messages both ways. Raises Untrue when they find different rules."""
    return Table(
        name="match",
        conditions=f"one keyword a rule, 5 to 60 characters a message, a keyword in every fourth,"
        f" {_MESSAGES} messages, CPU us each",
        columns=("ours us", "loop us", "times faster", "compile ms"),
        rows=tuple(_row(count, pace) for count in _COUNTS),
    )


def _row(count: int, pace: Pace) -> Row:
    dice = random.Random(_SEED)  # noqa: S311 (the same corpus in every run)
    words = sorted({_word(dice, 2, 5) for _ in range(2 * count)})
    words = dice.sample(words, count)
    messages = [_message(dice, words) for _ in range(_MESSAGES)]
    began_s = time.process_time()
    rules = compile_rules(map(_rule, words), segment=tuple)
    compile_ms = (time.process_time() - began_s) * 1e3
    ours, loop = _ours(rules), _loop(words)
    if any(ours(message) != loop(message) for message in messages):
        raise Untrue(f"{count} rules: the loop finds other rules")
    took_us = side_by_side({"ours": _all(ours, messages), "loop": _all(loop, messages)}, pace)
    mine, naive = took_us["ours"], took_us["loop"]
    figures = (median(mine), median(naive), ratio(naive, mine), compile_ms)
    return Row(variant=f"{count:,} rules", figures=figures)


def _ours(rules: RuleSet) -> Finder:
    def find(message: str) -> set[str]:
        return {hit.rule for hit in rules.match(Subject(occasion=TEXT, text=message)).hits}

    return find


def _loop(words: Sequence[str]) -> Finder:
    def find(message: str) -> set[str]:
        text = comparable(message)
        return {word for word in words if word in text}

    return find


def _all(find: Finder, messages: Sequence[str]) -> Callable[[], int]:
    def work() -> int:
        for message in messages:
            find(message)
        return len(messages)

    return work


def _rule(word: str) -> Rule:
    say = Say(any=(Phrase(text=word, mode=Mode.CONTAINS),))
    return Rule(id=word, file="bench.yaml", line=1, column=1, say=say, stop=False)


def _message(dice: random.Random, words: Sequence[str]) -> str:
    message = _word(dice, 5, 60)
    if dice.random() < 0.25:  # noqa: PLR2004 (every fourth)
        at = dice.randrange(len(message))
        return message[:at] + dice.choice(words) + message[at:]
    return message


def _word(dice: random.Random, shortest: int, longest: int) -> str:
    return comparable("".join(dice.choices(_LETTERS, k=dice.randint(shortest, longest))))
