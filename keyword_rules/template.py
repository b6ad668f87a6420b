"""Operator text with slots: `{name}` and `{name|default}`, and nothing that can run."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_SLOT = re.compile(r"[a-z][a-z0-9_]*")


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


def _part(token: re.Match[str]) -> str | Slot:
    whole, inside = token.group(), token.group(1)
    if whole in {"{{", "}}"}:
        return whole[0]
    if inside is None:
        raise BadTemplate(f"花括号 {whole} 没有配对；要显示花括号本身请写两个", token.start())
    name, _, default = inside.partition("|")
    if not _SLOT.fullmatch(name):
        raise BadTemplate(f"{whole} 不是变量；只能写 {{名字}} 或 {{名字|默认值}}", token.start())
    return Slot(name, default)
