"""The sheet against the files → what is to change, and what is wrong, row by row."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pypinyin import lazy_pinyin

from commands.sheets.blocks import Block
from commands.sheets.columns import BY_FIELD, EDITABLE, KEYS, MODES, Kind, Row
from commands.sheets.modes import plain_words, tidied
from commands.sheets.names import Names
from commands.sheets.reading import Sheet, SheetRow
from commands.sheets.rows import mark_of
from commands.sheets.shelf import Shelf
from commands.sheets.spellings import Raw, Uncalculated, is_serial, shown_raw, spelled
from commands.sheets.wrong import BadCell, Wrong
from keyword_rules.rule import Mode

_FORMULA = re.compile(r"[=@]|[+-](?=\S)(?![0-9])")
_COMMA = re.compile(r"[,，;；]")
_SORTED_ROWS, _SORTED_CELLS = 4, 3  # fewer may have changed places by intention
_LONGEST_SOUND = 32  # letters of an id that we make


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One rule to write. `row` is its row in the sheet, `cells` is None for a rule to delete."""

    id: str
    row: int = 0
    block: Block | None = None
    cells: Row | None = None
    fields: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class Plan:
    """What comes of a sheet. `newer` changed in the files alone, `missing` have no row in it."""

    changes: list[Change] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    newer: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unchanged: int = 0
    by_mark: Mapping[str, str] = field(default_factory=dict)  # rules by how they were exported


def planned(
    sheet: Sheet, shelf: Shelf, names: Names, *, force: bool = False, delete: bool = False
) -> Plan:
    """Hold each row against its rule; rows that are wrong are left out, each with the reason.

    A rule that changed in its file and in the sheet since the export is wrong too, unless `force`
    lets the sheet win. Rules without a row are deleted only with `delete`.
    """
    by_mark = {mark_of(placed.row): name for name, placed in shelf.placed.items()}
    plan = Plan(wrong=list(sheet.problems), by_mark=by_mark)
    marks = Counter(_told(one, "mark") for one in sheet.rows)
    seen: dict[str, int] = {}
    fresh: set[str] = set()
    for one in sheet.rows:
        row = _read(one, sheet, shelf, names, plan)
        name = _id_of(one, row, names)
        if name in seen:
            _note(plan, one, sheet, "id", f"和第 {seen[name]} 行是同一条规则")
            continue
        if name:
            seen[name] = one.number
            # Somebody who copies a row copies its mark too, and gives it another id or none.
            copied = marks[_told(one, "mark")] > 1 and name not in shelf.placed
            base = "" if copied or not _told(one, "id") else _told(one, "mark")
            if not base:
                fresh.add(name)
            if row is not None:
                _decide(plan, one, sheet, shelf, {**row, "id": name}, base, force=force)
    if not force:
        _refuse_sorted(plan, sheet, shelf)
    plan.missing = [name for name in shelf.placed if name not in seen]
    if delete and plan.missing:
        _delete(plan, sheet, shelf, fresh, force=force)
    return plan


def _refuse_sorted(plan: Plan, sheet: Sheet, shelf: Shelf) -> None:
    """Leave out the changes of a column whose cells merely changed places among rules."""
    for column in EDITABLE:
        moved = [one for one in plan.changes if one.block and column.field in one.fields]
        before = Counter(shelf.placed[one.id].row[column.field] for one in moved)
        after = Counter(one.cells[column.field] for one in moved if one.cells)
        if before == after and len(moved) >= _SORTED_ROWS and len(after) >= _SORTED_CELLS:
            plan.changes = [one for one in plan.changes if one not in moved]
            message = f"像是只给这一列排了序：{len(moved)} 行的格子换了位置，这些行都没有动"
            hint = "撤销排序，或重新导出再改；真要这样改，加 --force"
            place = sheet.places.get(column.field, column.heading)
            plan.wrong.append(Wrong(column=place, message=message, hint=hint))


def ids_mark(ids: Iterable[str]) -> str:
    """Return 8 hex digits that are equal for equal sets of ids."""
    return hashlib.sha256("\0".join(sorted(ids)).encode()).hexdigest()[:8]


def _read(one: SheetRow, sheet: Sheet, shelf: Shelf, names: Names, plan: Plan) -> Row | None:
    """The row in our spelling; None when a cell is wrong. Columns that are not there stay."""
    known = shelf.placed.get(_told(one, "id"))
    row: dict[str, str] = {}
    sound = True
    for column in EDITABLE:
        if column.field not in sheet.places:
            row[column.field] = known.row[column.field] if known else ""
            continue
        raw = one.cells.get(column.field)
        try:
            row[column.field] = spelled(column, raw, names)
        except BadCell as bad:
            sound = False
            _note(plan, one, sheet, column.field, str(bad), bad.hint, value=shown_raw(raw))
        if column.kind is Kind.DATE and is_serial(raw):
            message = f"是没有显示成日期的数，读作 {row[column.field]}"
            _warn(plan, one, sheet, column.field, message, raw or "")
    row["mode"] = row.get("mode") or MODES[Mode.CONTAINS]
    for words in ("words", "all_of", "none_of"):
        row[words] = tidied(row.get(words, ""), row["mode"])
    return row if sound else None


def _told(one: SheetRow, field: str) -> str:
    cell = one.cells.get(field)
    return "" if cell is None else str(cell).strip()


def _id_of(one: SheetRow, row: Row | None, names: Names) -> str:
    raw = one.cells.get("id")
    try:
        given = spelled(BY_FIELD["id"], raw, names)
    except BadCell:
        return ""
    return given or (_made(row) if row else "")


def _made(row: Row) -> str:
    """An id for a row without one, the same whenever the same words come for the same places."""
    asked = ("words", "all_of", "none_of", "mode", "stores", "channels")
    digest = hashlib.sha256("\0".join(row[field] for field in asked).encode()).hexdigest()[:6]
    word = (row["words"] or row["all_of"]).split("、")[0]
    sound = re.sub(r"[^a-z0-9]+", "", "".join(lazy_pinyin(word)).lower())[:_LONGEST_SOUND]
    return "-".join(filter(None, ["sheet", sound, digest]))


def _decide(
    plan: Plan, one: SheetRow, sheet: Sheet, shelf: Shelf, row: Row, mark: str, *, force: bool
) -> None:
    name, base = row["id"], mark.partition(".")[0]
    placed = shelf.placed.get(name)
    if placed is None:
        _add(plan, one, sheet, shelf, row, expected=bool(base) and not force)
        return
    fields = frozenset(field for field in KEYS if row[field] != placed.row[field])
    if not fields:
        plan.unchanged += 1
    elif base and base != mark_of(placed.row) and base == mark_of(row):
        plan.newer.append(name)
    elif base and plan.by_mark.get(base, name) != name and not force:
        message = f"这一行导出时是规则 {plan.by_mark[base]}，没有动它"
        _note(plan, one, sheet, "id", message, "编号不要换；只给一列排了序的，撤销或重新导出再改")
    elif base and base != mark_of(placed.row) and not force:
        where = f"{placed.block.file}:{placed.block.line}"
        message = f"导出以后 {where} 里的规则 {name} 也改过，没有动它"
        _note(plan, one, sheet, "id", message, "重新导出再改，或加 --force 以表格为准")
    elif _sound(plan, one, sheet, row, fields):
        change = Change(id=name, row=one.number, block=placed.block, cells=row, fields=fields)
        plan.changes.append(change)


def _add(
    plan: Plan, one: SheetRow, sheet: Sheet, shelf: Shelf, row: Row, *, expected: bool
) -> None:
    name = row["id"]
    if name in shelf.taken:
        why = next((left.why for left in shelf.left if left.id == name), "那个文件有问题")
        message = f"规则 {name} 在 {shelf.taken[name]}，不能在表里改：{why}"
        _note(plan, one, sheet, "id", message, "改文件，或给这一行换一个编号")
    elif expected:
        message = f"文件里没有规则 {name}：导出以后被删掉，或者编号改过"
        _note(plan, one, sheet, "id", message, "改回编号、删掉这一行，或加 --force 当作新的")
    elif not any(row[field] for field, key in KEYS.items() if key == "do"):
        _note(plan, one, sheet, "reply", "命中以后什么都不做", "填回复、活动、群池或标签")
    elif _sound(plan, one, sheet, row, frozenset(KEYS)):
        plan.changes.append(Change(id=name, row=one.number, cells=row, fields=frozenset(KEYS)))


def _sound(plan: Plan, one: SheetRow, sheet: Sheet, row: Row, fields: frozenset[str]) -> bool:
    before = len(plan.wrong)
    if not row["words"] and not row["all_of"]:
        _note(plan, one, sheet, "words", "没有关键词", "填关键词，或填必须同时有的词")
    if row["persona"] and not row["reply"]:
        _note(plan, one, sheet, "persona", "有人设，没有回复", "填回复")
    if row["first"] and row["last"] and row["first"] > row["last"]:
        message = f"结束日期早于开始日期 {row['first']}"
        _note(plan, one, sheet, "last", message, value=row["last"])
    sound = len(plan.wrong) == before
    for name, message in _doubts(row, fields):
        _warn(plan, one, sheet, name, message, row[name])
    return sound


def _doubts(row: Row, fields: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(fields, key=list(KEYS).index):
        kind, text = BY_FIELD[name].kind, row[name]
        texts = kind in {Kind.TEXT, Kind.WORDS, Kind.SENTENCES}
        if texts and _FORMULA.match(text):
            yield name, "像公式，已当作文字"
        typed = plain_words(text, row["mode"]) if kind is Kind.WORDS else text
        if (kind is Kind.WORDS or BY_FIELD[name].of == "tag") and _COMMA.search(typed):
            yield name, "里面有逗号或分号，当作字的一部分；要分成几个，用顿号或换行"


def _delete(plan: Plan, sheet: Sheet, shelf: Shelf, fresh: set[str], *, force: bool) -> None:
    marks = {_told(one, "mark").partition(".")[2] for one in sheet.rows} - {""}
    if not force and marks != {ids_mark(set(shelf.placed) - fresh)}:
        message = "导出以后文件里增减过规则（或没有指纹那一列），分不清哪些是您删的：一条都没有删"
        plan.wrong.append(Wrong(message=message, hint="重新导出再删，或加 --force"))
        return
    for name in plan.missing:
        plan.changes.append(Change(id=name, block=shelf.placed[name].block))
    plan.missing = []


def _note(
    plan: Plan, one: SheetRow, sheet: Sheet, name: str, message: str, hint: str = "",
    *, value: str = "",
) -> None:  # fmt: skip
    place = sheet.places.get(name, BY_FIELD[name].heading)
    plan.wrong.append(Wrong(row=one.number, column=place, value=value, message=message, hint=hint))


def _warn(
    plan: Plan, one: SheetRow, sheet: Sheet, name: str, message: str, value: Raw | Uncalculated
) -> None:  # fmt: skip
    place = sheet.places.get(name, BY_FIELD[name].heading)
    plan.wrong.append(
        Wrong(
            row=one.number, column=place, value=shown_raw(value), message=message, level="warning"
        )
    )
