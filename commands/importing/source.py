"""A file as people pass it on: JSON, perhaps one value a line, or a text of another form."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from commands.importing.texts import Unreadable, is_flow, read_flow, read_plain
from commands.parts.problems import FINDINGS, USAGE, stop
from config.files import MAX_SHEET_BYTES, read_text
from config.sheets import ENCODINGS

_DEEPEST = 40
_JSON = (".json", ".jsonl")
_CODE = (  # where code may go on as JSON may not: quotes, bare names, a last comma
    "Expecting property name enclosed in double quotes",
    "Expecting value",
    "Illegal trailing comma before end of object",
    "Illegal trailing comma before end of array",
)
_NOT_JSON = {
    "Expecting value": "这里应有一个值（文字要用英文双引号）",
    "Expecting property name enclosed in double quotes": "这里应有键名，用英文双引号",
    "Expecting ',' delimiter": "这里少了逗号，或括号没有配对",
    "Expecting ':' delimiter": "键名后面少了冒号",
    "Unterminated string starting at": "这里的文字没有收尾的双引号",
    "Invalid control character at": "文字里有没转义的换行或控制字符（换行写 \\n）",
    "Invalid \\escape": "不认识的反斜杠转义",
    "Extra data": "JSON 已经结束，后面还有内容",
    "Illegal trailing comma before end of object": "最后一项后面多了逗号",
    "Illegal trailing comma before end of array": "最后一项后面多了逗号",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The values of a file in their order, and the keys that stood twice in one mapping."""

    values: tuple[Any, ...]
    repeated: tuple[str, ...] = ()

    @classmethod
    def of(cls, value: object) -> "Source":
        """Return a file of one value."""
        return cls(values=(value,))


def read_source(file: Path) -> Source:
    """Read a file of JSON, or of one JSON value a line, or of a plainer form (`read_plain`).

    UTF-8, GB18030 or UTF-16 with its mark, at most 16 MiB. Of a key that stands twice the last
    value counts, as for other programs. Stops with line and column when what looks like JSON is
    none, and with the reason when it cannot be read.
    """
    real = file.resolve()
    text, problems = read_text(
        real.parent, real.name, limit_bytes=MAX_SHEET_BYTES, encodings=ENCODINGS
    )
    if text is None:
        stop(f"{file}：{'；'.join(problem.message for problem in problems)}", USAGE)
    reading = _Reading(file, text)
    values = reading.whole() if text.strip() else ()
    return Source(values=tuple(values), repeated=tuple(dict.fromkeys(reading.repeated)))


def _other(file: Path, text: str) -> Any:
    """Return what a text that is no JSON says in another form, None for one without any."""
    try:
        return read_plain(file.name, text)
    except Unreadable as wrong:
        stop(str(wrong), FINDINGS)


class _Reading:
    def __init__(self, file: Path, text: str) -> None:
        self.repeated: list[str] = []
        self._file = file
        self._text = text
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._mapping, parse_constant=self._constant, parse_int=_number
        )

    def whole(self) -> list[Any]:
        """Return the one value of the file, else that of each line."""
        try:
            return [self._decoded(self._text)]
        except json.JSONDecodeError as trouble:
            if trouble.msg != "Extra data" or not _begins_anew(trouble):
                return [self._otherwise(trouble)]
        self.repeated.clear()
        return list(self._lines())

    def _otherwise(self, trouble: json.JSONDecodeError) -> Any:
        """Return what a text says that is no JSON."""
        if self._file.suffix.lower() in _JSON or is_flow(self._text):
            found = read_flow(self._text) if trouble.msg in _CODE else None
            if found is None:
                self._refuse(trouble, trouble.lineno)
        else:
            found = _other(self._file, self._text)
        if isinstance(found, list):
            names = (
                name for one in found if isinstance(one, dict) and len(one) == 1 for name in one
            )
            self.repeated += [name for name, times in Counter(names).items() if times > 1]
        return _without_halves(found)

    def _lines(self) -> Iterator[Any]:
        for number, line in enumerate(self._text.split("\n"), start=1):
            if line.strip():
                try:
                    yield self._decoded(line)
                except json.JSONDecodeError as trouble:
                    self._refuse(trouble, number)

    def _decoded(self, text: str) -> Any:
        try:
            value = self._decoder.decode(text)
        except RecursionError:
            stop(f"{self._file}：嵌套太深", FINDINGS)
        if _depth(value) > _DEEPEST:
            stop(f"{self._file}：嵌套超过 {_DEEPEST} 层", FINDINGS)
        return _without_halves(value)

    def _mapping(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in pairs:
            if key in made and made[key] != value:
                self.repeated.append(key)
            made[key] = value
        return made

    def _constant(self, name: str) -> NoReturn:
        stop(f"{self._file}：{name} 不是合法的 JSON", FINDINGS)

    def _refuse(self, trouble: json.JSONDecodeError, line: int) -> NoReturn:
        meant = _NOT_JSON.get(trouble.msg, trouble.msg)
        stop(f"{self._file}:{line}:{trouble.colno}: 不是合法的 JSON：{meant}", FINDINGS)


def _begins_anew(trouble: json.JSONDecodeError) -> bool:
    """Whether a second value begins on a line of its own, as where each line is a value."""
    start = trouble.pos - trouble.colno + 1
    return not trouble.doc[start : trouble.pos].strip()


def _number(digits: str) -> int | str:
    # A number longer than any integer we read is somebody's id: its digits are kept as text.
    return int(digits) if len(digits) <= 18 else digits  # noqa: PLR2004


def _without_halves(value: Any) -> Any:
    r"""Return a value without half characters, such as \ud83d alone: no file could hold them.

    They are what is left of an emoji that another program cut.
    """
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
        case list():
            return [_without_halves(one) for one in value]
        case dict():
            return {_without_halves(key): _without_halves(one) for key, one in value.items()}
    return value


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level:
        deepest += 1
        below: list[Any] = []
        for one in level:
            if isinstance(one, dict):
                below += one.values()
            elif isinstance(one, list):
                below += one
        level = below
    return deepest
