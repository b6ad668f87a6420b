"""Cases that prove nothing: none at all, the same one twice, or two that contradict each other."""

from collections.abc import Iterator

from keyword_rules.findings.finding import Finding, about, about_case
from keyword_rules.rule import Case, Rule
from keyword_rules.words import comparable


def sentences(rule: Rule) -> Iterator[Finding]:
    """What is wrong with the rule's own cases, each at its place."""
    if not any(case.hit for case in rule.cases):
        hint = "写一条 cases: [{ text: 顾客会说的话, hit: true }]"
        yield about(rule, "unexercised", "没有一条必须命中的例句", hint=hint)
    seen: dict[tuple[object, ...], Case] = {}
    for case in rule.cases:
        first = seen.setdefault(_alike(case), case)
        said = case.text or case.key or case.on
        if first is case:
            continue
        if first.hit == case.hit:
            message = f"例句「{said}」和第 {first.line} 行的一样"
            yield about_case(rule, case, "repeated_case", message, hint="留一条")
        else:
            message = f"例句「{said}」和第 {first.line} 行的相反：一条要命中，一条不要"
            yield about_case(rule, case, "opposite_cases", message, hint="删掉写错的一条")


def _alike(case: Case) -> tuple[object, ...]:
    situation = (getattr(case, name) for name in _ALL if name not in _JUDGED)
    return (comparable(case.text), *situation)


_JUDGED = frozenset({"hit", "text", "line", "column"})
_ALL = tuple(Case.__dataclass_fields__)
