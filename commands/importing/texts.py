"""Rules kept in a plain text: a table, YAML or code, or a word and its answer a line."""

import ast
import csv
import io
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from commands.importing.rows import column_of
from config.sheets import separator
from config.yaml_reader import Node, read_yaml

_TOP = 10  # rows among which the headings of a table are
_SECTION = re.compile(r"\[[^\[\]{}\"':,]+\]")
_REMARKS = ("#", ";", "//")
_SIGNS = ("\t", "=>", "->", "=", "＝", "：", ":")
_NAMED = re.compile(
    r"(?:\s*(?:#|//).*\n)*\s*(?:(?:export\s+)?(?:const|let|var)\s+)?[\w.]+\s*=\s*(?=[\[{])"
)
_BLANK = re.compile(r":\s*[,}]")  # a value that was forgotten


class Unreadable(Exception):
    """A text is YAML with a mistake; its words say where and what."""


def read_plain(name: str, text: str) -> Any:
    """Return what a text that is no JSON says, as JSON would; None when it has no such form.

    Raises Unreadable.
    """
    if (rows := table_of(_cells(text))) is not None:
        return rows
    if _NAMED.match(text) and (value := read_flow(text)) is not None:
        return value
    tree, problems = read_yaml(text, name)
    if tree is not None and not problems and isinstance(tree.value, Mapping | tuple):
        return _plain(tree)
    if problems and PurePath(name).suffix.lower() in (".yaml", ".yml"):
        raise Unreadable("\n".join(map(str, problems[:_TOP])))
    return _pairs(text)


def is_flow(text: str) -> bool:
    """Whether a text begins as a list or a mapping in brackets."""
    first = text.lstrip().partition("\n")[0].strip()
    return first.startswith(("[", "{")) and not _SECTION.fullmatch(first)


def read_flow(text: str) -> Any:
    """Return what a literal of another language says, such as `{'a': 'b',}`; None for no such."""
    found = _NAMED.match(text)
    value = text[found.end() :].rstrip().removesuffix(";") if found else text.strip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of escapes that mean nothing
            found = _listed(ast.literal_eval(value))
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        tree, problems = read_yaml(value, "")
        usable = tree is not None and not problems and not _BLANK.search(value)
        found = _plain(tree, _broken) if tree is not None and usable else None
    return found if isinstance(found, dict | list) else None


def _listed(value: Any) -> Any:
    """Return a value of Python as JSON would have it."""
    match value:
        case dict():
            return {str(name): _listed(one) for name, one in value.items()}
        case list() | tuple() | set():
            return [_listed(one) for one in value]
    return value if isinstance(value, str | int | float) else ""


def _broken(text: str) -> str:
    """Return a text with the line breaks that are written as in code."""
    return text.replace("\\n", "\n")


def table_of(rows: Sequence[Sequence[str]]) -> list[dict[str, str]] | None:
    """Return the rows below the headings as mappings; None when no words and answers are named."""
    for at, row in enumerate(rows[:_TOP]):
        titles = [title.strip() for title in row]
        if {"words", "reply"} <= {*map(column_of, titles)}:
            return [_row(titles, cells) for cells in rows[at + 1 :] if any(map(str.strip, cells))]
    return None


def _row(titles: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Return a row by its headings; of two columns of one heading the first one counts."""
    pairs = [(title, cell) for title, cell in zip(titles, cells, strict=False) if title]
    return dict(reversed(pairs))


def _cells(text: str) -> list[list[str]]:
    sign = separator(text.split("\n", _TOP)[:_TOP], column_of)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=sign))
    except csv.Error:
        return []


def _plain(node: Node, told: Callable[[str], str] = str) -> Any:
    """Return what is written, every number and yes as its letters."""
    match node.value:
        case Mapping():
            return {name: _plain(one, told) for name, one in node.value.items()}
        case tuple():
            return [_plain(one, told) for one in node.value]
        case None:
            return ""
    return told(node.text)


def _pairs(text: str) -> list[dict[str, str]] | None:
    """Return each line's word with its answer, where one sign parts them in every line."""
    lines = [line.strip() for line in text.split("\n")]
    said = [line for line in lines if line and not _is_remark(line)]
    for sign in _SIGNS:
        parted = [line.partition(sign) for line in said]
        if parted and all(word.strip() and answer.strip() for word, _, answer in parted):
            return [{_bare(word): _broken(_bare(answer))} for word, _, answer in parted]
    return None


def _bare(text: str) -> str:
    """Return a text without blanks and quotes around it."""
    plain = text.strip()
    quoted = len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "\"'"
    return plain[1:-1] if quoted else plain


def _is_remark(line: str) -> bool:
    return line.startswith(_REMARKS) or _SECTION.fullmatch(line) is not None
