"""`try`: which rules would act for a sentence, what they would say, and why the others would not.

The command line and the call over HTTP give the same answer, made here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rich.console import Console
from rich.table import Table

from commands.report.reasons import OUTRANKED, Found, meaning, shadow, won
from commands.report.replies import Replies
from commands.report.showing import clean
from keyword_rules.explain import explained
from keyword_rules.match import RuleSet
from keyword_rules.rule import WORDED, Hit, Miss, Subject, Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of one sentence. `replies` are the words that each rule would say.

    `about` is a rule that is told of even where it is far from acting.
    """

    subject: Subject
    trace: Trace
    replies: Mapping[str, Sequence[str]]
    about: str = ""

    def document(self) -> dict[str, object]:
        """Return it as programs read it, version 1: docs/reference/rules.md has the fields."""
        return explained(self.subject.text, self.trace, self.replies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Tries sentences against one set of rules; without `replies` it tells no words."""

    rules: RuleSet
    replies: Replies | None = None

    def of(self, subject: Subject, *, every: bool = True, about: str = "") -> Tried:
        """Return what comes of a subject.

        Besides the rules that act it tells those that came near, with `every` all the others
        too, and always the one that it is asked `about`. Raises KeyError when there is none.
        With 10,000 rules it takes a millisecond, with `every` a hundred times that.
        """
        trace = self.rules.match(subject, explain=every)
        if about and not _told(trace, about):
            trace = replace(trace, missed=(*trace.missed, self._miss(subject, about)))
        said = self._said(subject, trace)
        return Tried(subject=subject, trace=trace, replies=said, about=about)

    def _said(self, subject: Subject, trace: Trace) -> Mapping[str, Sequence[str]]:
        if self.replies is None:
            return {}
        on_trial = self.replies.of(subject, trace.dry) if trace.dry else {}
        return {**on_trial, **self.replies.of(subject, trace.hits)}

    def _miss(self, subject: Subject, about: str) -> Miss:
        alone = self.rules.verdict(about, subject)
        if isinstance(alone, Miss):
            return alone
        whole = self.rules.match(subject, explain=True)  # it acts but for others before it
        return next(miss for miss in whole.missed if miss.rule == about)


def _told(trace: Trace, rule: str) -> bool:
    acting = {hit.rule for hit in (*trace.hits, *trace.dry)}
    return rule in acting or any(miss.rule == rule for miss in trace.missed)


def tell(tried: Tried, out: Console) -> None:
    """Print what came of one sentence, for people."""
    subject, trace = tried.subject, tried.trace
    if subject.text and subject.occasion in WORDED:
        out.print(f"「{clean(subject.text)}」 比较时看作 「{trace.text}」")
    for hit in trace.hits:
        steps = "，".join(step.verb for step in hit.do)
        out.print(f"命中 {_won(hit)}→ {steps}  {hit.file}:{hit.line}")
        _say(tried.replies.get(hit.rule, ()), out)
    for hit in trace.dry:
        out.print(f"试运行 {_won(hit)}，没有动作  {hit.file}:{hit.line}")
    if not trace.hits:
        out.print("没有规则命中，会用兜底回复")
        _say(tried.replies.get("", ()), out)
    _tell_missed(tried, out)


def brief(tried: Tried) -> str:
    """Return one line about one sentence: the rules that act, and the sentence.

    >>> trace = Trace(hits=(), missed=(), text="hi", ruleset="0")
    >>> brief(Tried(subject=Subject(occasion="text", text="hi"), trace=trace, replies={}))
    '（没有规则）\\thi'
    """
    rules = "、".join(hit.rule for hit in tried.trace.hits)
    return f"{rules or '（没有规则）'}\t{clean(tried.subject.text)}"


def _won(hit: Hit) -> str:
    found = Found(mode=hit.mode, words=hit.words, heard=hit.heard, captures=hit.captures)
    return clean(won(hit.rule, found))


def _say(texts: Sequence[str], out: Console) -> None:
    for text in texts:
        out.print("  会说：" + clean(text).replace("\n", "\n      "))


def _tell_missed(tried: Tried, out: Console) -> None:
    trace = tried.trace
    near = [miss for miss in trace.missed if miss.near or miss.rule == tried.about]
    if near:
        out.print(_near_table(near))
    far = len(trace.missed) - len(near)
    others = f"另有 {far} 条规则完全不沾边；全部列出用 --json。" if far else ""
    out.print(f"{others}规则版本 {trace.ruleset}")


def _near_table(near: Sequence[Miss]) -> Table:
    table = Table(title="差一点命中", title_justify="left")
    for heading in ("规则", "为什么没有", "要", "是"):
        table.add_column(heading, overflow="fold")
    for miss in near:
        outranked = miss.why == OUTRANKED
        got = shadow(miss.got, miss.over) if outranked else clean(miss.got)
        table.add_row(miss.rule, meaning(miss.why), "" if outranked else miss.want, got)
    return table
