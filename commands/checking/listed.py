"""One line of `check`: where, how bad, what is wrong, and what to do, whoever found it."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath

from config.problems import Level
from config.problems import Problem as HomeProblem
from keyword_rules.findings.finding import Finding, FindingLevel
from keyword_rules.problem import Problem as RuleProblem

_MARKS = {"warning": " [警告]", "info": " [提示]", "error": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Something wrong with a home. `line` 0 means the whole file, or what is in no file.

    `kind` says who found it: settings, content, rule, database, dialogue, or a kind of finding.
    """

    file: str
    line: int
    column: int | str
    level: FindingLevel
    kind: str
    message: str
    hint: str = ""
    rule: str = ""
    proof: str = ""

    def __str__(self) -> str:
        at = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        rule = f"{self.rule} " if self.rule else ""
        proof = f"；如「{self.proof}」" if self.proof and self.proof not in self.message else ""
        hint = f"（{self.hint}）" if self.hint else ""
        where = f"{at}: " if at else ""
        return f"{where}{rule}{self.message}{proof}{hint}{_MARKS[self.level]}"

    def document(self) -> dict[str, object]:
        """The same for programs."""
        return asdict(self)


def of_home(problems: Iterable[HomeProblem], kind: str, folder: str = "") -> Iterator[Listed]:
    """Yield problems of settings and content, or of what rules name, which lie in `folder`."""
    for one in problems:
        hint = f"是不是 {one.hint}？" if one.hint else ""
        yield Listed(
            file=_in(folder, one.file),
            line=one.line,
            column=one.column,
            level=one.level,
            kind=kind,
            message=one.message,
            hint=hint,
        )


def of_rules(problems: Iterable[RuleProblem], folder: str, level: Level) -> Iterator[Listed]:
    """Yield problems of rule files, which lie in `folder`."""
    for one in problems:
        yield Listed(
            file=_in(folder, one.file),
            line=one.line,
            column=one.column,
            level=level,
            kind="rule",
            message=one.message,
            hint=one.hint,
        )


def of_findings(findings: Iterable[Finding], folder: str) -> Iterator[Listed]:
    """Yield findings over rules, whose files lie in `folder`."""
    for one in findings:
        yield Listed(
            file=_in(folder, one.file),
            line=one.line,
            column=one.column,
            level=one.level,
            kind=one.kind,
            message=one.message,
            hint=one.hint,
            rule=one.rule,
            proof=one.proof,
        )


def in_order(listed: Iterable[Listed]) -> tuple[Listed, ...]:
    """Return each once, by file, then line, then column; of one place errors come first."""
    return tuple(sorted(dict.fromkeys(listed), key=_place))


def _place(one: Listed) -> tuple[str, int, int, str, int]:
    number, name = (one.column, "") if isinstance(one.column, int) else (0, one.column)
    return (one.file, one.line, number, name, ("error", "warning", "info").index(one.level))


def _in(folder: str, file: str) -> str:
    return (PurePosixPath(folder) / file).as_posix() if folder else file
