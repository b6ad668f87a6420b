"""Brings written files into a home, after they proved to load, and tells what became of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from commands.importing.proving import Proven, clashes, prove
from commands.importing.replies import ReplySet
from commands.importing.written import ORIGIN, Written
from commands.parts.compose import PLAYBOOK, Home
from commands.parts.problems import show, stop
from commands.report.dialogues import failed_dialogues
from config.whole import write_whole
from keyword_rules.rule import TEXT, Hit, Subject, Template

_FOLDERS = ("rules", "personas", "welcomes")
_MOST_TOLD = 20
_HEAD_BYTES = 1_024  # the line that says where a file came from is one of its first


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


def land(home: Home, found: ReplySet, made: Written, *, dry_run: bool) -> None:
    """Write the files, unless one is there or they would not load; then it stops."""
    refuse_existing(home.folder, made)
    rules = {name: text for name, text in made.files.items() if name.startswith("rules/")}
    proven = prove(home, rules, personas=made.personas)
    if proven.problems:
        show(proven.problems)
        stop("这些规则读不进去，什么都没有写")
    if not dry_run:
        write(home.folder, made)
    tell(made, dry_run=dry_run)
    _tell_clashes(proven)
    _tell_dialogues(home, proven)
    _tell_examples(proven, found)


def refuse_existing(home: Path, made: Written) -> None:
    """Stop when one of the files is there."""
    there = [name for name in made.files if (home / name).exists()]
    if there:
        stop(
            f"已经有 {'、'.join(there)}，内容不同，不覆盖：要重新导入，先把它们移走，"
            "或用 --as 换一个名字"
        )


def write(home: Path, made: Written) -> None:
    """Write every file whole. Stops when one cannot be written."""
    try:
        for name, content in made.files.items():
            write_whole(home / name, content.encode())
    except OSError as trouble:
        stop(f"{trouble.filename or home} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间")


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


def _tell_dialogues(home: Home, proven: Proven) -> None:
    """Print which sample dialogues of personas would fail by the new rules: `check` minds them."""
    before = {*map(str, failed_dialogues(home.content, home.rules.current, PLAYBOOK))}
    after = map(str, failed_dialogues(home.content, proven.together, PLAYBOOK))
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
