"""Reads a sheet of orders as a till exports it: a row as the call would tell it, or its fault."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from bot.events import OrderTold
from bot.shop import Shop
from bot.web.told_names import Wrong
from bot.web.told_order import Heard, heard
from config.problems import Level, Place, Problem, unshorn
from config.sheets import read_sheet
from config.yaml_reader import Node

HEADERS: Mapping[str, str] = {
    "order": "订单号",
    "revision": "版本",
    "updated_at": "更新时间",
    "state": "状态",
    "total": "金额",
    "total_fen": "金额（分）",
    "refunded": "退款",
    "refunded_fen": "退款（分）",
    "paid_at": "支付时间",
    "store": "门店",
    "phone": "手机号",
    "card": "会员卡号",
    "unionid": "unionid",
    "external_userid": "external_userid",
    "oa_openid": "公众号openid",
    "oa_account": "公众号",
    "mp_openid": "小程序openid",
    "mp_appid": "小程序appid",
}
_TITLES = {*HEADERS, *HEADERS.values()}
_YUAN = {"total_fen": "total", "refunded_fen": "refunded"}
_SCOPES = {"oa_openid": ("oa_account", "account"), "mp_openid": ("mp_appid", "appid")}
_SAME = ("updated_at", "state", "paid_at", "phone", "card", "unionid", "external_userid", "order")
_SIGNS = str.maketrans("，", ",", "¥￥元 ")
_AMOUNT = re.compile(r"-?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?P<part>\.[0-9]*)?")
_CENTS = 2
# How exports keep a spreadsheet from rounding a long number: ="0187", '0187.
_AS_TEXT = re.compile(r"""^(?:="([^"]*)"|'(.*))$""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row that can be told: what the call would hold, and the order that makes."""

    line: int
    item: Mapping[str, object]
    event: OrderTold


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The newest row of each order, how many rows there were, and everything worth saying."""

    rows: tuple[Row, ...]
    count: int
    problems: tuple[Problem, ...]


def read_orders(file: Path, source: str, shop: Shop) -> Sheet:
    """Read a CSV of orders; every wrong row is told with its line and column. Changes nothing.

    Money is in yuan with up to two decimals. Of two rows of one order the higher revision counts.
    Columns that mean nothing here are named and left out. At most 16 MiB and 200,000 rows.
    """
    nodes, found = read_sheet(file.parent, file.name, HEADERS)
    problems = [_mild(problem) for problem in found]
    wrong = {problem.line for problem in problems if problem.level == "error"}
    rows: list[Row] = []
    for node in nodes:
        if node.at.line in wrong:
            continue
        try:
            row, remarks = _row(node, source, shop)
        except Wrong as fault:
            problems.append(_problem(node.at, fault))
            continue
        rows.append(row)
        problems += [node.at.problem(text, level="warning") for text in remarks]
    newest, doubled = _newest(rows, file.name)
    ordered = sorted((*problems, *doubled), key=lambda one: one.line)
    return Sheet(rows=newest, count=len(nodes), problems=tuple(ordered))


def _mild(problem: Problem) -> Problem:
    # A till's export has columns that are none of our business.
    if problem.column and str(problem.column) not in _TITLES and isinstance(problem.column, str):
        return replace(problem, message="没有用到这一列", level="warning")
    return _headed(problem)


def _headed(problem: Problem) -> Problem:
    """Return what is wrong with a cell under the heading that stands over it."""
    heading = HEADERS.get(str(problem.column))
    if heading is None:
        return problem
    text = problem.message.removeprefix(f"{problem.column}: ")
    return replace(problem, column=heading, message=text)


def _problem(at: Place, fault: Wrong) -> Problem:
    field = _YUAN.get(fault.field, fault.field)
    heading = HEADERS.get(field, field)
    return Place(at.file, at.line, heading).problem(fault.text)


def _row(node: Node, source: str, shop: Shop) -> tuple[Row, Sequence[str]]:
    cells = _cells(node)
    item: dict[str, object] = {name: cells[name] for name in _SAME if cells.get(name)}
    if not (cells.get("total") or cells.get("total_fen")):
        raise Wrong("total_fen", "缺少这一项：写元，如 12.50")
    item["store"] = _store(cells.get("store", ""), shop)
    for field, yuan in _YUAN.items():
        item.update(_money(cells, field, yuan))
    if cells.get("revision"):
        item["revision"] = _whole("revision", cells["revision"])
    for field, (column, scope) in _SCOPES.items():
        if cells.get(field):
            where = {scope: cells[column]} if cells.get(column) else {}
            item[field] = {"value": cells[field], **where} if where else cells[field]
    told: Heard = heard(item, source, shop)
    return Row(line=node.at.line, item=item, event=told.event), told.remarks


def _cells(node: Node) -> Mapping[str, str]:
    if not isinstance(node.value, Mapping):
        return {}
    return {name: _AS_TEXT.sub(r"\1\2", cell.text) for name, cell in node.value.items()}


def _store(written: str, shop: Shop) -> str:
    stores = shop.content().stores
    if written in stores:
        return written
    named = (one.id for one in stores.values() if one.name == written)
    return next(named, "") or unshorn(written, stores)


def _money(cells: Mapping[str, str], field: str, yuan: str) -> dict[str, int]:
    if cells.get(field):
        return {field: _whole(field, cells[field])}
    return {field: fen_of(cells[yuan], field)} if cells.get(yuan) else {}


def _whole(field: str, written: str) -> int:
    try:
        return int(written)
    except ValueError:
        raise Wrong(field, f"“{written[:20]}” 应为整数") from None


def fen_of(written: str, field: str = "total_fen") -> int:
    """Return an amount of yuan as whole fen, exactly. Raises Wrong for a part of a fen.

    Commas stand between thousands or nowhere.

    >>> fen_of("1,234.5"), fen_of("￥12.50"), fen_of("0.29")
    (123450, 1250, 29)
    """
    plain = written.translate(_SIGNS)
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        raise Wrong(field, f"“{written[:20]}” 不是金额：写元，如 12.50 或 1,234.50")
    if len((found["part"] or "").rstrip("0")) > _CENTS + 1:
        raise Wrong(field, f"“{written[:20]}” 不到一分钱：最多两位小数，如 12.50")
    return int(Decimal(plain.replace(",", "")).scaleb(_CENTS))


def _newest(rows: Iterable[Row], file: str) -> tuple[tuple[Row, ...], list[Problem]]:
    """Return of each order the row with the highest revision, and what became of the others."""
    told: dict[str, list[Row]] = {}
    for row in rows:
        told.setdefault(row.event.order, []).append(row)
    newest: list[Row] = []
    problems: list[Problem] = []
    for same in told.values():
        first = max(same, key=lambda one: one.event.revision)
        rival = next((one for one in same if _contradicts(one, first)), None)
        if rival:  # which of them is right cannot be known, so neither is taken
            text = f"与第 {first.line} 行是同一单、同一版本，内容却不同，都没有收：只留对的那一行"
            problems.append(_said(file, rival, text, level="error"))
            continue
        newest.append(first)
        text = f"在第 {first.line} 行有同样或更新的版本，以那一行为准"
        problems += [_said(file, one, text) for one in same if one is not first]
    return tuple(newest), problems


def _contradicts(one: Row, other: Row) -> bool:
    return one.event.revision == other.event.revision and one.event != other.event


def _said(file: str, row: Row, text: str, level: Level = "warning") -> Problem:
    place = Place(file, row.line, HEADERS["order"])
    return place.problem(f"订单 {row.event.order} {text}", level=level)
