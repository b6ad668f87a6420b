"""The workbook: rules with choices in their cells, what each column means, what is not in it."""

import io
from collections.abc import Mapping, Sequence

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from commands.sheets.columns import COLUMNS, MODES, YES, Column, Kind
from commands.sheets.names import THINGS, Names
from commands.sheets.reading import RULES_SHEET
from commands.sheets.shelf import Left
from commands.sheets.wrong import letter

ABOUT_SHEET, LEFT_SHEET = "说明", "不在表里的规则"
_SPARE_ROWS = 2_000  # below the last rule, ready for new ones
_NAMES_AT = 6  # the column of the explanations where the names begin
_NAMES_UNDER = 1  # their heading's row
_LEFT_HEADINGS = (("编号", 26), ("出处", 28), ("为什么不在表里", 70))
_ABOUT_HEADINGS = (("列", 14), ("意思", 70), ("例子", 24))
_HOW = (
    "一行一条规则。改好存盘，再运行 python run.py rules import 这个文件。",
    "先看会改什么，什么都不写：加 --dry-run。",
    "没改的行什么都不动。新的一行写在最下面，编号可以空着。",
    "删掉一行不会删规则；要删，导入时加 --delete-missing。",
)


def workbook(rows: Sequence[Sequence[str]], left: Sequence[Left], names: Names) -> bytes:
    """Return a workbook of these rows, whose cells stand in the order of the columns."""
    content = io.BytesIO()
    options = {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(content, {"in_memory": True, **options}) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        grey = book.add_format({"num_format": "@", "font_color": "#808080", "valign": "top"})
        sheet = book.add_worksheet(RULES_SHEET)
        _write_rules(sheet, rows, head, {True: grey, False: text})
        chosen = _write_about(book.add_worksheet(ABOUT_SHEET), names, head, text)
        _offer_choices(sheet, len(rows), chosen)
        _write_left(book.add_worksheet(LEFT_SHEET), left, head, text)
    return content.getvalue()


def _write_rules(
    sheet: Worksheet,
    rows: Sequence[Sequence[str]],
    head: Format,
    dress: Mapping[bool, Format],
) -> None:
    for place, column in enumerate(COLUMNS):
        told = column.kind is Kind.TOLD
        hidden = {"hidden": True} if column.field == "mark" else {}
        sheet.set_column(place, place, column.width, dress[told], hidden)
        sheet.write_string(0, place, column.heading, head)
        sheet.write_comment(0, place, column.about)
        for line, row in enumerate(rows, start=1):
            if row[place]:
                sheet.write_string(line, place, row[place], dress[told])
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(rows), 1), len(COLUMNS) - 1)


def _write_about(sheet: Worksheet, names: Names, head: Format, text: Format) -> Mapping[str, str]:
    """Explain the columns, list the names; return where each kind's names stand, for choosing."""
    for place, (heading, width) in enumerate(_ABOUT_HEADINGS):
        sheet.set_column(place, place, width, text)
        sheet.write_string(0, place, heading, head)
    for line, column in enumerate(COLUMNS, start=1):
        cells = (column.heading, column.about, column.example)
        for place, cell in enumerate(cells):
            sheet.write_string(line, place, cell, text)
    for line, told in enumerate(_HOW, start=len(COLUMNS) + 2):
        sheet.write_string(line, 1, told, text)
    sheet.freeze_panes(1, 0)
    ranges = {}
    for at, (kind, known) in enumerate(names.by_kind.items()):
        place = _NAMES_AT + 2 * at
        ranges[kind] = _list_names(sheet, place, THINGS[kind], known, (head, text))
    return ranges


def _list_names(
    sheet: Worksheet,
    place: int,
    thing: str,
    known: Mapping[str, str],
    dress: tuple[Format, Format],
) -> str:
    head, text = dress
    sheet.set_column(place, place + 1, 16, text)
    sheet.write_string(0, place, f"可填的{thing}", head)
    sheet.write_string(0, place + 1, "叫什么", head)
    for line, (name, shown) in enumerate(known.items(), start=_NAMES_UNDER):
        sheet.write_string(line, place, name, text)
        sheet.write_string(line, place + 1, shown, text)
    column = letter(place)
    last = _NAMES_UNDER + max(len(known), 1)
    return f"={ABOUT_SHEET}!${column}${_NAMES_UNDER + 1}:${column}${last}"


def _offer_choices(sheet: Worksheet, rows: int, ranges: Mapping[str, str]) -> None:
    for place, column in enumerate(COLUMNS):
        source = _source(column, ranges)
        if source:
            sheet.data_validation(
                1,
                place,
                rows + _SPARE_ROWS,
                place,
                {
                    "validate": "list",
                    "source": source,
                    "error_title": column.heading,
                    "error_message": f"从下拉里选一个；可填的都在“{ABOUT_SHEET}”里",
                },
            )


def _source(column: Column, ranges: Mapping[str, str]) -> list[str] | str:
    if column.kind is Kind.MODE:
        return list(MODES.values())
    if column.kind is Kind.YES:
        return [YES, "否"]
    return ranges[column.of] if column.kind is Kind.NAME else ""


def _write_left(sheet: Worksheet, left: Sequence[Left], head: Format, text: Format) -> None:
    for place, (heading, width) in enumerate(_LEFT_HEADINGS):
        sheet.set_column(place, place, width, text)
        sheet.write_string(0, place, heading, head)
    for line, one in enumerate(left, start=1):
        for place, cell in enumerate((one.id, one.place, one.why)):
            sheet.write_string(line, place, cell, text)
    sheet.freeze_panes(1, 0)
