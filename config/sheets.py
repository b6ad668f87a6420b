"""Reads a CSV sheet as a spreadsheet program saved it: rows of named cells with their places."""

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from config.files import MAX_SHEET_BYTES, UTF16, read_text
from config.problems import Place, Problem, nearest
from config.yaml_reader import Node

ENCODINGS = ("utf-8-sig", "gb18030", UTF16)  # what spreadsheet programs write in China
SEPARATORS = (",", ";", "\t")  # of two that part as many headings the first
MAX_ROWS = 200_000
_TOP = 10  # lines among which the headings are looked for, to tell what parts them
_FORMULA = re.compile(r"[=@\t\r]|[+-](?=\S)(?![0-9])")
_OTHER_SEPARATORS = re.compile(r"[;\t；，|]")
_PRESET = re.compile(r"sep=.?", re.IGNORECASE)  # a first line for the spreadsheet program alone
# How exports keep a spreadsheet from rounding or running a cell: ="0187", '0187, '=1+1.
_GUARDED = re.compile(r"""="([^"]*)"|'('*[=@+\-0-9\t\r].*)""", re.DOTALL)
_RUN = re.compile(r"'*[=@\t\r]|'*[+-](?![0-9]+(?:[ -][0-9]+)*$)|'+[0-9+-]")
_ROUNDED = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+")


def read_sheet(
    home: Path, name: str, headers: Mapping[str, str]
) -> tuple[tuple[Node, ...], tuple[Problem, ...]]:
    """Return the rows of `name` as mappings of field to cell, and what is wrong with the sheet.

    `headers` maps a field to its Chinese heading; either may stand in the first line, in any
    order. Without the first of them, which names the rows, no row is read. UTF-8 (with or without
    BOM), GB18030 and UTF-16 with its mark are read, parted by commas, semicolons or tabs. Blank
    rows are skipped; a cell of full-width letters and digits is read as if they were narrow. A
    cell that a spreadsheet would run as a formula stays text, with a warning, unless it is guarded
    as `guarded` does. At most 16 MiB, 200,000 rows.
    """
    text, found = read_text(home, name, limit_bytes=MAX_SHEET_BYTES, encodings=ENCODINGS)
    if text is None:
        return (), found
    sheet = _Sheet(name, headers)
    return tuple(sheet.rows(text)), (*found, *sheet.problems)


def separator(top: Iterable[str], named: Callable[[str], str]) -> str:
    """Return the sign between cells: what a spreadsheet program writes depends on its country.

    It is the one by which the lines at the `top` part into most headings that have a name.
    """
    lines = [*top]
    known = {
        sign: {named(cell.strip('" ')) for line in lines for cell in line.split(sign)} - {""}
        for sign in SEPARATORS
    }
    return max(SEPARATORS, key=lambda sign: len(known[sign]))


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet program runs, and that is read as this text here.

    >>> guarded("=1+1"), guarded("+86 138"), guarded("一店")
    ("'=1+1", '+86 138', '一店')
    """
    return f"'{text}" if _RUN.match(text) else text


class _Sheet:
    def __init__(self, file: str, headers: Mapping[str, str]) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._key, self._key_heading = next(iter(headers.items()))
        self._fields = {chinese: field for field, chinese in headers.items()}
        self._fields.update({field: field for field in headers})

    def rows(self, text: str) -> Iterator[Node]:
        sign = separator(text.split("\n", _TOP)[:_TOP], self._field)
        reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=sign)
        columns: tuple[str, ...] | None = None
        line = 1
        try:
            for number, cells in enumerate(reader):
                if number > MAX_ROWS:
                    self._add(line, "", f"超过 {MAX_ROWS} 行")
                    return
                if columns is None:
                    columns = self._heading(line, cells, sign)
                    if columns is not None and self._key not in columns:
                        self._no_key(line, cells)
                        return
                elif any(cell.strip() for cell in cells):
                    yield self._row(line, columns, cells)
                line = reader.line_num + 1  # a quoted cell may span lines
        except csv.Error as error:
            self._add(line, "", f"不是合法的 CSV（引号没有闭合？）：{error}")

    def _heading(self, line: int, cells: list[str], sign: str) -> tuple[str, ...] | None:
        """Return the columns; None for a line above the headings that says nothing."""
        if not any(cells) or _PRESET.fullmatch(sign.join(cells)):
            return None
        return self._columns(line, cells)

    def _field(self, title: str) -> str:
        plain = _narrow(title)
        return self._fields.get(plain) or self._fields.get(plain.lower(), "")

    def _columns(self, line: int, cells: list[str]) -> tuple[str, ...]:
        columns: list[str] = []
        for cell in cells:
            title = _narrow(cell.strip())
            field = self._field(title)
            if title and not field:
                self._add(line, title, "不认识的列", hint=nearest(title, self._fields))
            elif field and field in columns:
                self._add(line, title, "这一列重复了")
            columns.append(field)
        return tuple(columns)

    def _no_key(self, line: int, cells: list[str]) -> None:
        if len(cells) == 1 and _OTHER_SEPARATORS.search(cells[0]):
            self._add(line, "", "各列要用逗号分开：请在表格软件里另存为“CSV（逗号分隔）”")
        else:
            self._add(line, self._key_heading, f"第一行（表头）里没有“{self._key_heading}”这一列")

    def _row(self, line: int, columns: tuple[str, ...], cells: list[str]) -> Node:
        if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
            self._add(line, "", f"有 {len(cells)} 格，表头只有 {len(columns)} 列")
        row: dict[str, Node] = {}
        for field, cell in zip(columns, cells, strict=False):
            if field and field not in row:
                row[field] = self._cell(line, field, _narrow(cell.strip()))
        return Node(at=Place(self._file, line, next(filter(None, columns), "")), value=row)

    def _cell(self, line: int, field: str, text: str) -> Node:
        at = Place(self._file, line, field)
        if found := _GUARDED.fullmatch(text):
            text = found[1] or found[2] or ""
        elif _FORMULA.match(text):
            message = f"{field}: 像公式，已当作文字；请改掉开头的 “{text[0]}”"
            self.problems.append(at.problem(message, level="warning"))
        if _ROUNDED.fullmatch(text):
            self.problems.append(
                at.problem(f"{field}: 号码被表格软件改成了科学计数，请把这一列设为文本再填")
            )
        return Node(at=at, value=text, text=text)

    def _add(self, line: int, column: str, message: str, *, hint: str = "") -> None:
        self.problems.append(Place(self._file, line, column).problem(message, hint=hint))


def _narrow(text: str) -> str:
    """Return a number or code with plain characters; leave prose as it was typed.

    >>> _narrow("Ｓ０１２"), _narrow("良渚店（２楼）")
    ('S012', '良渚店（２楼）')
    """
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    return plain.strip() if plain.isascii() else text
