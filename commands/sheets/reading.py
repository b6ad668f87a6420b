"""Reads the sheet that comes back, XLSX or CSV: rows of raw cells under the headings we know."""

import csv
import io
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from commands.importing.rows import column_of
from commands.parts.problems import USAGE, stop
from commands.sheets.columns import BY_FIELD, COLUMNS, EDITABLE
from commands.sheets.formulas import unseen
from commands.sheets.spellings import Raw, Uncalculated
from commands.sheets.wrong import Wrong, letter
from config.files import MAX_SHEET_BYTES, read_text
from config.sheets import ENCODINGS, separator
from keyword_rules.problem import nearest

TEXTS = (".csv", ".tsv")
RULES_SHEET = "规则"
_ANYBODYS = {"", "words", "reply", "mode", "note"}  # columns that other programs have too
MOST_ROWS = 100_000
LARGEST_WORKBOOK_BYTES = 512 * 1024 * 1024  # unpacked
_HEADING_WITHIN = 10  # rows from the top, above which people put titles
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

Cell = Raw | Uncalculated | None


class OtherTable(Exception):
    """A table has words and answers, and is no sheet of ours; `rows` are its cells as texts."""

    def __init__(self, rows: list[list[str]]) -> None:
        super().__init__()
        self.rows = rows


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row: its number in the spreadsheet, and the cells of the columns that are there."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What was read. `places` names each column that is there by its heading and letter."""

    rows: tuple[SheetRow, ...]
    places: Mapping[str, str]
    problems: tuple[Wrong, ...] = ()


def read_sheet(file: Path) -> Sheet:
    """Read the rules of a workbook or CSV file; blank rows are left out.

    Columns are known by their headings, in any order, below up to 9 rows of titles. CSV may be
    UTF-8, GB18030 or UTF-16. Raises OtherTable for words and answers of another program; stops
    when it is no such sheet. At most 16 MiB and 100,000 rows.
    """
    if not file.is_file():
        stop(f"{file} 是文件夹" if file.is_dir() else f"没有这个文件：{file}", USAGE)
    rows = _csv_rows(file) if file.suffix.lower() in TEXTS else _workbook_rows(file)
    if len(rows) > MOST_ROWS:
        stop(f"{file} 超过 {MOST_ROWS} 行：请分成几个文件", USAGE)
    at = _heading_of(rows)
    if at is None:
        if _is_other(rows):
            raise OtherTable([[_shown(cell) for cell in row] for row in rows])
        stop(
            f"{file} 不是规则表：前 {_HEADING_WITHIN} 行里没有{_missing(rows)}的表头。"
            "先用 rules export 导出一份再改；别处的关键词表，表头要有 关键词 和 回复",
            USAGE,
        )
    return _sheet(rows, at, [_field(cell) for cell in rows[at]])


def _heading_of(rows: Sequence[Sequence[Cell]]) -> int | None:
    """Return the first row near the top that names the ids and at least one other column."""
    for at, row in enumerate(rows[:_HEADING_WITHIN]):
        fields = {_field(cell) for cell in row} - {""}
        if "id" in fields and len(fields) > 1:
            return at
    return None


def _is_other(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether a table has words and answers, and nothing that only a sheet of ours has."""
    near_top = ([_title(cell) for cell in row] for row in rows[:_HEADING_WITHIN])
    named = (row for row in near_top if {"words", "reply"} <= {*map(column_of, row)})
    return any(not {*map(_field, row)} - _ANYBODYS for row in named)


def _shown(cell: Cell) -> str:
    """Return a cell of somebody else's table as it looks."""
    match cell:
        case float() if cell.is_integer():
            return str(int(cell))
        case None | Uncalculated():
            return ""
        case date():
            return cell.isoformat()[: len("2026-11-01")]
    return str(cell)


def _missing(rows: Sequence[Sequence[Cell]]) -> str:
    """Name the ids alone where their heading is all that is missing."""
    near_top = ({_field(cell) for cell in row} - {""} for row in rows[:_HEADING_WITHIN])
    return "“编号”" if any(len(fields) > 1 for fields in near_top) else "“编号”“关键词”这样"


def safe_cell(text: str) -> str:
    """Return a text that no spreadsheet program runs when it opens a CSV file."""
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_STARTS) else text


def _sheet(rows: Sequence[Sequence[Cell]], at: int, fields: Sequence[str]) -> Sheet:
    problems = list(_about_headings(rows, at, fields))
    first = {field: place for place, field in reversed(list(enumerate(fields))) if field}
    places = {
        field: f"{BY_FIELD[field].heading}（{letter(place)} 列）" for field, place in first.items()
    }
    shown = [column.field for column in EDITABLE if column.field in first]
    read = []
    for number, row in enumerate(rows[at + 1 :], start=at + 2):
        cells = {field: row[place] for field, place in first.items() if place < len(row)}
        if any(_has(cells.get(field)) for field in shown):
            read.append(SheetRow(number=number, cells=cells))
    return Sheet(rows=tuple(read), places=places, problems=tuple(problems))


def _about_headings(
    rows: Sequence[Sequence[Cell]], at: int, fields: Sequence[str]
) -> Iterator[Wrong]:
    headings = [column.heading for column in COLUMNS]
    for place, field in enumerate(fields):
        written = _title(rows[at][place])
        column = f"{written}（{letter(place)} 列）"
        if not field and written:
            close = nearest(written, headings)
            yield Wrong(row=at + 1, column=column, message="不认识的列，没有用", hint=close)
        elif field and field in fields[:place]:
            yield Wrong(row=at + 1, column=column, message="这一列重复了，只用前一列")
        elif not field and any(_has(row[place]) for row in rows[at + 1 :] if place < len(row)):
            yield Wrong(
                row=at + 1, column=column, message="没有表头的一列，没有用", level="warning"
            )
    for missing in (one for one in EDITABLE if one.field not in fields):
        message = f"没有“{missing.heading}”这一列：已有的规则不动它"
        yield Wrong(row=at + 1, message=message, level="warning")


def _field(cell: Cell) -> str:
    title = _title(cell)
    for column in COLUMNS:
        if title in {column.heading, column.field} or title.lower() == column.field:
            return column.field
    return ""


def _title(cell: Cell) -> str:
    return "".join(unicodedata.normalize("NFKC", cell).split()) if isinstance(cell, str) else ""


def _has(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _csv_rows(file: Path) -> list[list[Cell]]:
    text, problems = read_text(
        file.resolve().parent, file.name, limit_bytes=MAX_SHEET_BYTES, encodings=ENCODINGS
    )
    if text is None:
        stop("\n".join(map(str, problems)), USAGE)
    return _parted(file, text, _parting(text))


def _parting(text: str) -> str:
    """Return the sign between cells: what a spreadsheet program writes depends on its country."""
    top = text.split("\n", _HEADING_WITHIN)[:_HEADING_WITHIN]
    return separator(top, lambda title: _field(title) or column_of(title))


def _parted(file: Path, text: str, sign: str) -> list[list[Cell]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=sign)
    try:
        return [[_unquoted(cell) for cell in row] for row in islice(reader, MOST_ROWS + 1)]
    except csv.Error as error:
        stop(f"{file} 第 {reader.line_num} 行不是合法的 CSV（引号没有闭合？）：{error}", USAGE)


def _unquoted(cell: str) -> str:
    guarded = cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA_STARTS)
    return cell[1:] if guarded else cell


def _workbook_rows(file: Path) -> list[list[Cell]]:
    try:
        _refuse_bomb(file)
        with CalamineWorkbook.from_path(str(file)) as book:
            name = RULES_SHEET if RULES_SHEET in book.sheet_names else book.sheet_names[0]
            sheet = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        rows: list[list[Cell]] = [list(row) for row in sheet[: MOST_ROWS + 1]]
        for line, column, error in unseen(file, name):
            if line <= MOST_ROWS:
                _put(rows, line, column, error or Uncalculated())
    except (CalamineError, zipfile.BadZipFile, OSError, IndexError) as trouble:
        stop(f"{file} 不是能读的 XLSX（加了密码？另存为别的格式？）：{trouble}", USAGE)
    return rows


def _put(rows: list[list[Cell]], line: int, column: int, cell: Cell) -> None:
    rows += [[] for _ in range(len(rows), line + 1)]
    rows[line] += [None] * (column + 1 - len(rows[line]))
    rows[line][column] = cell


def _refuse_bomb(file: Path) -> None:
    if file.stat().st_size > MAX_SHEET_BYTES:
        stop(f"{file} 超过 {MAX_SHEET_BYTES // 1024 // 1024} MiB", USAGE)
    with zipfile.ZipFile(file) as packed:
        if sum(one.file_size for one in packed.infolist()) > LARGEST_WORKBOOK_BYTES:
            stop(f"{file} 解开后太大", USAGE)
