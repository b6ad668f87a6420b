"""`rules lint`: what rules allow but probably do not mean."""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

import orjson

from config.claims import claims
from keyword_rules.lint import Finding, lint
from keyword_rules.load import RuleBook
from keyword_rules.rule import Rule

VERSION = 1  # of the JSON form
CLEAN, FINDINGS = 0, 1


def run(
    *,
    home: Path | None,
    open_book: Callable[[Path | None], RuleBook],
    longest: Mapping[str, str] | None = None,
    as_json: bool = False,
    stdout: TextIO | None = None,
) -> int:
    """Print every problem and finding, one a line; 1 when there is any, else 0.

    `longest` gives the longest value of each slot, against which replies are measured.
    """
    book = open_book(home)
    rules = book.current.rules
    found = [*lint(rules, segment=book.current.segment, longest=longest), *_claiming(rules)]
    out = stdout or sys.stdout
    if as_json:
        problems = [asdict(problem) for problem in book.problems]
        document = {"v": VERSION, "problems": problems, "findings": [asdict(f) for f in found]}
        out.write(orjson.dumps(document).decode() + "\n")
    else:
        lines = [str(problem) for problem in book.problems]
        lines += [f"{f.file}:{f.line}: {f.rule} {f.message} [{f.kind}]" for f in found]
        out.writelines(f"{line}\n" for line in lines)
        out.write(f"规则 {len(book.current.rules)} 条，问题 {len(lines)} 处\n")
    return FINDINGS if book.problems or found else CLEAN


def _claiming(rules: Iterable[Rule]) -> Iterator[Finding]:
    """Yield a finding for each text of a rule with words that no persona may say either."""
    for rule in rules:
        texts = [str(step.args["text"]) for step in rule.do if "text" in step.args]
        for kind, words in (found for text in texts for found in claims(text)):
            yield Finding(
                kind="claim",
                rule=rule.id,
                file=rule.file,
                line=rule.line,
                message=f"说法里有{kind}“{words}”，请换个说法",
                proof=words,
            )
