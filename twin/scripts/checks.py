"""Check what stands behind a word of a script: a known name, a span, a count, a list, a record."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import yaml

from twin.faults import Faults
from twin.scripts.names import Names
from twin.scripts.nodes import Problems, hint, pairs, plain, written
from twin.scripts.spans import span_s
from twin.scripts.verbs import JUDGED, Kind, Word
from twin.settings import Settings
from twin.shape import BadShape, Json

_GENERATED = re.compile(r"客\d{3,}")
_COUNT = re.compile(r"(>=|<=|>|<)?\s*\d+")
_NOUNS = {
    "customers": "顾客",
    "staff": "员工",
    "posters": "海报",
    "codes": "活码",
    "groups": "群",
    "scenes": "客服场景",
    "sources": "来源",
    "tills": "收银台",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """Judges nodes by their word; what is wrong goes to `problems`."""

    names: Names
    problems: Problems

    def check(self, node: yaml.Node, word: Word, key: str) -> None:
        """Judge what stands behind `key`."""
        if not word.fixed or written(node) not in word.fixed:
            _CHECKS[word.kind](self, node, word, key)


def _name(by: Checker, node: yaml.Node, word: Word, key: str) -> None:
    given = written(node)
    known = {one for kind in word.names for one in by.names[kind]}
    if given in known or ("customers" in word.names and _GENERATED.fullmatch(given)):
        return
    nouns = [_NOUNS[kind] for kind in word.names if kind in _NOUNS]
    kind = "或".join(nouns) if nouns and len(nouns) == len(word.names) else f" {key}"
    by.problems.unknown(node, kind, given, [*word.fixed, *sorted(known)])


def _text(by: Checker, node: yaml.Node, word: Word, key: str) -> None:
    if not written(node):
        by.problems.add(node, f"{key} 后面应为文字")


def _pattern(by: Checker, node: yaml.Node, word: Word, key: str) -> None:
    _text(by, node, word, key)
    try:
        re.compile(written(node))
    except re.error as cause:
        by.problems.add(node, f"{key} 的正则写错了：{cause}")


def _span(by: Checker, node: yaml.Node, word: Word, key: str) -> None:
    try:
        span_s(plain(node, by.problems))
    except ValueError:
        told = f"{key} 应为时长，如 500ms、5s、30m、48h、3d，现为 {written(node)}"
        by.problems.add(node, told)


def _count(by: Checker, node: yaml.Node, word: Word, key: str) -> None:
    if not _COUNT.fullmatch(written(node)):
        by.problems.add(node, f"{key} 应为个数，如 0、2、'>=1'，现为 {written(node)}")


def _flag(by: Checker, node: yaml.Node, word: Word, key: str) -> None:
    if not isinstance(plain(node, by.problems), bool):
        by.problems.add(node, f"{key} 应为 true 或 false")


def _list(by: Checker, node: yaml.Node, word: Word, key: str) -> None:
    if not isinstance(node, yaml.SequenceNode):
        by.problems.add(node, f"{key} 应为一列，如 [一, 二]")
        return
    for one in node.value if word.names else ():
        _name(by, one, word, key)


def _record(by: Checker, node: yaml.Node, word: Word, key: str) -> None:
    if not isinstance(node, yaml.MappingNode) or not node.value:
        by.problems.add(node, f"{key} 后面应为一组 键: 值")
        return
    strange = False
    for inner, name, value in pairs(node, by.problems):
        strange |= word.closed and name not in word.options
        if name in word.options:
            by.check(value, word.options[name], name)
        elif word.closed:
            by.problems.unknown(inner, f" {key} 里的", name, word.options)
        elif key == "book":
            _count(by, value, word, name)
    if key == "expect" and not strange and not any(written(one) in JUDGED for one, _ in node.value):
        by.problems.add(node, f"这个 expect 什么也没期待，可用：{'、'.join(JUDGED)}")
    told = plain(node, by.problems)
    if key in _TRIED and isinstance(told, dict):
        _try(by, node, key, told)


def _try(by: Checker, node: yaml.Node, key: str, told: Json) -> None:
    """Do with a twin that nobody uses what the step will do with the real one."""
    try:
        _TRIED[key](told)
    except BadShape as cause:
        by.problems.add(node, f"{key}: {cause.key}")


def _turn(told: Json) -> None:
    known = Settings.__dataclass_fields__
    if unknown := min(told.keys() - known.keys(), default=""):
        raise BadShape(f"没有旋钮 {unknown}，{hint(unknown, known)}")
    try:
        Settings().changed(told)
    except BadShape as cause:
        raise BadShape(f"{cause.key} 的值不对") from cause


_TRIED: Mapping[str, Callable[[Json], None]] = {
    "fault": lambda told: Faults(lambda: 0.0).plant(told),
    "settings": _turn,
}
_CHECKS: Mapping[Kind, Callable[[Checker, yaml.Node, Word, str], None]] = {
    Kind.NAME: _name,
    Kind.TEXT: _text,
    Kind.PATTERN: _pattern,
    Kind.SPAN: _span,
    Kind.RECORD: _record,
    Kind.LIST: _list,
    Kind.COUNT: _count,
    Kind.FLAG: _flag,
}
