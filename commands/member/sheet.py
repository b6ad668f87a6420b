"""Reads a sheet of members: each row as the call would tell it, or its fault."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.shop import Shop
from bot.web.members import known
from bot.web.told_names import Wrong
from config.files import MAX_SHEET_BYTES, read_text
from config.problems import Place, Problem
from config.sheets import ENCODINGS, read_sheet, separator
from config.yaml_reader import Node

HEADERS: Mapping[str, str] = {
    "openid": "公众号openid",
    "oa_account": "公众号",
    "external_userid": "外部联系人id",
    "unionid": "开放平台unionid",
    "mp_openid": "小程序openid",
    "mp_appid": "小程序appid",
    "phone": "手机号",
    "card": "会员卡号",
}
_NAMED = {title.lower(): name for name, title in HEADERS.items()} | {one: one for one in HEADERS}
_TITLES = {*HEADERS, *HEADERS.values()}
_TOP = 10  # lines among which the headings are
_SAME = ("external_userid", "unionid", "phone", "card")
_SCOPED = {
    "openid": ("oa_openid", "oa_account", "account"),
    "mp_openid": ("mp_openid", "mp_appid", "appid"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row that can be told: what the call would hold."""

    line: int
    item: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The rows that can be told, how many there were, and everything wrong with the others."""

    rows: tuple[Row, ...]
    count: int
    problems: tuple[Problem, ...]


def read_members(file: Path, source: str, shop: Shop) -> Sheet:
    """Read a CSV in which each row's names are one person's; every wrong row is told by its line.

    No column is needed in particular. Changes nothing. At most 16 MiB and 200,000 rows.
    """
    nodes, found = read_sheet(file.parent, file.name, _headers(file))
    problems = [_mild(problem) for problem in found]
    wrong = {problem.line for problem in problems if problem.level == "error"}
    rows: list[Row] = []
    for node in nodes:
        if node.at.line in wrong:
            continue
        item = _item(node)
        try:
            known(item, source, shop)
        except Wrong as fault:
            heading = HEADERS.get(fault.field, fault.field)
            at = Place(node.at.file, node.at.line, heading)
            problems.append(at.problem(fault.text))
        else:
            rows.append(Row(line=node.at.line, item=item))
    ordered = sorted(problems, key=lambda one: one.line)
    return Sheet(rows=tuple(rows), count=len(nodes), problems=tuple(ordered))


def _mild(problem: Problem) -> Problem:
    # An export of members has columns that are none of our business.
    if problem.column and isinstance(problem.column, str) and problem.column not in _TITLES:
        return replace(problem, message="没有用到这一列", level="warning")
    return problem


def _headers(file: Path) -> Mapping[str, str]:
    """Return the columns, those of the sheet first: a row is not named by one in particular."""
    text, _ = read_text(file.parent, file.name, limit_bytes=MAX_SHEET_BYTES, encodings=ENCODINGS)
    top = (text or "").split("\n", _TOP)[:_TOP]
    sign = separator(top, lambda cell: _NAMED.get(cell.lower(), ""))
    written = {cell.strip(' "\r').lower() for line in top for cell in line.split(sign)}
    there = [name for name, title in HEADERS.items() if {name, title.lower()} & written]
    return {name: HEADERS[name] for name in (*there, *HEADERS)}


def _item(node: Node) -> Mapping[str, object]:
    cells: Mapping[str, Node] = node.value if isinstance(node.value, Mapping) else {}
    text = {name: cell.text for name, cell in cells.items() if cell.text}
    names: dict[str, object] = {name: text[name] for name in _SAME if name in text}
    for column, (field, beside, scope) in _SCOPED.items():
        if column in text:
            where = {scope: text[beside]} if beside in text else {}
            names[field] = {"value": text[column], **where} if where else text[column]
    return {"names": names}
