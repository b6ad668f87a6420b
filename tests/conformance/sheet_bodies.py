"""The bodies of requests that stand in the platforms' sheets, by the API that they belong to."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.conformance.sent import Json

_FENCE = "```"
_ADDRESS = re.compile(r"/?[a-z_-]+(?:/[a-z_0-9]+)+")
_WORDS = re.compile(r"\([^()]*\)")  # such as «(<= 30 chars)», within a body
_NAME_ONLY = re.compile(r'(?<=[{,])\s*("[a-z_]+")\s*(?=[,}])')
_ANSWER = "->"

At = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """Bodies of one API with values, and bodies of which a sheet names the keys only, all null."""

    whole: list[Json] = field(default_factory=list)
    named: list[Json] = field(default_factory=list)


def read_sheets(folder: Path, apis: Iterable[At]) -> dict[At, Bodies]:
    """Return the bodies in the sheets of a folder for these APIs; empty without the folder.

    Read are JSON blocks below a line that names the API, and in a line of text the first body
    that follows the API's name. What follows an arrow is an answer.
    """
    known = list(apis)
    found: dict[At, Bodies] = {}
    for sheet in sorted(folder.glob("*/*.md")):
        here = [at for at in known if (at[0] == "oa") == (sheet.parent.name == "oa")]
        for at, body in _bodies(sheet.read_text("utf-8"), here):
            _keep(found.setdefault(at, Bodies()), body)
    return {at: bodies for at, bodies in found.items() if bodies.whole or bodies.named}


def _bodies(text: str, apis: list[At]) -> Iterator[tuple[At, str]]:
    at: At | None = None
    block: list[str] | None = None
    for line in text.splitlines():
        if block is not None and line.startswith(_FENCE):
            if at:
                yield at, "".join(block)
            block = None
        elif block is not None:
            block.append(line)
        elif line.startswith(_FENCE):
            block = [] if line == f"{_FENCE}json" else None
        elif line:
            at = _named(line, apis) or (None if line.startswith("#") else at)
            if at and line.startswith("`{"):
                yield at, _first_object(line)
            yield from _in_line(line, apis)


def _in_line(line: str, apis: list[At]) -> Iterator[tuple[At, str]]:
    """Yield each body that follows the name of an API, with no other name or arrow between."""
    for name in _ADDRESS.finditer(line):
        at, asked = _resolved(name.group(), apis), line[name.end() :].partition(_ANSWER)[0]
        body = _first_object(asked)
        if at and body and not _ADDRESS.search(asked.partition("{")[0]):
            yield at, body


def _named(line: str, apis: list[At]) -> At | None:
    """Return the last API that a line names."""
    names = (_resolved(one.group(), apis) for one in _ADDRESS.finditer(line))
    return next((one for one in reversed([*names]) if one), None)


def _resolved(name: str, apis: list[At]) -> At | None:
    """Return the one API whose address ends so."""
    fitting = [at for at in apis if at[1].endswith("/" + name.removeprefix("/"))]
    return fitting[0] if len(fitting) == 1 else None


def _first_object(text: str) -> str:
    """Return the first text in braces that close."""
    begin, depth = text.find('{"'), 0
    for at in range(max(begin, 0), len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if not depth:
            return text[begin : at + 1] if begin >= 0 else ""
    return ""


def _keep(bodies: Bodies, text: str) -> None:
    plain = _WORDS.sub("", text)
    named = _NAME_ONLY.sub(r"\1:null", plain).replace("[..]", "[]").replace("[...]", "[]")
    for kept, written in ((bodies.whole, text), (bodies.named, named)):
        try:
            kept.append(json.loads(written))
        except ValueError:
            continue
        return
