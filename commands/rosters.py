"""`stores import` and `staff import`: a sheet from elsewhere, checked by row and merged in."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from commands.parts.compose import open_home
from commands.parts.problems import FINDINGS, FINE, USAGE, show, stop
from config.nouns import Content
from config.problems import Problem
from config.rosters import STAFF, STORES, Checked, Merged, Roster, as_csv, check_rows, merge
from config.rosters import read_cells as cells_of
from config.whole import write_whole

VERSION = 1  # of the JSON form
ROSTERS = {"stores": STORES, "staff": STAFF}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how XLSX and XLS files begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks of an import."""

    file: Path
    dry_run: bool = False
    skip_bad: bool = False
    as_json: bool = False


def run(name: str, home: Path, asked: Asked) -> int:
    """Merge a CSV file into a home's stores or staff by id; what it does not name stays.

    Every wrong row is told with its line, all of them at once. One of them keeps the whole file
    out unless bad rows are to be skipped. The old sheet stays beside the new one as `.bak`.
    Returns 1 when a row was wrong. Repeating is safe: what is there already counts as unchanged.
    """
    roster, read = ROSTERS[name], open_home(home, with_rules=False)
    _refuse_others(asked.file)
    old, found = cells_of(home, roster)
    if any(_hides_rows(each, roster) for each in found):
        show(found)
        stop(f"{roster.file} 本身读不了，先改好它再导入；什么都没有改")
    checked = check_rows(asked.file.resolve(), roster, _known(roster, read.content), old)
    if not checked.rows and not checked.problems:
        stop(f"{asked.file} 里没有一行内容")
    merged = merge(roster, old, checked.rows)
    written = _write(home, roster, merged) if _may(asked, checked, merged) else False
    _tell(asked, roster, checked, merged, written)
    return FINDINGS if checked.bad or not checked.whole else FINE


def _hides_rows(problem: Problem, roster: Roster) -> bool:
    """Whether a sheet holds more than was read of it, which writing it anew would lose."""
    of_a_cell = problem.line > 1 and problem.column in roster.headers
    return problem.level == "error" and not of_a_cell


def _refuse_others(file: Path) -> None:
    if not file.is_file():
        stop(f"没有这个文件：{file}", USAGE)
    try:
        with file.open("rb") as opened:
            begins = opened.read(4)
    except OSError as trouble:
        stop(f"{file} 读不了（{trouble.strerror}）", USAGE)
    if begins in _WORKBOOKS:
        stop(
            f"{file} 是 Excel 工作簿；这个版本只读 CSV：请另存为“CSV UTF-8（逗号分隔）”再导入",
            USAGE,
        )


def _known(roster: Roster, content: Content) -> dict[str, dict[str, str]]:
    known = {"人设": dict.fromkeys(content.personas, "personas/")}
    if roster is STAFF:
        known["门店"] = dict.fromkeys(content.stores, STORES.file)
    return known


def _may(asked: Asked, checked: Checked, merged: Merged) -> bool:
    if asked.dry_run or not checked.whole or (checked.bad and not asked.skip_bad):
        return False
    return bool(merged.added or merged.changed)


def _write(home: Path, roster: Roster, merged: Merged) -> bool:
    try:
        write_whole(home / roster.file, as_csv(roster.headers, merged.rows), keep=True)
    except OSError as trouble:
        stop(f"{home / roster.file} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间")
    return True


def _tell(asked: Asked, roster: Roster, checked: Checked, merged: Merged, written: bool) -> None:
    if asked.as_json:
        print(json.dumps(_document(asked, checked, merged, written), ensure_ascii=False))
        return
    show(checked.problems)
    for line in _lines(asked, roster, checked, merged, written):
        print(line)


def _document(asked: Asked, checked: Checked, merged: Merged, written: bool) -> dict[str, object]:
    problems = [
        {"line": one.line, "column": one.column, "level": one.level, "message": one.message}
        for one in checked.problems
    ]
    return {
        "v": VERSION,
        "file": str(asked.file),
        "added": list(merged.added),
        "changed": list(merged.changed),
        "unchanged": merged.unchanged,
        "bad": checked.bad,
        "written": written,
        "problems": problems,
    }


def _lines(
    asked: Asked, roster: Roster, checked: Checked, merged: Merged, written: bool
) -> Iterator[str]:
    counts = f"新增 {len(merged.added)}，改动 {len(merged.changed)}，不变 {merged.unchanged}"
    yield f"{roster.file}：{counts}，有错 {checked.bad} 行"
    if written:
        yield f"已写入，旧的留在 {roster.file}.bak；正在运行的 serve 重启后用上"
    elif asked.dry_run:
        yield "只是试算，什么都没有写"
    elif not checked.whole:
        yield "文件没有读完整，什么都没有写"
    elif checked.bad and not asked.skip_bad:
        yield "有错的行，什么都没有写；改好再导入，或加 --skip-bad 跳过这些行"
    else:
        yield "没有改动"
