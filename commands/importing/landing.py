"""Brings written files into a home, after they proved to load, and tells what became of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from commands.importing.proving import Proven, clashes, prove
from commands.importing.replies import ReplySet
from commands.importing.written import ORIGIN, Written
from commands.parts.compose import PLAYBOOK, Home, content_of
from commands.parts.problems import show, stop
from commands.report.dialogues import failed_dialogues
from config.whole import write_whole
from keyword_rules.match import RuleSet
from keyword_rules.rule import TEXT, Hit, Rule, Subject, Template

_FOLDERS = ("rules", "personas", "welcomes")
_MOST_TOLD = 20
_HEAD_BYTES = 1_024  # the line that says where a file came from is one of its first


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """A set on its way into a home: its files, how they proved, and the rules they come to."""

    found: ReplySet
    made: Written
    proven: Proven
    before: RuleSet


def landed(home: Path, origin: str) -> tuple[str, ...]:
    """Return the files of the home that came of content with this origin."""
    if not origin:
        return ()
    line = f"{ORIGIN}{origin}".encode()
    files = (path for folder in _FOLDERS for path in sorted((home / folder).rglob("*.y*ml")))
    return tuple(path.relative_to(home).as_posix() for path in files if line in _head(path))


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD_BYTES)
    except OSError:
        return b""


def prove_all(home: Home, sets: Iterable[tuple[ReplySet, Written]]) -> tuple[Landing, ...]:
    """Read the files of all sets as serving would, each beside those before; nothing is written.

    Stops with every problem when one of them is there already, or the home would not load.
    """
    landings: list[Landing] = []
    files: dict[str, str] = {}
    personas: list[str] = []
    beside: list[Rule] = []
    coming: set[str] = set()
    before = home.rules.current
    for found, made in sets:
        refuse_existing(home.folder, made)
        rules, rest = _parted(made.files)
        if twice := sorted({*made.files} & coming):
            stop(f"有两份都要写 {'、'.join(twice)}：请给其中一份换个名字；什么都没有写")
        coming |= {*made.files}
        files |= rest
        personas += made.personas
        proven = prove(home, rules, personas=personas, beside=beside)
        landings.append(Landing(found=found, made=made, proven=proven, before=before))
        beside += proven.new
        before = proven.together
    problems = [one for landing in landings for one in landing.proven.problems]
    problems += _content_problems(home, files)
    if problems:
        show(problems)
        stop("这些规则读不进去，什么都没有写")
    return tuple(landings)


def _parted(files: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the files of rules, and the others."""
    rules = {name: text for name, text in files.items() if name.startswith("rules/")}
    return rules, {name: text for name, text in files.items() if name not in rules}


def _content_problems(home: Home, files: Mapping[str, str]) -> Iterator[str]:
    """Yield what would keep the content from being served with these files, and does not yet."""
    if not files:
        return
    there = {*map(str, home.problems)}
    _, problems = content_of(home.folder, home.settings, files)
    yield from (str(p) for p in problems if p.level == "error" and str(p) not in there)


def tell_landed(home: Home, one: Landing, *, dry_run: bool) -> None:
    """Print what came in with a set, and what of it and of the home now goes otherwise."""
    tell(one.made, dry_run=dry_run)
    _tell_clashes(one.proven)
    _tell_dialogues(home, one)
    _tell_examples(one.proven, one.found)


def refuse_existing(home: Path, made: Written) -> None:
    """Stop when one of the files is there."""
    there = [name for name in made.files if (home / name).exists()]
    if there:
        stop(
            f"已经有 {'、'.join(there)}，内容不同，不覆盖：要重新导入，先把它们移走，"
            "或用 --as 换一个名字"
        )


def write(home: Path, landings: Iterable[Landing]) -> None:
    """Write every file of all sets, none of which is there. Stops when one cannot be written.

    Then those that were written are taken back, and any that cannot be is told.
    """
    kept: list[str] = []
    try:
        with ExitStack() as undo:
            for name, content in _ordered(landings):
                undo.callback(_take_back, home, name, kept)
                write_whole(home / name, content.encode())
            undo.pop_all()
    except OSError as trouble:
        left = f"，除了 {'、'.join(kept)}，请自己删" if kept else ""
        stop(
            f"{trouble.filename or home} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间；"
            f"写过的都拿掉了{left}"
        )


def _ordered(landings: Iterable[Landing]) -> Iterator[tuple[str, str]]:
    """Yield the files, rules last: they name what the others bring."""
    files = {name: text for one in landings for name, text in one.made.files.items()}
    rules, rest = _parted(files)
    yield from (rest | rules).items()


def _take_back(home: Path, name: str, kept: list[str]) -> None:
    try:
        (home / name).unlink(missing_ok=True)
    except OSError:
        kept.append(name)


def tell(made: Written, *, dry_run: bool) -> None:
    """Print which files there are now, and what is left to a person."""
    for name, content in made.files.items():
        print(f"  {'会写' if dry_run else '写好'} {name}")
        if dry_run:
            print(content)
    by_hand = f"；{len(made.by_hand)} 处要手工看：" if made.by_hand else ""
    print(f"  {made.rules} 条规则{by_hand}")
    for line in made.by_hand:
        print(f"    {line}")


def _tell_clashes(proven: Proven) -> None:
    found = list(clashes(proven, proven.new))
    if found:
        print(f"  与原有规则撞词 {len(found)} 处，按 priority 分先后，要改就改它：")
    _tell_some([str(one) for one in found])


def _tell_dialogues(home: Home, one: Landing) -> None:
    """Print which sample dialogues of personas would fail by the new rules: `check` minds them."""
    before = {*map(str, failed_dialogues(home.content, one.before, PLAYBOOK))}
    after = map(str, failed_dialogues(home.content, one.proven.together, PLAYBOOK))
    if failed := [one for one in after if one not in before]:
        print(f"  人设的示例对话有 {len(failed)} 段答得不一样了，请改对话或 priority：")
        _tell_some(failed)


def _tell_examples(proven: Proven, found: ReplySet) -> None:
    """Print which of the set's own sentences would now be answered otherwise."""
    if not found.examples:
        return
    wrong = list(_otherwise(proven, found))
    good = len(found.examples) - len(wrong)
    print(f"  自带例句 {len(found.examples)} 句，{good} 句答得一样")
    _tell_some(wrong)


def _tell_some(lines: Sequence[str]) -> None:
    for line in lines[:_MOST_TOLD]:
        print(f"    {line}")
    if len(lines) > _MOST_TOLD:
        print(f"    另有 {len(lines) - _MOST_TOLD} 处")


def _otherwise(proven: Proven, found: ReplySet) -> Iterator[str]:
    new = {rule.id for rule in proven.new}
    for one in found.examples:
        channel = next(iter(found.channels), "oa")
        trace = proven.together.match(Subject(occasion=TEXT, text=one.text, channel=channel))
        # What was never answered may be answered by the home's own rules.
        hits = [hit for hit in trace.hits if one.answers or hit.rule in new]
        if (given := tuple(_texts(hits))) != one.answers:
            yield f"「{one.text}」原来答 {_shown(one.answers)}，现在答 {_shown(given)}"


def _texts(hits: Sequence[Hit]) -> Iterator[str]:
    for hit in hits:
        for step in hit.do:
            if "text" in step.args:
                yield Template.parse(str(step.args["text"])).render({})


def _shown(texts: Sequence[str]) -> str:
    return " / ".join(texts) if texts else "（不答）"
