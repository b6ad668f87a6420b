"""`rules export FILE.xlsx|FILE.csv`: the rules of a home as a sheet that operators edit."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from commands.parts.compose import open_home
from commands.parts.problems import FINE, USAGE, stop
from commands.sheets.columns import COLUMNS
from commands.sheets.names import names_of
from commands.sheets.plan import ids_mark
from commands.sheets.progress import say, uncollected
from commands.sheets.reading import safe_cell
from commands.sheets.rows import mark_of, more_of
from commands.sheets.shelf import Shelf, read_shelf
from commands.sheets.workbook import workbook
from config.whole import write_whole

VERSION = 1  # of the JSON form
KINDS = (".xlsx", ".csv")


@uncollected()
def run(home: Path, file: Path, *, as_json: bool = False) -> int:
    """Write a home's rules to a workbook or a CSV file, one a row.

    Rules that do not fit one row are listed with the reason: in the workbook's third sheet, and
    for CSV here. A file that is there is replaced. Changes nothing in the home.
    """
    if file.suffix.lower() not in KINDS:
        stop(f"导出成什么：文件名以 {' 或 '.join(KINDS)} 结尾", USAGE)
    read = open_home(home, with_rules=False)
    say(as_json, f"读 {read.rules.folder}…")
    shelf = read_shelf(read.rules)
    rows = list(_rows(shelf))
    say(as_json, f"写 {len(rows)} 行…")
    if file.suffix.lower() == ".csv":
        content = _csv(rows)
    else:
        content = workbook(rows, shelf.left, names_of(read.content, shelf.rules))
    try:
        write_whole(file, content)
    except OSError as trouble:
        stop(f"写不了 {file}：{trouble.strerror}")
    _tell(file, rows, shelf, as_json=as_json)
    return FINE


def _rows(shelf: Shelf) -> Iterator[list[str]]:
    ids = ids_mark(shelf.placed)
    for placed in shelf.placed.values():
        block = placed.block
        told = {
            "place": f"{block.file}:{block.line}",
            "more": more_of(block),
            "mark": f"{mark_of(placed.row)}.{ids}",
        }
        row = {**placed.row, **told}
        yield [row[column.field] for column in COLUMNS]


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.heading for column in COLUMNS)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _tell(file: Path, rows: Sequence[Sequence[str]], shelf: Shelf, *, as_json: bool) -> None:
    if as_json:
        left = [
            {"id": one.id, "file": one.file, "line": one.line, "why": one.why} for one in shelf.left
        ]
        document = {"v": VERSION, "file": str(file), "rules": len(rows), "left": left}
        print(json.dumps(document, ensure_ascii=False))
        return
    print(f"导出 {len(rows)} 条规则到 {file}；改好后 python run.py rules import {file}")
    if not shelf.left:
        return
    print(f"{len(shelf.left)} 处不在表里，请直接改文件：")
    for one in shelf.left:
        print(f"  rules/{one.place} {one.id} {one.why}")
