"""Tags that are set and removed at once, or to no end."""

from collections.abc import Iterable, Iterator

from keyword_rules.findings.finding import Finding, about
from keyword_rules.findings.probes import Asked
from keyword_rules.rule import Rule

SET, REMOVE = "tag", "untag"  # the verbs that write to a member's tags


def tags(asked: Asked, numbers: dict[str, int]) -> Iterator[Finding]:
    """Where the rule's tags contradict themselves, its conditions, or another rule's."""
    rule = asked.rule
    given, taken = _of(rule, SET), _of(rule, REMOVE)
    for tag in sorted(given & taken):
        message = f"又打又去标签 {tag}，结果看先后"
        yield about(rule, "opposite_tags", message, hint="留一个")
    for tag in sorted(given & set(rule.where.tagged)):
        yield about(rule, "idle_tag", f"有标签 {tag} 才命中，却又打它", hint="去掉这一步")
    for tag in sorted(taken & set(rule.where.not_tagged)):
        yield about(rule, "idle_tag", f"没有标签 {tag} 才命中，却又去掉它", hint="去掉这一步")
    if given or taken:
        yield from _between(asked, numbers, given, taken)


def _between(
    asked: Asked, numbers: dict[str, int], given: frozenset[str], taken: frozenset[str]
) -> Iterator[Finding]:
    """Tell each pair once, at the later rule: both act on one sentence, and the tags differ."""
    rule, told = asked.rule, set[str]()
    for probe, hits in asked.answers:
        for other in _others(rule, (hit.rule for hit in hits), asked, numbers):
            clash = (given & _of(other, REMOVE)) | (taken & _of(other, SET))
            if not clash or other.id in told:
                continue
            told.add(other.id)
            names = "、".join(sorted(clash))
            message = f"「{probe.said}」同时命中 {other.id}，一个打标签 {names}，一个去掉"
            hint = "去掉一边，或让前一条停止（不写 stop: false）"
            yield about(rule, "opposite_tags", message, proof=probe.said, hint=hint)


def _others(
    rule: Rule, hits: Iterable[str], asked: Asked, numbers: dict[str, int]
) -> Iterator[Rule]:
    acting = list(hits)
    if rule.id in acting:
        yield from (asked.rules[numbers[one]] for one in acting if one != rule.id)


def _of(rule: Rule, verb: str) -> frozenset[str]:
    written = (step.args.get("names", ()) for step in rule.do if step.verb == verb)
    return frozenset(name for names in written if isinstance(names, tuple) for name in names)
