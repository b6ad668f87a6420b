"""A callback's document, XML or JSON, as a tree of texts that loses nothing.

A tree is a text, or a branch: its parts in the order sent, each under a step. Steps joined from
the root make the dotted path of a leaf: `.Name` for an element or a member, `[0]` for an item of
a JSON array, `@name` for an attribute, `#text` for words standing between elements. No name can
imitate an attribute or such words, because only a name's step begins with a dot.
"""

import json
import unicodedata
from collections import Counter
from typing import TypeAlias
from xml.parsers import expat

from bot.errors import Refused

LIMIT_BYTES = 64 * 1024
LIMIT_DEPTH = 8  # elements, or JSON objects and arrays, inside one another
LIMIT_NODES = 4096

_BOM = "\ufeff"
_BLANK = " \t\r\n"
_WORDS = "#text"

Branch: TypeAlias = list[tuple[str, "Tree"]]
Tree: TypeAlias = str | Branch


def parse(payload: bytes | str) -> Tree:
    """The tree of a document: XML when its first visible character is `<`, JSON when `{` or `[`.

    Raises Refused("parse") for anything else, and for what is not well-formed UTF-8, has a
    DOCTYPE, a processing instruction or a NUL, or exceeds 64 KiB, depth 8 or 4,096 nodes.
    """
    text = _decoded(payload).removeprefix(_BOM).lstrip(_BLANK)
    if text.startswith("<"):
        return _Elements().read(text)
    if text.startswith(("{", "[")):
        return _Members().read(text)
    raise Refused("parse", "既不是 XML 也不是 JSON")


def leaves(tree: Tree) -> dict[str, str]:
    """Every leaf as path → text, untrimmed; the root's own name is left out.

    Siblings of one name are numbered `a[0]`, `a[1]`; items of a JSON array always are. An empty
    element is ""; JSON true, false and null are `true`, `false` and "", numbers their source
    text. An empty JSON object or array has no leaf. A path met twice, which only a JSON name
    holding a dot or bracket can bring about, is numbered on: `a.b`, `a.b[1]`.

    >>> leaves(parse("<xml><A>1</A><B>x</B><B> y</B></xml>"))
    {'A': '1', 'B[0]': 'x', 'B[1]': ' y'}
    >>> leaves(parse('{"a": {"b": [1.0, true]}}'))
    {'a.b[0]': '1.0', 'a.b[1]': 'true'}
    """
    pairs: list[tuple[str, str]] = []
    _gather([("", tree)] if isinstance(tree, str) else tree, "", pairs)
    found = dict(pairs)
    return found if len(found) == len(pairs) else _numbered_on(pairs)


def _gather(branch: Branch, above: str, pairs: list[tuple[str, str]]) -> None:
    for step, part in _numbered(branch):
        path = above + step
        if not isinstance(part, str):
            _gather(part, path, pairs)
        elif path or part.strip(_BLANK):  # the root itself is a leaf only when it says something
            pairs.append((path.removeprefix("."), part))


def _numbered(branch: Branch) -> Branch:
    if len(dict(branch)) == len(branch):
        return branch
    total = Counter(step for step, _ in branch)
    met: Counter[str] = Counter()
    parts: Branch = []
    for step, part in branch:
        parts.append((f"{step}[{met[step]}]" if total[step] > 1 else step, part))
        met[step] += 1
    return parts


def _numbered_on(pairs: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    met: Counter[str] = Counter()
    for path, text in pairs:
        free = path
        while free in found:
            met[path] += 1
            free = f"{path}[{met[path]}]"
        found[free] = text
    return found


def _decoded(payload: bytes | str) -> str:
    try:
        sized = payload.encode() if isinstance(payload, str) else payload
        if len(sized) > LIMIT_BYTES:
            raise Refused("parse", "超过 64 KiB")
        return sized.decode()
    except UnicodeError:
        raise Refused("parse", "不是合法的 UTF-8") from None


class _Elements:
    """Builds the tree from expat's events; one instance reads one document."""

    def __init__(self) -> None:
        self._open: list[Branch] = [[]]
        self._nodes = 0

    def read(self, document: str) -> Tree:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._say
        parser.XmlDeclHandler = _check_declaration
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.ProcessingInstructionHandler = _refuse_instruction
        try:
            parser.Parse(document, True)
        except expat.ExpatError as error:
            raise Refused("parse", f"XML 不合法：第 {error.lineno} 行") from None
        ((_, root),) = self._open[0]
        return root

    def _start(self, _name: str, attributes: dict[str, str]) -> None:
        self._nodes += 1 + len(attributes)
        if len(self._open) > LIMIT_DEPTH or self._nodes > LIMIT_NODES:
            raise Refused("parse", "层数或节点太多")
        self._open.append([(f"@{name}", value) for name, value in attributes.items()])

    def _say(self, words: str) -> None:
        self._open[-1].append((_WORDS, words))

    def _end(self, name: str) -> None:
        parts = self._open.pop()
        self._open[-1].append((f".{name}", _element(parts)))


def _element(parts: Branch) -> Tree:
    if len(parts) == 1 and parts[0][0] == _WORDS:  # nearly every element
        return parts[0][1]
    words = "".join(part for step, part in parts if step == _WORDS and isinstance(part, str))
    named = [part for part in parts if part[0] != _WORDS]
    if not named:
        return words
    if named[-1][0].startswith("@"):  # attributes alone: the element is still a leaf
        return [("", words), *named]
    return named if _invisible(words) else [*named, (_WORDS, words)]


def _invisible(text: str) -> bool:
    # Manuals copied from web pages carry zero-width spaces in their indentation.
    return all(char in _BLANK or unicodedata.category(char) == "Cf" for char in text)


def _check_declaration(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in ("utf-8", "utf8"):
        raise Refused("parse", "XML 声明的编码不是 UTF-8")


def _refuse_doctype(_name: str, _system: str | None, _public: str | None, _subset: int) -> None:
    raise Refused("parse", "XML 里不允许 DOCTYPE")


def _refuse_instruction(_target: str, _text: str) -> None:
    raise Refused("parse", "XML 里不允许处理指令")


class _Members:
    """Builds the tree from decoded JSON, in which objects are tuples of pairs."""

    def __init__(self) -> None:
        self._nodes = 0

    def read(self, document: str) -> Tree:
        try:
            value: object = json.loads(
                document,
                object_pairs_hook=tuple,  # keeps a member given twice
                parse_int=str,
                parse_float=str,
                parse_constant=_refuse_constant,
            )
            return self._grown(value, 0)
        except (ValueError, RecursionError):
            raise Refused("parse", "JSON 不合法") from None

    def _grown(self, value: object, depth: int) -> Tree:
        self._nodes += 1
        if self._nodes > LIMIT_NODES or (depth == LIMIT_DEPTH and isinstance(value, tuple | list)):
            raise Refused("parse", "层数或节点太多")
        if isinstance(value, tuple):
            return [(f".{_text(name)}", self._grown(part, depth + 1)) for name, part in value]
        if isinstance(value, list):
            return [(f"[{at}]", self._grown(part, depth + 1)) for at, part in enumerate(value)]
        return _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "" if value is None else str(value)
    text.encode()  # half of a surrogate pair is no text
    if "\0" in text:
        raise Refused("parse", "含有 NUL 字符")
    return text


def _refuse_constant(name: str) -> object:
    raise Refused("parse", f"JSON 里不允许 {name}")
