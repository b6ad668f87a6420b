"""`try`: which rule would win for a sentence, and why the others would not."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TextIO

import orjson
from rich.console import Console
from rich.table import Table

from commands.report.words import MISSES
from keyword_rules.load import RuleBook
from keyword_rules.rule import TEXT, Hit, Miss, Subject, Trace

VERSION = 1  # of the JSON form
FOUND, FINDINGS = 0, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is tried: a sentence, or with `key` a menu entry or entry code, and who says it where.

    `at` is the store's wall time.
    """

    text: str = ""
    occasion: str = TEXT
    key: str = ""
    channel: str = "oa"
    store: str = ""
    group: str = ""
    stage: str = "visitor"
    tags: frozenset[str] = frozenset()
    at: datetime | None = None


def run(
    question: Question,
    *,
    home: Path | None,
    open_book: Callable[[Path | None], RuleBook],
    as_json: bool = False,
    stdout: TextIO | None = None,
    stderr: TextIO | None = None,
) -> int:
    """Print the answer; 0, or 1 when rule files have problems, which are listed on `stderr`.

    `open_book` gives the loaded rules of a home, or the samples for None. Nothing is changed.
    """
    book = open_book(home)
    trace = book.current.match(_subject(question), explain=True)
    out = stdout or sys.stdout
    if as_json:
        out.write(orjson.dumps(as_document(question, trace)).decode() + "\n")
    else:
        _print(question, trace, out)
    for problem in book.problems:
        (stderr or sys.stderr).write(f"{problem}\n")
    return FINDINGS if book.problems else FOUND


def as_document(question: Question, trace: Trace) -> dict[str, object]:
    """The answer as plain values, version 1: docs/reference/rules.md has the fields."""
    return {
        "v": VERSION,
        "text": question.text,
        "comparable": trace.text,
        "ruleset": trace.ruleset,
        "hits": [_hit(hit) for hit in trace.hits],
        "missed": [_miss(miss) for miss in trace.missed],
    }


def _subject(question: Question) -> Subject:
    return Subject(
        occasion=question.occasion,
        text=question.text,
        key=question.key,
        channel=question.channel,
        store=question.store,
        group=question.group,
        stage=question.stage,
        tags=question.tags,
        local=question.at,
    )


def _hit(hit: Hit) -> dict[str, object]:
    return {
        "rule": hit.rule,
        "mode": hit.mode,
        "words": list(hit.words),
        "file": hit.file,
        "line": hit.line,
        "do": [{"verb": step.verb, "args": dict(step.args)} for step in hit.do],
    }


def _miss(miss: Miss) -> dict[str, object]:
    return {
        "rule": miss.rule,
        "why": miss.why,
        "want": miss.want,
        "got": miss.got,
        "near": miss.near,
    }


def _print(question: Question, trace: Trace, out: TextIO) -> None:
    console = Console(file=out, highlight=False, markup=False, soft_wrap=True)
    if question.occasion == TEXT:
        console.print(f"「{question.text}」 比较时看作 「{trace.text}」")
    for hit in trace.hits:
        words = "、".join(hit.words) or "不看词"
        steps = "，".join(step.verb for step in hit.do)
        console.print(f"命中 {hit.rule}（{hit.mode}：{words}）→ {steps}  {hit.file}:{hit.line}")
    if not trace.hits:
        console.print("没有规则命中，会用兜底回复")
    near = [miss for miss in trace.missed if miss.near]
    if near:
        console.print(_near_table(near))
    far = len(trace.missed) - len(near)
    console.print(f"另有 {far} 条规则完全不沾边；全部列出用 --json。规则版本 {trace.ruleset}")


def _near_table(near: list[Miss]) -> Table:
    table = Table(title="差一点命中", title_justify="left")
    for heading in ("规则", "为什么没有", "要", "是"):
        table.add_column(heading, overflow="fold")
    for miss in near:
        table.add_row(miss.rule, MISSES.get(miss.why, miss.why), miss.want, miss.got)
    return table
