"""Bytes → a tree of plain values that know their place, by the part of YAML that rules need."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, cast

import yaml
from yaml.reader import Reader

from keyword_rules.problem import Report, Spot

LARGEST_FILE_BYTES = 1_048_576
DEEPEST = 12

_TAG = "tag:yaml.org,2002:"


class Leaf(NamedTuple):  # a file is full of them, and a tuple is made three times as fast
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
        report.add(*_syntax(error, text))
    except yaml.YAMLError:
        report.add(*_unprintable(text))
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
        # None comes only after the end of the stream, which is never asked past.
        self._next = cast(Callable[[], yaml.Event], loader.get_event)
        self._report = report
        self._depth = 0
        self._kinds: dict[str, str] = {}  # of plain values: the same few come again and again

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
        if type(event) is yaml.ScalarEvent:  # most of a file, so asked first and by the type
            if event.anchor or event.tag:
                self._refuse_references(event, _spot(event))
            mark = event.start_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            return Leaf(event.value, self._kind(event), line, column)
        return self._branch(event, _spot(event))

    def _branch(self, event: yaml.Event, at: Spot) -> Node:
        self._refuse_references(event, at)
        if isinstance(event, yaml.AliasEvent):
            return Leaf("", "null", at.line, at.column)
        self._depth += 1
        if self._depth > DEEPEST:
            raise _TooDeep(at)
        tree: Node
        if isinstance(event, yaml.SequenceStartEvent):
            tree = Listing(self._items(), at.line, at.column)
        else:
            tree = Table(self._rows(), at.line, at.column)
        self._depth -= 1
        return tree

    def _items(self) -> tuple[Node, ...]:
        items = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            items.append(self._node(event))
        return tuple(items)

    def _rows(self) -> tuple[tuple[Leaf, Node], ...]:
        rows: dict[str, tuple[Leaf, Node]] = {}
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key, value = self._node(event), self._node(self._next())
            if not isinstance(key, Leaf):
                self._report.add(key, "键必须是一个词")
            elif first := rows.get(key.value):
                self._report.add(key, f"重复的键 {key.value}，前一个在第 {first[0].line} 行")
            else:
                rows[key.value] = (key, value)
        return tuple(rows.values())

    def _kind(self, event: yaml.ScalarEvent) -> str:
        if not event.implicit[0]:
            return "str"  # in quotes, or under a tag that is refused
        value = event.value
        if (known := self._kinds.get(value)) is None:
            known = self._kinds[value] = _plain_kind(value)
        return known

    def _refuse_references(self, event: yaml.Event, at: Spot) -> None:
        if isinstance(event, yaml.AliasEvent):
            self._report.add(at, f"不支持引用 *{event.anchor}", "把内容写全")
        elif getattr(event, "anchor", None):
            self._report.add(at, f"不支持锚点 &{getattr(event, 'anchor', '')}", "把内容写全")
        if tag := getattr(event, "tag", None):
            self._report.add(at, f"不支持标签 {tag}", "去掉它")


def _plain_kind(value: str) -> str:
    """What a value without quotes is, by its looks."""
    for tag, looks in yaml.CSafeLoader.yaml_implicit_resolvers.get(value[:1], ()):
        if looks.match(value):
            return str(tag).removeprefix(_TAG)
    return "str"


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


def _unprintable(text: str) -> tuple[Spot, str, str]:
    found = Reader.NON_PRINTABLE.search(text)
    if found is None:
        return Spot(), "YAML 读不了这个文件", ""
    before = text[: found.start()]
    at = Spot(before.count("\n") + 1, found.start() - before.rfind("\n"))
    return at, f"有看不见的控制字符 U+{ord(found[0]):04X}", "删掉它"


def _syntax(error: yaml.MarkedYAMLError, text: str) -> tuple[Spot, str, str]:
    """Say where YAML cannot be read: of a quote that nobody closes, where it begins."""
    is_open = error.context_mark and "quoted scalar" in (error.context or "")
    mark = error.context_mark if is_open else error.problem_mark or error.context_mark
    at = Spot(mark.line + 1, mark.column + 1) if mark else Spot()
    if is_open and "end of stream" in (error.problem or ""):
        return at, "YAML 语法错误：从这里开始的引号没有收尾", "补上后一个引号"
    return at, f"YAML 语法错误：{error.problem or error.context}", _syntax_hint(text, at)


def _syntax_hint(text: str, at: Spot) -> str:
    lines = text.splitlines()
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    if "\t" in line:
        return "缩进用空格，不用 Tab"
    return "里面有花括号、逗号或冒号的文字要加引号" if "{" in line or "[" in line else ""
