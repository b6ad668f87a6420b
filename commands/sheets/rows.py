"""A rule of a file → its row in the sheet, or why it has none."""

import hashlib
import re
from collections.abc import Iterator, Mapping

from commands.sheets.blocks import Block
from commands.sheets.columns import EDITABLE, MODES, WEEKDAYS, YES, Row
from commands.sheets.modes import is_marked, marked
from commands.sheets.spellings import LONGEST_CELL, plain_id
from commands.sheets.tree import Bare, Tree
from keyword_rules.rule import TEXT, Mode

STEPS: Mapping[str, Mapping[str, str]] = {  # verb → its argument → the field that shows it
    "reply": {"text": "reply", "persona": "persona"},
    "grant": {"campaign": "campaign"},
    "invite": {"pool": "pool"},
    "tag": {"names": "tags"},
    "untag": {"names": "untags"},
}
SHORT = {"reply": "text", "grant": "campaign", "invite": "pool", "tag": "names", "untag": "names"}
NAMED = {"channel": "channels", "store": "stores", "weekdays": "weekdays", "hours": "hours"}
SHOWN_WHERE = (*NAMED, "dates")
SHOWN = ("id", "say", "where", "priority", "continue", "stop", "dry_run", "do", "cases", "note")
PARTED = re.compile(r"[、\n]")
_STRANGE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]|_x000D_")  # no cell brings it back


class Unfit(ValueError):
    """A rule does not fit one row; the text says why."""


def row_of(block: Block) -> Row:
    """Return the cells of a rule, as far as the sheet shows it. Raises Unfit."""
    rule = block.rule
    if not block.editable:
        raise Unfit("不是单独成行的写法（如 [ {…}, {…} ]）")
    if "on" in rule and TEXT not in _list(rule["on"]):
        raise Unfit(f"不看顾客的话，看的是 {'、'.join(_list(rule['on']))}")
    row = {
        "id": block.id,
        **said(rule.get("say")),
        **_where(_table(rule.get("where", {}))),
        **_done(steps_of(rule)),
        **_cases(rule),
        "priority": _number(rule.get("priority")),
        "continue": YES if _goes_on(rule) else "",
        "dry_run": YES if rule.get("dry_run") == Bare("true") else "",
        "note": _text(rule.get("note", "")),
    }
    _check_carried(row)
    return {column.field: row.get(column.field, "") for column in EDITABLE}


def _check_carried(row: Row) -> None:
    if any(len(cell) > LONGEST_CELL for cell in row.values()):
        raise Unfit(f"有一格会超过 {LONGEST_CELL} 个字")
    if any(_STRANGE.search(cell) for cell in row.values()) or row["id"] != plain_id(row["id"]):
        raise Unfit("有表格里存不住的字符")


def more_of(block: Block) -> str:
    """Return what a rule has besides what its row shows, by the names of the rule language."""
    rule = block.rule
    found = [key for key in rule if key not in SHOWN]
    found += [key for key in _table(rule.get("where", {})) if key not in SHOWN_WHERE]
    for verb, args in steps_of(rule):
        hidden = [arg for arg in args if arg not in STEPS.get(verb, ())]
        found += [f"{verb}.{arg}" for arg in hidden] if verb in STEPS else [verb]
    detailed = sum(not is_plain(case) for case in _list_of(rule.get("cases", ())))
    return "、".join([*found, *([f"{detailed} 条带条件的例句"] if detailed else [])])


def mark_of(row: Row) -> str:
    """Return 12 hex digits that are equal for equal rows, behind a letter.

    The letter keeps a spreadsheet program from taking 12e34567 for a number.
    """
    cells = "\0".join(f"{column.field}\1{row[column.field]}" for column in EDITABLE)
    return "v" + hashlib.sha256(cells.encode()).hexdigest()[:12]


def steps_of(rule: Mapping[str, Tree]) -> list[tuple[str, dict[str, Tree]]]:
    """Return the steps of a rule, each with its arguments by name."""
    steps: list[tuple[str, dict[str, Tree]]] = []
    for step in _list_of(rule.get("do", ())):
        if isinstance(step, str):
            steps.append((step, {}))
            continue
        for verb, given in _table(step).items():
            named = isinstance(given, Mapping)
            steps.append((verb, dict(_table(given)) if named else {SHORT.get(verb, ""): given}))
    return steps


def is_plain(case: Tree) -> bool:
    """Whether a case is a sentence and nothing else, so that a cell can show it."""
    if not isinstance(case, Mapping) or set(case) != {"text", "hit"}:
        return False
    text = case["text"]
    return isinstance(text, str) and "\n" not in text and text == text.strip()


def said(say: Tree | None) -> dict[str, str]:
    """Return the cells that show the words of a rule. Raises Unfit."""
    if say is None:
        raise Unfit("没有关键词")
    if not isinstance(say, Mapping):
        say = {"any": say}
    written = say.get("mode", Mode.CONTAINS.value)
    mode = Mode(written if isinstance(written, str) else "")
    shown = {"any": "words", "all": "all_of", "none": "none_of"}
    cells = {
        shown[join]: "、".join(dict.fromkeys(_phrases(say[join], mode)))
        for join in shown
        if join in say
    }
    return {"mode": MODES[mode], **cells}


def _phrases(tree: Tree, mode: Mode, own: Mode | None = None) -> Iterator[str]:
    for one in _list_of(tree):
        if isinstance(one, Mapping):
            written = one.get("mode", mode.value)
            of_these = Mode(written if isinstance(written, str) else "")
            yield from _phrases(one.get("words", ()), mode, of_these)
        elif isinstance(one, str):
            if PARTED.search(one) or one != one.strip() or is_marked(one):
                raise Unfit("关键词里有顿号、换行、首尾空格，或像「正则:」这样的开头")
            yield marked(one, own or mode, mode)


def _where(where: Mapping[str, Tree]) -> dict[str, str]:
    cells = {field: _list(where[name]) for name, field in NAMED.items() if name in where}
    if "weekdays" in cells:
        days = set(cells["weekdays"])
        cells["weekdays"] = [shown for day, shown in WEEKDAYS.items() if day in days]
    if "hours" in cells:
        cells["hours"] = [_padded(one) for one in cells["hours"]]
    first, last = _window(_list(where.get("dates", ())))
    return {field: _joined(names) for field, names in cells.items()} | {
        "first": first,
        "last": last,
    }


def _padded(hours: str) -> str:
    return "-".join(end.strip().zfill(len("00:00")) for end in hours.split("-"))


def _window(dates: list[str]) -> tuple[str, str]:
    if len(dates) > 1:
        raise Unfit("有不止一段日期")
    first, between, last = (dates or [".."])[0].partition("..")
    return first.strip(), last.strip() if between else first.strip()


def _done(steps: list[tuple[str, dict[str, Tree]]]) -> dict[str, str]:
    cells: dict[str, str] = {}
    verbs = [verb for verb, _ in steps]
    for verb, args in steps:
        if verb in STEPS and verbs.count(verb) > 1:
            raise Unfit(f"有不止一个 {verb}")
        for arg, field in STEPS.get(verb, {}).items():
            if arg in args:
                given = args[arg]
                cells[field] = _joined(_list(given)) if arg == "names" else _text(given)
    return cells


def _cases(rule: Mapping[str, Tree]) -> dict[str, str]:
    cells: dict[str, list[str]] = {"hits": [], "misses": []}
    for case in filter(is_plain, _list_of(rule.get("cases", ()))):
        told = _table(case)
        cells["hits" if told["hit"] == Bare("true") else "misses"].append(str(told["text"]))
    return {field: "\n".join(dict.fromkeys(texts)) for field, texts in cells.items()}


def _goes_on(rule: Mapping[str, Tree]) -> bool:
    return rule.get("continue") == Bare("true") or rule.get("stop") == Bare("false")


def _number(tree: Tree | None) -> str:
    return str(int(tree.text)) if isinstance(tree, Bare) and int(tree.text) else ""


def _text(tree: Tree) -> str:
    return tree.replace("\r\n", "\n").strip() if isinstance(tree, str) else ""


def _joined(names: list[str]) -> str:
    if any(PARTED.search(name) for name in names):
        raise Unfit("有名字里带顿号或换行")
    return "、".join(dict.fromkeys(names))


def _list(tree: Tree) -> list[str]:
    return [one if isinstance(one, str) else getattr(one, "text", "") for one in _list_of(tree)]


def _list_of(tree: Tree) -> tuple[Tree, ...]:
    return tree if isinstance(tree, tuple) else (tree,)


def _table(tree: Tree) -> Mapping[str, Tree]:
    return tree if isinstance(tree, Mapping) else {}
