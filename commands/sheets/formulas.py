"""Finds the cells of a workbook that a reader of values sees nothing in: formulas gone wrong."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

_SHEET = re.compile(r'<sheet\b[^>]*?\bname="([^"]*)"[^>]*?\br:id="([^"]*)"')
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(Id|Target)="([^"]*)"')
_BLANK = re.compile(
    r'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]+)"[^>]*>\s*'
    r"<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>"
)

_FAILED = re.compile(
    r'<c\b(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})([0-9]+)"[^>]*>'
    r"(?:<f\b(?:[^>]*/>|[^>]*>[^<]*</f>))?\s*<v>([^<]*)</v>"
)


def unseen(file: Path, sheet: str) -> Iterator[tuple[int, int, str]]:
    """Yield the row and column, from 0, of each formula without a result or with an error.

    The text is the error, such as #REF!, and "" where there is no result: programs that write
    workbooks without calculating leave such. Raises BadZipFile and OSError.
    """
    with zipfile.ZipFile(file) as packed:
        inside = _path(packed, sheet)
        if inside in packed.namelist():
            text = packed.read(inside).decode(errors="replace")
            for letters, number in _BLANK.findall(text):
                yield int(number) - 1, _column(letters), ""
            for letters, number, error in _FAILED.findall(text):
                yield int(number) - 1, _column(letters), error


def _path(packed: zipfile.ZipFile, sheet: str) -> str:
    named = dict(_SHEET.findall(_part(packed, "xl/workbook.xml")))
    for relation in _RELATION.findall(_part(packed, "xl/_rels/workbook.xml.rels")):
        told = dict(_ATTRIBUTE.findall(relation))
        if told.get("Id") == named.get(sheet):
            target = told.get("Target", "")
            return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return ""


def _part(packed: zipfile.ZipFile, name: str) -> str:
    return packed.read(name).decode(errors="replace") if name in packed.namelist() else ""


def _column(letters: str) -> int:
    number = 0
    for one in letters:
        number = number * 26 + ord(one) - ord("A") + 1
    return number - 1
