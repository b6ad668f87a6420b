"""A cell as somebody typed it → the one spelling that we write, or what is wrong with it."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from commands.sheets.columns import MODES, WEEKDAYS, YES, Column, Kind
from commands.sheets.names import Names
from commands.sheets.wrong import BadCell
from keyword_rules.fields import LARGEST_NUMBER
from keyword_rules.problem import nearest

Raw = str | float | bool | date | datetime | time | timedelta

LONGEST_CELL = 32_767  # characters; a spreadsheet cell takes no more
_EXACT = 10**15  # from here a spreadsheet has rounded a number
_SEPARATORS = re.compile(r"[、\n]")
_CODE_SEPARATORS = re.compile(r"[、\n,，;；\s]+")
_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_CLOSE_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SERIAL = re.compile(r"[0-9]{5}")
_SERIALS = range(36_526, 73_051)  # the days of this century, as spreadsheets count them
_BEFORE_THE_FIRST = date(1899, 12, 30)
_MIDNIGHT = re.compile(r"[ T]0{1,2}:00(:00)?$")
_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2})-([0-9]{1,2}):([0-9]{2})")
_UNTIL = re.compile(r"\s*(?:[-~－—–]+|至|到)\s*")
_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"})
_YES = {"是": YES, "y": YES, "yes": YES, "true": YES, "1": YES, "√": YES, "✓": YES}
_NO = dict.fromkeys(("否", "n", "no", "false", "0", "×"), "")
_MODES: Mapping[str, str] = {
    **{chinese: chinese for chinese in MODES.values()},
    **{mode.value: chinese for mode, chinese in MODES.items()},
    "": MODES[next(iter(MODES))],
    "模糊": "包含", "模糊匹配": "包含", "精确": "完全一致", "精确匹配": "完全一致",
    "完全匹配": "完全一致", "全匹配": "完全一致", "等于": "完全一致", "左边匹配": "开头",
    "右边匹配": "结尾", "同音": "读音", "拼音": "读音", "正则表达式": "正则",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Uncalculated:
    """A formula whose result the file does not hold."""


def spelled(column: Column, raw: Raw | Uncalculated | None, names: Names) -> str:
    """Return the cell in our spelling, "" for an empty one. Raises BadCell.

    Equal meanings give equal spellings, however a spreadsheet program has dressed them.
    """
    if raw is None or raw == "":
        return _READERS[column.kind]("", column, names)
    if isinstance(raw, Uncalculated):
        raise BadCell("是公式，文件里没有它的结果", "在表格软件里打开、保存一次，或粘贴成数值")
    if column.kind is Kind.DATE and isinstance(raw, date):
        return _day(raw)
    text = _plain(raw)
    if text in _ERRORS:
        raise BadCell("公式出错", "改好公式，或直接填内容")
    if len(text) > LONGEST_CELL:
        raise BadCell(f"超过 {LONGEST_CELL} 个字")
    return _READERS[column.kind](text, column, names)


def plain_id(text: str) -> str:
    """Return an id without what a person types around and between its characters."""
    return _narrow(" ".join(text.split()))


def is_serial(raw: Raw | Uncalculated | None) -> bool:
    """Whether a cell of dates holds the number of a day, as one does that is not shown as a date.

    >>> is_serial(46327.0), is_serial("46327"), is_serial("20261101")
    (True, True, False)
    """
    text = str(int(raw)) if isinstance(raw, float | int) and raw == int(raw) else str(raw).strip()
    return bool(_SERIAL.fullmatch(text)) and int(text) in _SERIALS


def shown_raw(raw: Raw | Uncalculated | None) -> str:
    """Return a cell's content for a message: one line, at most 40 characters."""
    if raw is None or isinstance(raw, Uncalculated):
        return ""
    whole = int(raw) if isinstance(raw, float) and raw.is_integer() else raw
    text = " ".join(str(whole).split())
    return text if len(text) <= 40 else f"{text[:39]}…"  # noqa: PLR2004


def _plain(raw: Raw) -> str:
    if isinstance(raw, bool):
        return YES if raw else "否"
    if isinstance(raw, float | int):
        if abs(raw) >= _EXACT:
            raise BadCell("号码太长，表格软件已经改掉了末几位", "把这一列设为文本再填")
        return str(int(raw)) if raw == int(raw) else str(raw)
    if not isinstance(raw, str):
        raise BadCell("表格软件把它变成了日期或时间", "把这一格设为文本再填")
    text = raw.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n").strip()
    if any(unicodedata.category(one) == "Cc" and one not in "\n\t" for one in text):
        raise BadCell("里面有看不见的控制字符", "删掉再填")
    return text


def _day(day: date) -> str:
    if isinstance(day, datetime):
        if day.time() != time():
            raise BadCell("只要日期，不要钟点")
        day = day.date()
    return day.isoformat()


def _text(text: str, column: Column, _: Names) -> str:
    return plain_id(text) if column.field == "id" else text


def _words(text: str, _: Column, __: Names) -> str:
    return "、".join(_once(part.strip() for part in _SEPARATORS.split(text)))


def _sentences(text: str, _: Column, __: Names) -> str:
    return "\n".join(_once(line.strip() for line in text.split("\n")))


def _name(text: str, column: Column, names: Names) -> str:
    return _id(text, column, names) if text else ""


def _names(text: str, column: Column, names: Names) -> str:
    if not names.checks(column.of):
        return "、".join(_once(part.strip() for part in _SEPARATORS.split(text)))
    found: list[str] = []
    for name in _once(part.strip() for part in _SEPARATORS.split(text)):
        if names.has(column.of, name):
            found.append(names.id_of(column.of, name))
        else:  # several codes, parted by what a person types between them
            parts = [one for one in _CODE_SEPARATORS.split(name) if one]
            found += [_id(one, column, names) for one in parts]
    return "、".join(_once(iter(found)))


def _id(text: str, column: Column, names: Names) -> str:
    return names.id_of(column.of, text if names.has(column.of, text) else _narrow(text))


def _mode(text: str, _: Column, __: Names) -> str:
    known = _MODES.get(text.lower())
    if known is None:
        raise BadCell("没有这种匹配方式", nearest(text, MODES.values()))
    return known


def _date(text: str, _: Column, __: Names) -> str:
    if not text:
        return ""
    plain = _MIDNIGHT.sub("", _narrow(text))
    if is_serial(plain):
        return (_BEFORE_THE_FIRST + timedelta(days=int(plain))).isoformat()
    found = _DATE.fullmatch(plain) or _CLOSE_DATE.fullmatch(plain)
    if not found:
        raise BadCell("不是日期", "写成 2026-11-01")
    year, month, day = map(int, found.groups())
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise BadCell(f"没有这一天：{year} 年 {month} 月 {day} 日", "写成 2026-11-01") from None


def _weekdays(text: str, _: Column, __: Names) -> str:
    order, found = list(WEEKDAYS.values()), set[str]()
    for part in _once(iter(_CODE_SEPARATORS.split(text))):
        ends = [_weekday(end) for end in _UNTIL.split(part)]
        if len(ends) == 1:
            found.add(ends[0])
            continue
        first, last = order.index(ends[0]), order.index(ends[-1])
        span = range(first, last + 1 if first <= last else last + 1 + len(order))
        found |= {order[at % len(order)] for at in span}
    return "、".join(one for one in order if one in found)


def _weekday(written: str) -> str:
    plain = _narrow(written).lower().removeprefix("星期").removeprefix("礼拜").removeprefix("周")
    plain = {"天": "日", "7": "日", **WEEKDAYS}.get(plain, plain)
    if plain.isdecimal() and 1 <= int(plain) <= len(WEEKDAYS):
        return list(WEEKDAYS.values())[int(plain) - 1]
    if plain not in WEEKDAYS.values():
        raise BadCell(f"没有星期 {written}", "写成 一、三、五 或 一至五")
    return plain


def _hours(text: str, _: Column, __: Names) -> str:
    return "、".join(_range(part) for part in _once(iter(re.split(r"[、\n,，;；]", text))))


def _range(written: str) -> str:
    plain = _UNTIL.sub("-", unicodedata.normalize("NFKC", written).strip())
    found = _HOURS.fullmatch(plain)
    if not found:
        raise BadCell(f"不是时段：{written}", "写成 08:00-22:00")
    start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start >= 24 * 60 or end > 24 * 60 or max(start_minute, end_minute) >= 60:  # noqa: PLR2004
        raise BadCell(f"没有这个时刻：{written}", "写成 08:00-22:00")
    return f"{start_hour:02}:{start_minute:02}-{end_hour:02}:{end_minute:02}"


def _number(text: str, _: Column, __: Names) -> str:
    plain = re.sub(r"\.0+$", "", _narrow(text).removeprefix("+"))
    if not plain:
        return ""
    if not re.fullmatch(r"-?[0-9]{1,7}", plain):
        raise BadCell("不是整数", "写成 10 或 -10")
    if not -LARGEST_NUMBER <= int(plain) <= LARGEST_NUMBER:
        raise BadCell(f"应在 -{LARGEST_NUMBER} 到 {LARGEST_NUMBER} 之间")
    return str(int(plain)) if int(plain) else ""


def _yes(text: str, _: Column, __: Names) -> str:
    plain = _narrow(text).lower()
    answer = "" if not plain else {**_YES, **_NO}.get(plain)
    if answer is None:
        raise BadCell("只能填 是 或 否")
    return answer


def _told(text: str, _: Column, __: Names) -> str:
    return text


def _narrow(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain if plain.isascii() else text


def _once(parts: Iterator[str]) -> list[str]:
    return [part for part in dict.fromkeys(parts) if part]


_READERS: Mapping[Kind, Callable[[str, Column, Names], str]] = {
    Kind.TEXT: _text,
    Kind.WORDS: _words,
    Kind.SENTENCES: _sentences,
    Kind.NAME: _name,
    Kind.NAMES: _names,
    Kind.MODE: _mode,
    Kind.DATE: _date,
    Kind.WEEKDAYS: _weekdays,
    Kind.HOURS: _hours,
    Kind.NUMBER: _number,
    Kind.YES: _yes,
    Kind.TOLD: _told,
}
