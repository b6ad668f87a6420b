"""As much of Prometheus's query language as our alerts use, over scrapes that a test took.

Numbers, metrics with label matchers, `time()`, `abs`, `absent`, `rate` and `increase` over a span,
arithmetic and comparisons. `increase` is the difference of the span's first and last sample, and
nothing is extrapolated.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import add, eq, ge, gt, le, lt, mul, sub, truediv

from prometheus_client.parser import text_string_to_metric_families

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
Value = float | Vector
_TOKEN = re.compile(
    r'\s*(?:(?P<number>\d+(?:\.\d+)?)(?![\w.])|(?P<span>\[\d+[sm]\])|(?P<name>[a-z_]\w*)'
    r'|(?P<labels>\{[^}]*\})|(?P<sign>>=|<=|==|[-+*/()<>]))'
)  # fmt: skip
_MATCHER = re.compile(r'(\w+)="([^"]*)"')
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">": gt, "<": lt, ">=": ge, "<=": le, "==": eq,
}  # fmt: skip
_SUM: Mapping[str, Callable[[float, float], float]] = {"+": add, "-": sub}
_PRODUCT: Mapping[str, Callable[[float, float], float]] = {"*": mul, "/": truediv}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrape:
    """What /metrics said at a moment, in Unix seconds."""

    at_s: float
    samples: Mapping[str, Vector]


def scrape(text: str, at_s: float) -> Scrape:
    """Read an exposition."""
    found: dict[str, Vector] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[frozenset(sample.labels.items())] = sample.value
    return Scrape(at_s=at_s, samples=found)


def names_in(expression: str) -> set[str]:
    """Return the metrics an expression names."""
    return {word for word in re.findall(r"[a-z_]\w*", re.sub(r"\{[^}]*\}|\[.*?\]", "", expression))
            if word.startswith("xiaoer_")}  # fmt: skip


def fires(expression: str, scrapes: Sequence[Scrape]) -> Vector:
    """Return what an alert's expression selects at the last scrape; nothing = it is quiet."""
    value = _Reading(expression, scrapes).whole()
    assert isinstance(value, dict), f"{expression} selects nothing"
    return value


class _Reading:
    def __init__(self, expression: str, scrapes: Sequence[Scrape]) -> None:
        self._tokens = [(str(m.lastgroup), m[m.lastgroup or 0]) for m in _scan(expression)]
        self._scrapes = scrapes

    def whole(self) -> Value:
        """Return the value of the whole expression."""
        value = self._sum()
        while self._tokens:
            sign = self._next("sign")
            value = _filtered(value, sign, self._sum())
        return value

    def _sum(self) -> Value:
        return self._chain(_SUM, lambda: self._chain(_PRODUCT, self._one))

    def _chain(
        self, signs: Mapping[str, Callable[[float, float], float]], part: Callable[[], Value]
    ) -> Value:
        value = part()
        while self._tokens and self._tokens[0][1] in signs:
            value = _combined(value, signs[self._next("sign")], part())
        return value

    def _one(self) -> Value:
        kind, text = self._tokens.pop(0)
        if kind == "number":
            return float(text)
        assert kind == "name", f"unexpected {text}"
        if not self._tokens or self._tokens[0][1] != "(":
            return self._metric(text)[-1]
        self._next("sign")
        value = 0.0 if text == "time" else self._argument()
        assert self._next("sign") == ")"
        return self._called(text, value)

    def _argument(self) -> list[Vector]:
        found = self._metric(self._next("name"))
        if not self._tokens or self._tokens[0][0] != "span":
            return found
        span_s = _seconds(self._next("span"))
        since_s = self._scrapes[-1].at_s - span_s
        return [one for one, at in zip(found, self._scrapes, strict=True) if at.at_s >= since_s]

    def _metric(self, name: str) -> list[Vector]:
        wanted: set[tuple[str, str]] = set()
        if self._tokens and self._tokens[0][0] == "labels":
            wanted = set(_MATCHER.findall(self._next("labels")))
        return [
            {labels: v for labels, v in at.samples.get(name, {}).items() if wanted <= labels}
            for at in self._scrapes
        ]

    def _called(self, function: str, value: list[Vector] | float) -> Value:
        now_s = self._scrapes[-1].at_s
        match function, value:
            case "time", _:
                return now_s
            case "abs", list(found):
                return {labels: abs(v) for labels, v in found[-1].items()}
            case "absent", list(found):
                return {} if found[-1] else {frozenset(): 1.0}
            case "increase", list(found):
                return {k: v - found[0][k] for k, v in found[-1].items() if k in found[0]}
            case "rate", list(found):
                passed_s = now_s - self._scrapes[-len(found)].at_s
                return {k: (v - found[0][k]) / passed_s for k, v in found[-1].items()
                        if k in found[0] and passed_s}  # fmt: skip
        raise AssertionError(f"no function {function}")

    def _next(self, kind: str) -> str:
        found, text = self._tokens.pop(0)
        assert found == kind, f"{text} where a {kind} belongs"
        return text


def _scan(expression: str) -> list[re.Match[str]]:
    found, at = [], 0
    while at < len(expression.rstrip()):
        token = _TOKEN.match(expression, at)
        assert token, f"cannot read {expression[at:]}"
        found.append(token)
        at = token.end()
    return found


def _seconds(span: str) -> float:
    return float(span[1:-2]) * (60 if span[-2] == "m" else 1)


def _filtered(left: Value, sign: str, right: Value) -> Vector:
    assert isinstance(left, dict), "a number is compared with nothing"
    assert isinstance(right, float), "compared with a number only"
    return {labels: value for labels, value in left.items() if _COMPARE[sign](value, right)}


def _combined(left: Value, act: Callable[[float, float], float], right: Value) -> Value:
    match left, right:
        case float(), float():
            return act(left, right)
        case float(), dict():
            return {labels: act(left, value) for labels, value in right.items()}
        case dict(), float():
            return {labels: act(value, right) for labels, value in left.items()}
        case dict(), dict():
            return {k: act(v, right[k]) for k, v in left.items() if k in right}
    raise AssertionError("neither numbers nor vectors")
