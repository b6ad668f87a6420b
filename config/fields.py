"""Reads the fields of one mapping or row by name and type, noting everything that is wrong."""

import re
from collections.abc import Mapping
from datetime import datetime

from config.notes import Notes, Said
from config.problems import Place, nearest
from config.yaml_reader import Node

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_PASSPHRASE_CHARS = range(2, 21)
_MAX_FEN = 100_000_000  # a million yuan
REPLY_BYTES = 2048  # a text to a follower (oa/replies-and-messages.md)


class Fields:
    """One noun's fields. What cannot be read is noted and its default returned instead.

    Ask for every field, then call `finish`: the names asked for are the names that exist.
    """

    def __init__(self, node: Node, notes: Notes) -> None:
        self._nodes: Mapping[str, Node] = {}
        self._asked: list[str] = []
        self._notes = notes
        self.at = node.at
        if isinstance(node.value, Mapping):
            self._nodes = node.value
        else:
            notes.add(node.at, "应为“名称: 值”的组合")

    def place(self, name: str) -> Place:
        """Return where `name` stands, or where the noun begins."""
        node = self._nodes.get(name)
        return node.at if node else self.at

    def has(self, name: str) -> bool:
        """Tell whether `name` is given with any value."""
        node = self._nodes.get(name)
        return node is not None and node.value not in (None, "")

    @property
    def named(self) -> frozenset[str]:
        """The names that are written, with a value or without."""
        return frozenset(self._nodes)

    def refuse(self, name: str, message: str, *, hint: str = "") -> None:
        """Note an error at `name`."""
        self._notes.add(self.place(name), f"{name}: {message}", hint=hint)

    def warn(self, name: str, message: str) -> None:
        """Note a warning at `name`."""
        self._notes.add(self.place(name), f"{name}: {message}", level="warning")

    def text(self, name: str, default: str = "", *, required: bool = False) -> str:
        """Return a text without control characters, trimmed."""
        node = self._ask(name, required=required)
        return default if node is None else self._text_of(name, node)

    def ident(self, kind: str, name: str = "id", *, like: re.Pattern[str] = _ID) -> str:
        """Return the required id of a `kind`, at most 64 plain characters and not used before."""
        value = self.text(name, required=True)
        if value and not like.fullmatch(value):
            self.refuse(name, f"“{value}” 不能作编号：只用字母、数字、- 和 _，最多 64 个")
        elif value:
            self._notes.define(kind, value, self.place(name))
        return value

    def define(self, kind: str, name: str, at: str) -> None:
        """Note that this noun, at its field `at`, is the one `kind` called `name`."""
        self._notes.define(kind, name, self.place(at))

    def passphrase(self, name: str) -> str:
        """Return words that customers type whole, 2 to 20 characters, and that nobody else has."""
        value = self.text(name)
        if value and len(value) not in _PASSPHRASE_CHARS:
            self.refuse(name, f"应为 {_PASSPHRASE_CHARS[0]} 到 {_PASSPHRASE_CHARS[-1]} 个字")
        elif value:
            self._notes.define("进群口令", self._notes.comparable(value), self.place(name))
        return value

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        """Return a required word, one of `allowed`."""
        value = self.text(name, required=True)
        if value and value not in allowed:
            self.refuse(name, f"应为 {'、'.join(allowed)} 之一", hint=nearest(value, allowed))
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        node = self._ask(name)
        items = self._items(node) if node else ()
        values = tuple(self._text_of(name, item) for item in items)
        if any(isinstance(item.value, str) and not item.value.strip() for item in items):
            self.refuse(name, "列表里有空的一项")
        return values

    def whole(
        self, name: str, default: int = 0, *, low: int = 0, high: int, required: bool = False
    ) -> int:
        """Return a whole number from `low` to `high`."""
        node = self._ask(name, required=required)
        if node is None:
            return default
        if isinstance(node.value, bool) or not isinstance(node.value, int):
            self.refuse(name, "应为整数（不加引号、不带小数）")
        elif not low <= node.value <= high:
            self.refuse(name, f"应在 {low} 到 {high} 之间，现为 {node.value}")
        else:
            return node.value
        return default

    def fen(self, name: str) -> int:
        """Return money in whole fen, up to a million yuan."""
        node = self._nodes.get(name)
        if node is not None and isinstance(node.value, float):
            self._asked.append(name)
            self.refuse(name, "金额以分为单位，应为整数", hint=_in_fen(node.value))
            return 0
        return self.whole(name, high=_MAX_FEN)

    def flag(self, name: str) -> bool:
        """Return true or false."""
        node = self._ask(name)
        if node is None:
            return False
        if not isinstance(node.value, bool):
            self.refuse(name, "应为 true 或 false")
        return node.value is True

    def moment(self, name: str) -> datetime | None:
        """Return a date, or date and time, in the stores' zone unless it names its own."""
        written = self.text(name)
        if not written:
            return None
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            self.refuse(name, "应为日期时间，如 2026-11-01 08:00")
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=self._notes.zone)

    def template(self, name: str, *, required: bool = False, limit: int = REPLY_BYTES) -> str:
        """Return a text with slots that is at most `limit` bytes of UTF-8 before filling."""
        node = self._ask(name, required=required)
        return "" if node is None else self._template_of(name, node, limit)

    def variants(self, name: str) -> Mapping[str, tuple[str, ...]]:
        """Return a mapping of topic to one or more texts with slots."""
        node = self._ask(name)
        if node is None:
            return {}
        if not isinstance(node.value, Mapping):
            self.refuse(name, "应为“话题: 说法”的组合")
            return {}
        return {topic: self._said(f"{name}.{topic}", said) for topic, said in node.value.items()}

    def ref(self, name: str, kind: str, *, required: bool = False) -> str:
        """Return the id of a `kind`, to be found among all of them later."""
        value = self.text(name, required=required)
        if value:
            self._notes.refer(kind, value, self.place(name))
        return value

    def refs(self, name: str, kind: str) -> tuple[str, ...]:
        """Return ids of a `kind`, each to be found among all of them later."""
        values = self.texts(name)
        node = self._nodes.get(name)
        for value, item in zip(values, self._items(node) if node else (), strict=False):
            self._notes.refer(kind, value, item.at)
        return values

    def nested(self, name: str) -> tuple["Fields", ...]:
        """Return the fields of each mapping in a list."""
        node = self._ask(name)
        if node is None:
            return ()
        if not isinstance(node.value, tuple):
            self.refuse(name, "应为列表（每项以 - 开头）")
            return ()
        return tuple(Fields(item, self._notes) for item in node.value)

    def inside(self, name: str) -> "Fields | None":
        """Return the fields of one mapping, to be finished by whoever reads them."""
        node = self._ask(name)
        return Fields(node, self._notes) if node else None

    def written(self, name: str) -> Mapping[str, tuple[Node, ...]]:
        """Return each topic's variants as they stand in the file, with their places."""
        node = self._nodes.get(name)
        topics = node.value if node and isinstance(node.value, Mapping) else {}
        return {topic: self._items(said) for topic, said in topics.items()}

    def finish(self) -> None:
        """Note every name that nobody asked for."""
        for name, node in self._nodes.items():
            if name not in self._asked:
                at = node.key_at or node.at
                self._notes.add(at, f"不认识的项 “{name}”", hint=nearest(name, self._asked))

    def _ask(self, name: str, *, required: bool = False) -> Node | None:
        self._asked.append(name)
        if self.has(name):
            return self._nodes[name]
        if required:
            self.refuse(name, "缺少这一项")
        return None

    def _items(self, node: Node) -> tuple[Node, ...]:
        return node.value if isinstance(node.value, tuple) else (node,)

    def _text_of(self, name: str, node: Node) -> str:
        if not isinstance(node.value, str):
            self._notes.add(node.at, f"{name}: 应为文字；数字和 true/false 请加引号")
            return ""
        if _CONTROL.search(node.value):
            self._notes.add(node.at, f"{name}: 有不可见的控制字符")
        return node.value.strip()

    def _template_of(self, name: str, node: Node, limit: int) -> str:
        value = self._text_of(name, node)
        if wrong := self._notes.check_text(value):
            self._notes.add(node.at, f"{name}: {wrong}")
        self._notes.said.append(Said(name=name, text=value, at=node.at, limit_bytes=limit))
        if (size := len(value.encode())) > limit:
            self._notes.add(node.at, f"{name}: {size} 字节，超过平台的 {limit} 字节")
        return value

    def _said(self, name: str, node: Node) -> tuple[str, ...]:
        said = tuple(self._template_of(name, item, REPLY_BYTES) for item in self._items(node))
        if not all(said) or not said:
            self._notes.add(node.at, f"{name}: 至少要有一句话，且不能空着")
        return said


def _in_fen(yuan: float) -> str:
    return str(round(yuan * 100)) if 0 < yuan * 100 <= _MAX_FEN else ""
