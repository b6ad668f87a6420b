"""The sheets that grow with a chain: read from an export, checked by row, merged, written back."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from config.fields import Fields
from config.notes import Notes
from config.nouns import EntryCode, Staff, Store
from config.problems import Place, Problem
from config.sheets import guarded, read_sheet
from config.shop import (
    ENTRY_CODE_HEADERS,
    STAFF_HEADERS,
    STORE_HEADERS,
    entry_code,
    staff,
    store,
)
from config.yaml_reader import Node

Cells = Mapping[str, str]
Names = Mapping[str, Mapping[str, str]]  # a kind of noun: the names it has, and their file


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """A sheet of the home with one noun a row; the first of its headers names the row."""

    file: str
    headers: Mapping[str, str]
    make: Callable[[Fields], Store | Staff | EntryCode]

    @property
    def key(self) -> str:
        """The field that names a row."""
        return next(iter(self.headers))


STORES = Roster(file="stores.csv", headers=STORE_HEADERS, make=store)
STAFF = Roster(file="staff.csv", headers=STAFF_HEADERS, make=staff)
ENTRY_CODES = Roster(file="entry_codes.csv", headers=ENTRY_CODE_HEADERS, make=entry_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The good rows of a sheet, how many were bad, and every problem.

    `whole` is False when something other than a row is wrong, so that rows may be missing.
    """

    rows: tuple[Cells, ...]
    bad: int
    whole: bool
    problems: tuple[Problem, ...]


def check_rows(file: Path, roster: Roster, known: Names, there: Sequence[Cells] = ()) -> Checked:
    """Read a sheet from anywhere and check each row against what is `known`; changes nothing.

    A row that would be a new one beside one of `there`, with the same number less its zeros, is
    wrong.
    """
    nodes, found = read_sheet(file.parent, file.name, roster.headers)
    notes = Notes(now=datetime.now(UTC), zone=ZoneInfo("UTC"), check_text=lambda _: None)
    for kind, names in known.items():
        for name, where in names.items():
            notes.define(kind, name, Place(where))
    for node in nodes:
        fields = Fields(node, notes)
        roster.make(fields)
        fields.finish()
    shorn = _shorn(nodes, roster, [row.get(roster.key, "") for row in there])
    problems = sorted(
        (*found, *notes.problems, *notes.missing(), *shorn), key=lambda each: each.line
    )
    wrong = {each.line for each in problems if each.level == "error"}
    lines = {node.at.line for node in nodes}
    return Checked(
        rows=tuple(_cells(node) for node in nodes if node.at.line not in wrong),
        bad=len(wrong & lines),
        whole=wrong <= lines,
        problems=tuple(problems),
    )


def _shorn(nodes: Iterable[Node], roster: Roster, there: Sequence[str]) -> Iterator[Problem]:
    names, whole = set(there), {one.lstrip("0"): one for one in there if one.isdecimal()}
    for node in nodes:
        name = _cells(node).get(roster.key, "")
        old = whole.get(name.lstrip("0")) if name.isdecimal() and name not in names else None
        if old:
            text = f"{roster.key}: 表里已有 {old}，这里是 {name}：像是表格软件去掉了前面的 0"
            yield Place(node.at.file, node.at.line, roster.key).problem(text, hint=old)


def read_cells(home: Path, roster: Roster) -> tuple[tuple[Cells, ...], tuple[Problem, ...]]:
    """Return the rows of a home's sheet as they are, none when there is no such file yet."""
    if not (home / roster.file).exists():
        return (), ()
    nodes, problems = read_sheet(home, roster.file, roster.headers)
    return tuple(map(_cells, nodes)), problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The rows of a sheet after a merge, and what became of those that came."""

    rows: tuple[Cells, ...]
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0


def merge(roster: Roster, old: Sequence[Cells], new: Sequence[Cells]) -> Merged:
    """Return `old` with the rows of `new` merged in by id; a column that `new` lacks stays.

    >>> merge(STORES, [{"id": "S1", "name": "一店"}], [{"id": "S1", "name": "二店"}]).rows
    ({'id': 'S1', 'name': '二店'},)
    """
    rows = list(old)
    places: dict[str, int] = {}
    for place, row in enumerate(rows):
        places.setdefault(row.get(roster.key, ""), place)
    added, changed, unchanged = [], [], 0
    for row in new:
        name = row[roster.key]
        if name not in places:
            rows.append(row)
            added.append(name)
            continue
        together = {**rows[places[name]], **row}
        if any(together[field] != rows[places[name]].get(field, "") for field in row):
            rows[places[name]] = together
            changed.append(name)
        else:
            unchanged += 1
    return Merged(rows=tuple(rows), added=tuple(added), changed=tuple(changed), unchanged=unchanged)


def as_csv(headers: Mapping[str, str], rows: Sequence[Cells]) -> bytes:
    """Return a sheet that spreadsheet programs open without asking: UTF-8 with its mark.

    No cell runs there as a formula.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(headers.values())
    writer.writerows([guarded(row.get(field, "")) for field in headers] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _cells(node: Node) -> Cells:
    if not isinstance(node.value, Mapping):
        return {}
    return {field: cell.text for field, cell in node.value.items()}
