"""Files as they were read → for each the version to use, and what is wrong with the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keyword_rules.parse import Parsed
from keyword_rules.patterns import MOST_LOOSE, is_loose
from keyword_rules.problem import Problem, Report, Spot
from keyword_rules.rule import Mode, Phrase, Rule, Say

MOST_RULES = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What came of reading: the rules to use, every problem, and each file's SHA-256.

    A problem refuses its file; a warning does not.
    """

    rules: Sequence[Rule] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """A file and what was in it; `writable` by everybody on the machine."""

    name: str
    parsed: Parsed
    digest: str = ""
    raw: bytes = field(default=b"", repr=False)
    writable: bool = False


def chosen(
    files: Sequence[ReadFile], good: Mapping[str, ReadFile]
) -> tuple[Loaded, dict[str, ReadFile]]:
    """Return what to use, and of which version of each file: this one, its last good one, none."""
    claims: dict[str, Rule] = {}
    usable: dict[str, ReadFile] = {}
    problems: list[Problem] = []
    looseness: dict[str, int] = {}
    # A file that did not change keeps its ids against one that did.
    for file in sorted(files, key=lambda file: good.get(file.name) != file):
        loose = _loose(file)
        found = [
            *file.parsed.problems,
            *_conflicts(file, claims),
            *_too_loose(file, loose, sum(looseness.values())),
        ]
        problems += found
        use = good.get(file.name) if found else file
        if use and not (found and _conflicts(use, claims)):
            usable[file.name] = use
            looseness[file.name] = len(loose if use is file else _loose(use))
            claims.update((rule.id, rule) for rule in use.parsed.rules)
    loaded = Loaded(
        rules=tuple(
            rule for file in files if file.name in usable for rule in usable[file.name].parsed.rules
        ),
        problems=tuple(sorted(problems)),
        warnings=tuple(_writable(file.name) for file in files if file.writable),
        files={file.name: file.digest for file in files},
    )
    return loaded, usable


def _conflicts(file: ReadFile, claims: Mapping[str, Rule]) -> list[Problem]:
    taken: dict[str, Rule] = {}
    report = Report(file.name)
    for rule in file.parsed.rules:
        if not rule.id:  # that it has none was told when it was read
            continue
        if other := taken.get(rule.id) or claims.get(rule.id):
            report.problems.append(same_id(rule, other))
        taken[rule.id] = rule
    if len(claims) + len(taken) > MOST_RULES:
        report.add(Spot(), f"规则超过 {MOST_RULES} 条")
    return report.problems


def same_id(rule: Rule, other: Rule) -> Problem:
    """What is wrong with a rule that has the id of another."""
    return Problem(
        file=rule.file,
        line=rule.line,
        column=rule.column,
        message=f"规则 id {rule.id} 已经用在 {other.file}:{other.line}",
        hint="换一个 id",
    )


def _loose(file: ReadFile) -> list[Rule]:
    return [
        rule for rule in file.parsed.rules if rule.say and any(map(_is_loose, _asked(rule.say)))
    ]


def _asked(say: Say) -> tuple[Phrase, ...]:
    return (*say.any, *say.all, *say.none)


def _is_loose(phrase: Phrase) -> bool:
    return phrase.mode is Mode.REGEX and is_loose(phrase.text)


def _too_loose(file: ReadFile, loose: Sequence[Rule], elsewhere: int) -> list[Problem]:
    report = Report(file.name)
    if loose and elsewhere + len(loose) > MOST_LOOSE:
        report.add(
            loose[max(0, MOST_LOOSE - elsewhere)],
            f"没有固定文字的正则超过 {MOST_LOOSE} 条：每句话都要逐条去试，会拖慢回答",
            "给正则加上一定会出现的字，如 单号[0-9]{6}",
        )
    return report.problems


def _writable(name: str) -> Problem:
    return Problem(
        file=name, line=1, column=1, message="这台机器上谁都能改这个文件",
        hint="chmod o-w 收回别人的写权限",
    )  # fmt: skip
