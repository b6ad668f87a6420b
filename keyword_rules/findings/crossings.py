"""Rules in each other's way: what one of them takes before another gets to see it."""

from collections.abc import Iterable, Iterator

from keyword_rules.findings.covering import covers, implies
from keyword_rules.findings.finding import Finding, about, about_case
from keyword_rules.findings.probes import Asked, Probe
from keyword_rules.rule import WORDED, Mode, Phrase, Rule
from keyword_rules.words import comparable


def crossings(asked: Asked, numbers: dict[str, int]) -> Iterator[Finding]:
    """What a rule loses to rules that hold wherever it does; `numbers` is each rule's place.

    A rule above with a condition of its own, or a limit, takes only its part: that is no finding.
    """
    rules, rule = asked.rules, asked.rule
    lost = [
        (probe, rules[numbers[hit.rule]])
        for probe, hit in asked.lost
        if covers(rules[numbers[hit.rule]].where, rule.where)
    ]
    taken = [(probe, winner) for probe, winner in lost if not probe.own]
    if _shadows(rule, asked, taken, numbers):
        yield _shadowed(rule, taken)
    else:
        for probe, winner in taken:
            yield _overlap(rule, probe, winner)
    for probe, winner in lost:
        if probe.own:
            yield _lost_case(rule, probe, winner)


def _shadows(
    rule: Rule, asked: Asked, taken: list[tuple[Probe, Rule]], numbers: dict[str, int]
) -> bool:
    """Whether nothing is left: every probe lost for certain, and nothing that cannot be probed."""
    probes = [probe for probe, _ in asked.answers if not probe.own]
    if not probes or len(taken) < len(probes) or _unprobed(rule):
        return False
    return all(
        _takes_all(winner, rule, probe, earlier=numbers[winner.id] < asked.number)
        for probe, winner in taken
    )


def _unprobed(rule: Rule) -> bool:
    """Whether it may hit what no probe stands for: patterns, and keys that come with words."""
    if rule.on & WORDED and (rule.say is None or rule.key is not None):
        return True
    said = (*rule.say.any, *rule.say.all) if rule.say else ()
    keys = rule.key.any if rule.key else ()
    return any(phrase.mode is Mode.REGEX for phrase in (*said, *keys))


def _takes_all(winner: Rule, rule: Rule, probe: Probe, *, earlier: bool) -> bool:
    """Whether the winner takes every text with the probe's phrases, whatever else it holds."""
    if probe.case.on in WORDED:
        weight = _heard(winner, rule, probe.phrases)
    else:
        weight = _keyed(winner, probe.phrases)
    if weight is None or winner.priority != rule.priority:
        return weight is not None
    own = sum(len(phrase.text) for phrase in probe.phrases)
    return weight > own or (weight == own and earlier)


def _heard(winner: Rule, rule: Rule, phrases: tuple[Phrase, ...]) -> int | None:
    """The least weight at which the winner hears them, None when some text escapes it."""
    say, own = winner.say, rule.say
    if say is None or own is None or winner.key or not set(say.none) <= set(own.none):
        return None
    if not all(_found(phrase, phrases) for phrase in say.all):
        return None
    any_of = [len(phrase.text) for phrase in say.any if _found(phrase, phrases)]
    if say.any and not any_of:
        return None
    return max(any_of, default=0) + sum(len(phrase.text) for phrase in say.all)


def _keyed(winner: Rule, phrases: tuple[Phrase, ...]) -> int | None:
    asked = winner.key.any if winner.key else ()
    found = [len(one.text) for one in asked if _found(one, phrases, str)]
    return None if asked and not found else max(found, default=0)


def _found(wanted: Phrase, there: Iterable[Phrase], fold: type[str] | None = None) -> bool:
    return any(implies(phrase, wanted, fold or comparable) for phrase in there)


def _shadowed(rule: Rule, taken: list[tuple[Probe, Rule]]) -> Finding:
    probe, winner = taken[0]
    what = "每个词都" if probe.spoken else "每个事件都"
    message = f"永远轮不到：它的{what}先被 {winner.id} 命中并停止"
    return about(rule, "shadowed", message, proof=probe.said, hint=_above(rule, winner))


def _overlap(rule: Rule, probe: Probe, winner: Rule) -> Finding:
    message = f"「{probe.said}」先被 {winner.id} 命中并停止"
    return about(rule, "overlap", message, proof=probe.said, hint=_above(rule, winner))


def _lost_case(rule: Rule, probe: Probe, winner: Rule) -> Finding:
    message = f"例句「{probe.said}」先被 {winner.id} 命中并停止"
    return about_case(rule, probe.case, "lost_case", message, hint=_above(rule, winner))


def _above(rule: Rule, winner: Rule) -> str:
    if winner.priority == rule.priority:
        return f"给 {rule.id} 写 priority: {winner.priority + 1}，或收窄 {winner.id} 的词和条件"
    return f"收窄 {winner.id} 的词和条件，或把 {rule.id} 的 priority 提到 {winner.priority} 以上"
