"""Reads one YAML file strictly, keeping the place of every key and value.

Only plain YAML passes: no anchors, aliases, tags, duplicate keys or second document, and `no`,
`12:30` or `012` stay the text they look like (YAML 1.2 core schema, decimal only).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import yaml

from config.problems import Place, Problem

Scalar = str | int | float | bool | None

MAX_DEPTH = 20
_WORDS: Mapping[str, Scalar] = {"": None, "~": None, "null": None, "true": True, "false": False}
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_REASONS = {  # libyaml's words, for people
    "found character '\\t' that cannot start any token": "缩进要用空格，不能用制表符（Tab）",
    "found character that cannot start any token": "这里的字符不能这样用；缩进要用空格，不能用 Tab",
    "mapping values are not allowed in this context": "没对齐，或有冒号的文字没加引号",
    "did not find expected key": "这里应是“名称: 值”，请看缩进是否对齐",
    "could not find expected ':'": "缺少冒号",
    "found unexpected end of stream": "文件没写完（引号或括号没有闭合）",
    "control characters are not allowed": "有不可见的控制字符",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A value of a file and where it stands. `key_at` is the place of its name in a mapping."""

    at: Place
    value: "Scalar | tuple[Node, ...] | Mapping[str, Node]"
    text: str = ""  # a scalar as it was written
    key_at: Place | None = None


class _Mark(Protocol):
    """A position as either of PyYAML's parsers reports it, counted from 0."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class _Unreadable(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def read_yaml(text: str, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """Return the tree of `text` and what is wrong with it; None for an empty or unreadable file.

    Nested deeper than 20 levels, or not YAML at all, it stops at the first problem; everything
    else that is refused is listed whole.
    """
    reader = _Reader(text, file)
    try:
        return reader.document(), tuple(reader.problems)
    except _Unreadable as unreadable:
        return None, (*reader.problems, unreadable.problem)
    except yaml.MarkedYAMLError as error:
        return None, (*reader.problems, _syntax(error, file))
    except yaml.reader.ReaderError as error:
        where = reader.place_of(error.position)
        return None, (*reader.problems, where.problem(_reason(error.reason)))


def _syntax(error: yaml.MarkedYAMLError, file: str) -> Problem:
    place = _at(error.problem_mark or error.context_mark, file)
    return place.problem(_reason(error.problem or ""))


def _at(mark: _Mark | None, file: str) -> Place:
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)


def _reason(english: str) -> str:
    return f"不是合法的 YAML：{_REASONS.get(english, english)}"


def _scalar(text: str) -> Scalar:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


class _Reader:
    """Builds nodes from the events of libyaml, one document deep."""

    def __init__(self, text: str, file: str) -> None:
        self.problems: list[Problem] = []
        self._text = text
        self._file = file
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)

    def place_of(self, position: int) -> Place:
        before = self._text[:position]
        return Place(self._file, before.count("\n") + 1, position - before.rfind("\n"))

    def document(self) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.problems.append(
                        self._place(event).problem("一个文件只能有一份内容（---）")
                    )
                    return root
                root = self._node(next(self._events), depth=0)
        return root if root is None or root.value is not None else None

    def _node(self, event: yaml.Event, depth: int) -> Node:
        place = self._place(event)
        if depth > MAX_DEPTH:
            raise _Unreadable(place.problem(f"嵌套超过 {MAX_DEPTH} 层"))
        self._refuse_tricks(event, place)
        if isinstance(event, yaml.MappingStartEvent):
            return Node(at=place, value=self._mapping(depth))
        if isinstance(event, yaml.SequenceStartEvent):
            return Node(at=place, value=self._sequence(depth))
        if isinstance(event, yaml.ScalarEvent):
            value = _scalar(event.value) if event.implicit[0] else event.value
            return Node(at=place, value=value, text=event.value)
        return Node(at=place, value=None)  # an alias, refused above

    def _sequence(self, depth: int) -> tuple[Node, ...]:
        items: list[Node] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, depth + 1))
        return tuple(items)

    def _mapping(self, depth: int) -> Mapping[str, Node]:
        nodes: dict[str, Node] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth + 1)
            node = self._node(next(self._events), depth + 1)
            if isinstance(key.value, tuple | Mapping):
                self.problems.append(key.at.problem("名称应是一个词"))
            elif key.text in nodes:
                first = nodes[key.text].key_at
                where = f"，第 {first.line} 行已有" if first else ""
                self.problems.append(key.at.problem(f"“{key.text}” 重复{where}"))
            else:
                nodes[key.text] = Node(at=node.at, value=node.value, text=node.text, key_at=key.at)
        return nodes

    def _refuse_tricks(self, event: yaml.Event, place: Place) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self.problems.append(place.problem("不支持锚点与引用（& 和 *），请把内容写全"))
        if getattr(event, "tag", None):
            self.problems.append(place.problem("不支持类型标签（!…）"))

    def _place(self, event: yaml.Event) -> Place:
        return _at(event.start_mark, self._file)
