"""Words in a cell, each with the way in which it is compared where that is not the row's own."""

import re
from collections.abc import Iterator
from itertools import groupby

from commands.sheets.columns import MODES
from commands.sheets.tree import Tree
from keyword_rules.rule import Mode

_BY_CHINESE = {chinese: mode for mode, chinese in MODES.items()}
_MARKED = re.compile(rf"({'|'.join(_BY_CHINESE)})[:：]\s*(.+)")


def marked(word: str, mode: Mode, of_row: Mode) -> str:
    """Return a word as a cell of a row shows it.

    >>> marked("买.*奶", Mode.REGEX, Mode.CONTAINS), marked("牛奶", Mode.WORD, Mode.WORD)
    ('正则:买.*奶', '牛奶')
    """
    return word if mode is of_row else f"{MODES[mode]}:{word}"


def is_marked(word: str) -> bool:
    """Whether a cell would read a word as one with a mode of its own."""
    return _MARKED.fullmatch(word) is not None


def tidied(cell: str, of_row: str) -> str:
    """Return a cell as we write it: no mark that says what the row says already."""
    mode = _BY_CHINESE[of_row]
    return "、".join(dict.fromkeys(marked(word, own, mode) for word, own in _read(cell, mode)))


def phrases_of(cell: str, of_row: str) -> Tree:
    """Return what a join of a rule holds: words as they are, those of other modes in tables."""
    mode = _BY_CHINESE[of_row]
    phrases: list[Tree] = []
    for own, words in groupby(_read(cell, mode), key=lambda one: one[1]):
        some: tuple[Tree, ...] = tuple(word for word, _ in words)
        phrases += some if own is mode else [{"words": some, "mode": own.value}]
    return tuple(phrases)


def plain_words(cell: str, of_row: str) -> str:
    """Return the words of a cell that are no patterns, parted by line breaks."""
    read = _read(cell, _BY_CHINESE[of_row])
    return "\n".join(word for word, mode in read if mode is not Mode.REGEX)


def _read(cell: str, mode: Mode) -> Iterator[tuple[str, Mode]]:
    for part in filter(None, cell.split("、")):
        found = _MARKED.fullmatch(part)
        yield (found[2], _BY_CHINESE[found[1]]) if found else (part, mode)
