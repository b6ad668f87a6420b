"""`rules lint`: what rules allow but probably do not mean."""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TextIO

import orjson

from commands.checking.offers import Shop, offers
from commands.checking.wording import wording
from keyword_rules.findings.finding import Finding
from keyword_rules.lint import Sending, lint_compiled
from keyword_rules.load import RuleBook
from keyword_rules.match import RuleSet

VERSION = 1  # of the JSON form
CLEAN, FINDINGS = 0, 1
_MARKS = {"info": "提示 "}

# What a channel carries in one text; on others a text ends at `LONGEST_REPLY_BYTES`.
ROOM: Mapping[str, int] = {
    "oa": 2_048,  # oa/replies-and-messages.md
    "kf": 2_048,  # wecom/kf.md section 5
    "app": 2_048,  # wecom/apps-and-bots.md
    "aibot": 20_480,
    "wecom": 4_000,  # a welcome; wecom/customer-contact.md
    "group": 4_000,
}


def run(
    *,
    home: Path | None,
    open_book: Callable[[Path | None], RuleBook],
    longest: Mapping[str, str] | None = None,
    shop: Shop | None = None,
    as_json: bool = False,
    stdout: TextIO | None = None,
) -> int:
    """Print every problem and finding, one a line; 1 when there is more than information, else 0.

    `longest` gives the longest value of each slot, against which replies are measured; `shop`
    what there is to give, without which only the rules themselves are judged.
    """
    book = open_book(home)
    found = findings(book.current, longest=longest or {}, shop=shop)
    out = stdout or sys.stdout
    if as_json:
        problems = [asdict(problem) for problem in book.problems]
        document = {"v": VERSION, "problems": problems, "findings": [asdict(f) for f in found]}
        out.write(orjson.dumps(document).decode() + "\n")
    else:
        out.writelines(f"{line}\n" for line in (*map(str, book.problems), *map(told, found)))
        out.write(_summary(len(book.current.rules), len(book.problems), found))
    return FINDINGS if book.problems or any(f.level != "info" for f in found) else CLEAN


def findings(
    rules: RuleSet, *, longest: Mapping[str, str], shop: Shop | None = None
) -> tuple[Finding, ...]:
    """Return everything that is probably not meant, in the order of the files."""
    added = len(shop.content.automatic_mark.encode()) if shop else 0
    sending = Sending(room=ROOM, longest=longest, added=added)
    found = [*lint_compiled(rules, sending, _today(shop)), *wording(rules.rules)]
    if shop:
        found += offers(rules.rules, shop)
    return tuple(sorted(found, key=lambda one: (one.file, one.line, one.column)))


def told(finding: Finding) -> str:
    """Return a finding as one line: where, which rule, what, its proof, and what to do."""
    at = f"{finding.file}:{finding.line}:{finding.column}"
    proof = (
        f"；如「{finding.proof}」" if finding.proof and finding.proof not in finding.message else ""
    )
    hint = f"：{finding.hint}" if finding.hint else ""
    mark = _MARKS.get(finding.level, "")
    return f"{at}: {mark}{finding.rule} {finding.message}{proof} [{finding.kind}]{hint}"


def _today(shop: Shop | None) -> date | None:
    return shop.now.astimezone(shop.zone).date() if shop else None


def _summary(rules: int, problems: int, found: Iterable[Finding]) -> str:
    levels = [finding.level for finding in found]
    notes = levels.count("info")
    told_too = f"，提示 {notes} 处" if notes else ""
    return f"规则 {rules} 条，问题 {problems + len(levels) - notes} 处{told_too}\n"
