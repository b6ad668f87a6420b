"""Operator text with slots: `{name}` and `{name|default}`, and nothing that can run."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Self

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_SLOT = re.compile(r"[a-z][a-z0-9_]*")
# Behind a digit it is a percentage, and inside a word or an address it is an escape.
_OLD_STYLE = re.compile(r"(?<![0-9０-９%])%(?:\([^()]*\)[a-z]|[nsd](?![A-Za-z0-9]))")


class BadTemplate(ValueError):
    """A text's braces cannot be read. `position` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Slot:
    """One place to fill, and what stands there when nothing fills it."""

    name: str
    default: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed text. Equal texts give equal templates.

    >>> Template.parse("{store_name|本店}营业到 22:00").render({})
    '本店营业到 22:00'
    """

    parts: tuple[str | Slot, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a text; `{{` and `}}` are literal braces.

        Raises BadTemplate for a lone brace and for a slot that is not a plain lower-case name:
        attributes, numbers, formats and conversions are refused.
        """
        parts: list[str | Slot] = []
        end = 0
        for token in _TOKEN.finditer(text):
            parts += [text[end : token.start()], _part(token)]
            end = token.end()
        return cls((*(part for part in parts if part != ""), *([text[end:]] if text[end:] else [])))

    @property
    def slots(self) -> frozenset[str]:
        """The names that the text asks for."""
        return frozenset(part.name for part in self.parts if isinstance(part, Slot))

    def render(self, values: Mapping[str, str]) -> str:
        """Fill the slots. A missing or empty value gives the default, or nothing without one."""
        return "".join(
            part if isinstance(part, str) else values.get(part.name) or part.default
            for part in self.parts
        )

    def filled(self, names: Collection[str], values: Mapping[str, str]) -> str:
        """The text with these slots in place, as text to be parsed again.

        >>> Template.parse("订单{order}，{member_name|您}好").filled({"order"}, {"order": "{1}"})
        '订单{{1}}，{member_name|您}好'
        """
        return "".join(_written(part, names, values) for part in self.parts)


def checked(text: str) -> tuple[frozenset[str], tuple[BadTemplate, ...]]:
    """Return the slots that a text asks for, and everything that `Template.parse` would refuse.

    >>> checked("{a}{0}{b.c}")[0], len(checked("{a}{0}{b.c}")[1])
    (frozenset({'a'}), 2)
    """
    asked: set[str] = set()
    wrong: list[BadTemplate] = []
    for token in _TOKEN.finditer(text):
        try:
            part = _part(token)
        except BadTemplate as error:
            wrong.append(error)
        else:
            asked |= {part.name} if isinstance(part, Slot) else set()
    return frozenset(asked), tuple(wrong)


def old_style(text: str) -> tuple[int, str] | None:
    """Where a text has a slot in the way of other programs, `%s` or `%(name)s`, and which.

    >>> old_style("您好%s，满100%送"), old_style("满100%送"), old_style("打开 a.cn/%d0%b1")
    ((2, '%s'), None, None)
    """
    found = _OLD_STYLE.search(text)
    return (found.start(), found.group()) if found else None


def _written(part: str | Slot, names: Collection[str], values: Mapping[str, str]) -> str:
    if isinstance(part, Slot) and part.name not in names:
        return f"{{{part.name}|{part.default}}}" if part.default else f"{{{part.name}}}"
    plain = part if isinstance(part, str) else values.get(part.name) or part.default
    return plain.replace("{", "{{").replace("}", "}}")


def _part(token: re.Match[str]) -> str | Slot:
    whole, inside = token.group(), token.group(1)
    if whole in {"{{", "}}"}:
        return whole[0]
    if inside is None:
        raise BadTemplate(f"花括号 {whole} 没有配对；要显示花括号本身请写两个", token.start())
    name, _, default = inside.partition("|")
    if not _SLOT.fullmatch(name):
        said = f"{whole} 不是变量：{_fault(name)}"
        raise BadTemplate(f"{said}；只能写 {{名字}} 或 {{名字|默认值}}", token.start())
    return Slot(name, default)


def _fault(name: str) -> str:
    if not name.strip():
        return "没有名字"
    if name.strip().isdigit():
        return "不能按序号取"
    if "." in name or "[" in name:
        return "不能取属性或下标"
    if ":" in name or "!" in name:
        return "不能写格式"
    return "名字是小写字母、数字和下划线"
