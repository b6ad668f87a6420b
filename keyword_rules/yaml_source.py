"""Bytes → a tree of plain values that know their place, by the part of YAML that rules need."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from keyword_rules.problem import Report, Spot

LARGEST_FILE_BYTES = 1_048_576
DEEPEST = 12

_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value as it was written. `kind` is str, int, float, bool, null, timestamp or merge."""

    value: str
    kind: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Listing:
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """Keys and values, in the order of the file; no key stands twice."""

    rows: tuple[tuple[Leaf, "Node"], ...]
    line: int
    column: int


Node: TypeAlias = Leaf | Listing | Table


def parse_yaml(raw: bytes, report: Report) -> Node | None:
    """Read one document, noting every problem; None when it is empty or cannot be read at all.

    Refused: over 1 MiB, other encodings than UTF-8, byte order marks, anchors and aliases, tags,
    duplicate keys, keys that are not plain, over 12 levels, more than one document.
    """
    text = _decoded(raw, report)
    if text is None:
        return None
    loader = yaml.CSafeLoader(text)
    try:
        return _Reader(loader, report).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Spot(mark.line + 1, mark.column + 1) if mark else Spot()
        report.add(at, f"YAML 语法错误：{error.problem or error.context}", _syntax_hint(text, at))
    except yaml.YAMLError as error:
        report.add(Spot(), f"YAML 语法错误：{error}")
    except _TooDeep as error:
        report.add(error.at, f"嵌套超过 {DEEPEST} 层")
    finally:
        loader.dispose()
    return None


class _TooDeep(Exception):
    def __init__(self, at: Spot) -> None:
        super().__init__()
        self.at = at


class _Reader:
    """Builds the tree from the parser's events. Aliases are never followed, so nothing grows."""

    def __init__(self, loader: yaml.CSafeLoader, report: Report) -> None:
        self._loader = loader
        self._report = report
        self._depth = 0

    def document(self) -> Node | None:
        """The first document's tree; a second document is a problem."""
        tree: Node | None = None
        documents = 0
        while not isinstance(event := self._next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._report.add(_spot(event), "一个文件只能有一份文档", "去掉多余的 ---")
                    break
                tree = self._node(self._next())
        return tree

    def _node(self, event: yaml.Event) -> Node:
        at = _spot(event)
        self._refuse_references(event, at)
        if isinstance(event, yaml.ScalarEvent):
            return Leaf(event.value, self._kind(event), at.line, at.column)
        if isinstance(event, yaml.AliasEvent):
            return Leaf("", "null", at.line, at.column)
        self._depth += 1
        if self._depth > DEEPEST:
            raise _TooDeep(at)
        tree: Node
        if isinstance(event, yaml.SequenceStartEvent):
            items = tuple(map(self._node, self._until(yaml.SequenceEndEvent)))
            tree = Listing(items, at.line, at.column)
        else:
            tree = Table(tuple(self._rows()), at.line, at.column)
        self._depth -= 1
        return tree

    def _rows(self) -> Iterator[tuple[Leaf, Node]]:
        seen: dict[str, int] = {}
        for event in self._until(yaml.MappingEndEvent):
            key, value = self._node(event), self._node(self._next())
            if not isinstance(key, Leaf):
                self._report.add(key, "键必须是一个词")
            elif key.value in seen:
                self._report.add(key, f"重复的键 {key.value}，前一个在第 {seen[key.value]} 行")
            else:
                seen[key.value] = key.line
                yield key, value

    def _until(self, end: type[yaml.Event]) -> Iterator[yaml.Event]:
        while not isinstance(event := self._next(), end):
            yield event

    def _next(self) -> yaml.Event:
        event = self._loader.get_event()
        if event is None:  # after the end of the stream, which is never asked past
            raise yaml.YAMLError("文件不完整")
        return event

    def _kind(self, event: yaml.ScalarEvent) -> str:
        resolve: Callable[..., str] = self._loader.resolve  # untyped in the stubs
        return resolve(yaml.ScalarNode, event.value, event.implicit).removeprefix(_TAG)

    def _refuse_references(self, event: yaml.Event, at: Spot) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._report.add(at, f"不支持引用 *{event.anchor}", "把内容写全")
        elif getattr(event, "anchor", None):
            self._report.add(at, f"不支持锚点 &{getattr(event, 'anchor', '')}", "把内容写全")
        if tag := getattr(event, "tag", None):
            self._report.add(at, f"不支持标签 {tag}", "去掉它")


def _spot(event: yaml.Event) -> Spot:
    mark = event.start_mark
    return Spot(mark.line + 1, mark.column + 1) if mark else Spot()


def _decoded(raw: bytes, report: Report) -> str | None:
    if len(raw) > LARGEST_FILE_BYTES:
        report.add(Spot(), f"文件超过 {LARGEST_FILE_BYTES} 字节", "按主题分成几个文件")
        return None
    if raw.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        report.add(Spot(), "文件开头有 BOM 或不是 UTF-8", "另存为「UTF-8（无 BOM）」")
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        at = Spot(before.count(b"\n") + 1, error.start - before.rfind(b"\n"))
        report.add(at, "不是 UTF-8 文字", "另存为「UTF-8（无 BOM）」")
        return None


def _syntax_hint(text: str, at: Spot) -> str:
    lines = text.splitlines()
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    return "缩进用空格，不用 Tab" if "\t" in line else ""
