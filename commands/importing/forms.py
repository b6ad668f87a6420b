"""Which form a JSON value of somebody else's rules has, told by its shape, and what it says."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from commands.console.auto_replies import is_console, read_auto_replies
from commands.importing.doubts import odd_keys, odd_words, unread_rows
from commands.importing.replies import Example, Keywords, Reply, ReplySet
from commands.importing.rows import is_answer, is_row, mode_of, read_replies, read_row

_LISTS = (
    *("keyword", "keywords", "rules", "replies", "list", "data"),
    *("result", "response", "items", "rows", "records"),
)
_TABLE = "keyword_type"
_WELCOMES = ("subscribe_msg", "subscribe_reply", "follow_reply")
_DEFAULTS = ("*", "default", "default_reply", "fallback", "默认", "默认回复", "兜底")
_USED = {*_LISTS, *_WELCOMES, *_DEFAULTS, _TABLE, "errmsg", "msg", "message"}
FORMS = """\
认识的写法（看内容，不看文件名）：
  公众号后台
    {"keyword_autoreply_info": {"list": [{"rule_name": "营业时间", "reply_mode": "reply_all",
      "keyword_list_info": [{"type": "text", "match_mode": "contain", "content": "几点"}],
      "reply_list_info": [{"type": "text", "content": "7:00 到 23:00"}]}]}}
  词对答
    {"营业时间": "7:00 到 23:00", "地址": ["玉鸟路 12 号", "近地铁口"]}
  套一层的
    {"keyword": {"营业时间": "7:00 到 23:00"}}
  带匹配方式
    {"keyword": {"天气": {"keywords": ["天气"], "match_type": "contains", "reply": "晴"}}}
  一行一条（0 完全匹配，1 左边匹配，2 右边匹配，3 模糊匹配；几个词用空格分开）
    [{"keyword": "营业时间 几点", "keyword_type": 3, "reply": "7:00 到 23:00"}]
也可以一行一个 JSON，或：
  表格（.xlsx、.csv、.tsv），表头里有 关键词 和 回复，还可以有 匹配方式
  YAML：  营业时间: 7:00 到 23:00
  一行一对：  营业时间=7:00 到 23:00
公众号后台可以直接读：--account 账号"""


_NOTHING = ReplySet(title="空的", remarks=("里面一条规则也没有：请看导出时有没有选上规则",))


class UnknownForm(Exception):
    """A value has none of the forms that can be read; its words say why, where that is known."""


def read_sets(values: Sequence[Any]) -> Iterator[ReplySet]:
    """Yield the sets of a file's values, each named after itself where it says its name.

    A value may be wrapped with its expected answers: `payload` and `expected`. Raises UnknownForm.
    """
    for value in values:
        if isinstance(value, list) and value and all(map(_is_wrapped, value)):
            yield from read_sets(value)
        elif _is_wrapped(value):
            yield _read(value["payload"], name=_name(value), examples=_examples(value))
        else:
            yield _read(value)


def _is_wrapped(value: object) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("payload"), Mapping | list)


def _name(value: Mapping[str, Any]) -> str:
    return str(value.get("id") or value.get("name") or "")


def _examples(value: Mapping[str, Any]) -> tuple[Example, ...]:
    expected = value.get("expected")
    told = expected.get("cases") if isinstance(expected, Mapping) else None
    pairs = (one for one in told or () if isinstance(one, list) and len(one) == 2)  # noqa: PLR2004
    return tuple(
        Example(text=text, answers=tuple(reply.text for reply in read_replies(answer)))
        for text, answer in pairs
        if isinstance(text, str)
    )


def _read(value: Any, *, name: str = "", examples: tuple[Example, ...] = ()) -> ReplySet:
    found = _shaped(value)
    canonical = json.dumps(value, ensure_ascii=True, sort_keys=True)
    return ReplySet(
        name=name,
        title=found.title,
        origin=hashlib.sha256(canonical.encode()).hexdigest()[:16],
        rules=found.rules,
        every=found.every,
        channels=found.channels,
        follow=found.follow,
        default=found.default,
        examples=examples,
        remarks=found.remarks,
    )


def _shaped(value: Any) -> ReplySet:
    if value in ({}, []):
        return _NOTHING
    if isinstance(value, list):
        return _listed(value, {})
    if not isinstance(value, Mapping):
        raise UnknownForm
    return read_auto_replies(value) if is_console(value) else _keyed(value)


def _keyed(value: Mapping[str, Any]) -> ReplySet:
    inner = next((value[key] for key in _LISTS if isinstance(value.get(key), Mapping | list)), None)
    if inner and not is_row(value):
        return _wrapped(value, inner)
    if value.get("errcode") not in (None, 0, "0"):
        told = f"{value['errcode']} {value.get('errmsg') or ''}".strip()
        raise UnknownForm(f"这是平台报的错（{told}），请先让那边导得出来")
    if _is_settings(value):
        return _settings(value)
    if inner is not None and not is_row(value):
        return _NOTHING
    return _listed([value], {}) if is_row(value) else _mapped(value, strict=True)


def _wrapped(value: Mapping[str, Any], inner: Any) -> ReplySet:
    told = value.get(_TABLE)
    table = told if isinstance(told, Mapping) else {}
    if isinstance(inner, list):
        found = _listed(inner, table)
    elif is_console(inner) or is_row(inner) or any(map(_holds_more, _under(inner))):
        found = _shaped(inner)
    else:
        found = _mapped(inner, table=table)
    greeting, default = _first(value, _WELCOMES), _first(value, _DEFAULTS)
    unused = [k for k, one in value.items() if k not in _USED and one and not _is_number(one)]
    remarks = (f"旁边的这几项没有用到：{'、'.join(unused)}",) if unused else ()
    return replace(
        found,
        follow=found.follow or (Reply(text=greeting) if greeting else None),
        default=found.default or (Reply(text=default) if default else None),
        remarks=(*found.remarks, *remarks),
    )


def _under(value: Mapping[str, Any]) -> Iterator[Any]:
    return (value[key] for key in _LISTS if key in value)


def _holds_more(value: object) -> bool:
    """Whether it is neither an answer nor one rule, but something that may hold rules."""
    return isinstance(value, Mapping | list) and not (is_answer(value) or is_row(value))


def _first(value: Mapping[str, Any], names: Sequence[str]) -> str:
    found = (value.get(name) for name in names)
    return next((one.strip() for one in found if isinstance(one, str) and one.strip()), "")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _listed(rows: Sequence[Any], table: Mapping[str, Any]) -> ReplySet:
    good = {number: row for number, row in enumerate(rows, start=1) if is_row(row)}
    if not good and rows:
        if any(isinstance(row, Mapping) and {"id", "do"} <= {*row} for row in rows):
            raise UnknownForm("这是店小二自己的规则文件，不用导入：放进家目录的 rules/ 就会读")
        if all(isinstance(row, Mapping) and len(row) == 1 for row in rows):
            return _mapped({name: one for row in rows for name, one in row.items()}, strict=True)
        raise UnknownForm
    rules = [read_row(f"第 {number} 条", row, table) for number, row in good.items()]
    numbered = any(str(row.get(_TABLE, "")).isdigit() for row in good.values())
    lost = unread_rows([number for number, _ in enumerate(rows, start=1) if number not in good])
    return _table(rules, every=not numbered, remarks=[*lost, *odd_keys(good.values())])


def _mapped(
    value: Mapping[str, Any], *, table: Mapping[str, Any] | None = None, strict: bool = False
) -> ReplySet:
    """Read a mapping of a word to its answer, or of a name to its rule."""
    rules = [rule for name, one in value.items() if (rule := _entry(name, one, table or {}))]
    lost = [name for name, one in value.items() if not (is_row(one) or is_answer(one))]
    if not rules or (lost and strict):
        odd = f"这几项不是一句或几句回答：{'、'.join(lost)}" if rules else ""
        raise UnknownForm(odd)
    remarks = [f"看不懂、没有导入的：{'、'.join(lost)}"] if lost else []
    if len(rules) + len(lost) < len(value):
        remarks.append("有回答没有写关键词（键是空的），没有导入")
    rows = [one for one in value.values() if is_row(one)]
    return _table(rules, every=bool(rows), remarks=[*remarks, *odd_keys(rows)])


def _table(rules: Sequence[Keywords], *, every: bool, remarks: Sequence[str]) -> ReplySet:
    """Return a set of rules, the ones for whatever nobody knows taken out of them."""
    last = [rule for rule in rules if _is_default(rule)]
    return ReplySet(
        title="关键词表",
        rules=tuple(rule for rule in rules if not _is_default(rule)),
        every=every,
        default=next((reply for rule in last for reply in rule.replies), None),
        remarks=(*remarks, *odd_words(rules)),
    )


def _is_default(rule: Keywords) -> bool:
    return bool(rule.words) and all(word.casefold() in _DEFAULTS for word, _ in rule.words)


def _entry(name: str, one: Any, table: Mapping[str, Any]) -> Keywords | None:
    if is_row(one):
        return read_row(name, one, table)
    if is_answer(one) and name.strip():
        return read_row(name, {"keywords": [name], "reply": one}, table)
    return None


def _is_settings(value: Mapping[str, Any]) -> bool:
    return _TABLE in value or any(key == "prefix" or key.endswith("_prefix") for key in value)


def _settings(value: Mapping[str, Any]) -> ReplySet:
    """Tell what settings without rules say, and take the greeting if there is one."""
    greeting = _first(value, _WELCOMES)
    table = value.get(_TABLE)
    if isinstance(table, Mapping):
        remark = _of_modes(table)
    else:
        prefixes = {k: v for k, v in value.items() if k == "prefix" or k.endswith("_prefix")}
        remark = _of_prefixes(prefixes)
    return ReplySet(
        title="设置",
        follow=Reply(text=greeting) if greeting else None,
        remarks=(remark,),
    )


def _of_modes(table: Mapping[str, Any]) -> str:
    meant = "，".join(
        f"{number} {name} 即 mode: {mode}"
        for number, name in table.items()
        if (mode := mode_of(name) or mode_of(number))
    )
    return (
        f"这是匹配方式的对照表，里面没有规则（{meant}）。请把规则也导出来，每条写成 "
        '{"keyword": "词 词", "keyword_type": 3, "reply": "答"}，与它放进同一个文件的 "rules" 里'
    )


def _of_prefixes(prefixes: Mapping[str, Any]) -> str:
    listed = "；".join(
        f"{name}：{'、'.join(map(str, found)) if isinstance(found, list) else found}"
        for name, found in prefixes.items()
    )
    return (
        f"这是前缀的设置，里面没有关键词和回复（{listed}）。店小二不用前缀，顾客直接说就会回答；"
        "某个开头要有自己的回答时，写一条 say: { any: [开头], mode: prefix } 的规则"
    )
