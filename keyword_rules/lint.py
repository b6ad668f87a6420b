"""What is allowed but probably not meant: overlap, shadowing, untested rules, replies too long."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from keyword_rules.cases import subject_of
from keyword_rules.match import RuleSet, compile_rules
from keyword_rules.rule import TEXT, Case, Mode, Rule, Segment, Step, Template

LONGEST_REPLY_BYTES = 2_048  # a customer-service text and a passive reply both end here


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something an operator should look at. `proof` is the sentence that shows it, if one does.

    `kind` is overlap, shadowed, lost_case, unexercised or too_long.
    """

    kind: str
    rule: str
    file: str
    line: int
    message: str
    proof: str = ""


def lint(
    rules: Iterable[Rule],
    *,
    segment: Segment,
    longest: Mapping[str, str] | None = None,
    templates: Mapping[str, frozenset[str]] | None = None,
) -> tuple[Finding, ...]:
    """Look at rules together. `longest` gives the longest value each slot may take.

    `templates` names, for each verb, the arguments that are sent as text; by default
    `reply.text`. Raises BadPattern for a regular expression that cannot be used.
    """
    ruleset = compile_rules(rules, segment=segment)
    sent = templates if templates is not None else {"reply": frozenset({"text"})}
    findings: list[Finding] = []
    for rule in ruleset.rules:
        findings += _crossings(rule, ruleset)
        findings += _lost_cases(rule, ruleset)
        if not any(case.hit for case in rule.cases):
            findings.append(_finding("unexercised", rule, "没有一条必须命中的例句"))
        findings += _too_long(rule, sent, longest or {})
    return tuple(findings)


def _crossings(rule: Rule, ruleset: RuleSet) -> Iterator[Finding]:
    """Who else answers each of the rule's own words; everybody's words lost is a shadow."""
    words = _own_words(rule)
    winners = {word: _winner(rule, Case(hit=True, text=word), ruleset) for word in words}
    lost = {word: winner for word, winner in winners.items() if winner not in {rule.id, ""}}
    if words and len(lost) == len(words):
        word, winner = next(iter(lost.items()))
        yield _finding("shadowed", rule, f"它的每个词都先被 {winner} 命中并停止", word)
        return
    for word, winner in lost.items():
        yield _finding("overlap", rule, f"「{word}」先被 {winner} 命中并停止", word)


def _own_words(rule: Rule) -> tuple[str, ...]:
    if TEXT not in rule.on or rule.say is None or rule.say.all:
        return ()
    return tuple(phrase.text for phrase in rule.say.any if phrase.mode is not Mode.REGEX)


def _lost_cases(rule: Rule, ruleset: RuleSet) -> Iterator[Finding]:
    for case in rule.cases:
        if case.hit and (winner := _winner(rule, case, ruleset)) not in {rule.id, ""}:
            said = case.text or case.key
            message = f"例句「{said}」先被 {winner} 命中并停止"
            yield replace(_finding("lost_case", rule, message, said), line=case.line)


def _winner(rule: Rule, case: Case, ruleset: RuleSet) -> str:
    """The rule itself if it acts, else the rule that stopped before it, else ""."""
    hits = [hit.rule for hit in ruleset.match(subject_of(case, rule)).hits]
    return rule.id if rule.id in hits else hits[-1] if hits else ""


def _too_long(
    rule: Rule, templates: Mapping[str, frozenset[str]], longest: Mapping[str, str]
) -> Iterator[Finding]:
    for step in rule.do:
        for said in _texts(step, templates):
            size = len(Template.parse(said).render(longest).encode())
            if size > LONGEST_REPLY_BYTES:
                message = f"{step.verb} 最长 {size} 字节，超过平台的 {LONGEST_REPLY_BYTES} 字节"
                yield _finding("too_long", rule, message)


def _texts(step: Step, templates: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    sent = templates.get(step.verb, frozenset())
    return tuple(v for name, v in step.args.items() if name in sent and isinstance(v, str))


def _finding(kind: str, rule: Rule, message: str, proof: str = "") -> Finding:
    return Finding(
        kind=kind, rule=rule.id, file=rule.file, line=rule.line, message=message, proof=proof
    )
