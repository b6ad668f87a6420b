"""Reads a shop's own words, by which texts are cut beside the general dictionary."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from config.files import read_text
from config.problems import Place, Problem

FILE = "words.txt"
MOST_LINES = 100_000
MAX_BYTES = 4 * 1024 * 1024
LONGEST_WORD = 20  # characters
MOST_OFTEN = 1_000_000_000
MOST_PROBLEMS = 100

# What may stand inside a word: at anything else a text is cut in any case.
_WORD = re.compile(r"[\u4e00-\u9fd5a-zA-Z0-9+#&._%-]+")
_REMARK = re.compile(r"(?:^|\s)#")
_NUMBER = re.compile(r"[0-9]{1,10}")
_TAG = re.compile(r"[a-zA-Z]{1,8}")

Words = Mapping[str, int | None]


def read_words(home: Path, comparable: Callable[[str], str]) -> tuple[Words, tuple[Problem, ...]]:
    """Return the words of `words.txt` with their frequency, None where it says none.

    A line is a word, perhaps its frequency, and perhaps then its part of speech, which is not
    used; what follows `#` at the start or after a space is a remark. No file is no words. At most
    4 MiB and 100,000 lines; one with a mistake gives no words, but its first hundred mistakes.
    """
    if not (home / FILE).exists() and not (home / FILE).is_symlink():
        return {}, ()
    text, found = read_text(home, FILE, limit_bytes=MAX_BYTES)
    if text is None:
        return {}, found
    if (lines := text.count("\n")) > MOST_LINES:
        return {}, (Place(FILE).problem(f"有 {lines} 行，最多 {MOST_LINES} 行"),)
    reader = _Reader(comparable)
    problems = (*found, *reader.problems(text))
    if any(problem.level == "error" for problem in problems):
        return {}, problems[:MOST_PROBLEMS]
    return reader.words, problems[:MOST_PROBLEMS]


class _Reader:
    """Collects the words of a file, and tells what is wrong with its lines."""

    def __init__(self, comparable: Callable[[str], str]) -> None:
        self.words: dict[str, int | None] = {}
        self._comparable = comparable
        self._lines: dict[str, int] = {}

    def problems(self, text: str) -> Iterator[Problem]:
        """Read it all. Errors keep the file from being used, warnings do not."""
        for number, line in enumerate(text.splitlines(), start=1):
            written = _REMARK.split(line, maxsplit=1)[0].split()
            if written:
                yield from self._entry(Place(FILE, number, 1), *written)

    def _entry(self, at: Place, word: str, often: str = "", *more: str) -> Iterator[Problem]:
        folded = self._comparable(word)
        if problem := _wrong(folded, often, more):
            yield at.problem(problem)
        elif first := self._lines.get(folded):
            yield at.problem(f"“{folded}” 第 {first} 行已经写过", level="warning")
        else:
            self._lines[folded] = at.line
            self.words[folded] = int(often) if often else None


def _wrong(word: str, often: str, more: tuple[str, ...]) -> str:
    if len(word) > LONGEST_WORD:
        return f"“{word[:LONGEST_WORD]}…” 超过 {LONGEST_WORD} 个字"
    if not _WORD.fullmatch(word):
        return f"“{word}” 里只能有汉字、字母、数字和 + # & . _ % -"
    if often and not (_NUMBER.fullmatch(often) and 1 <= int(often) <= MOST_OFTEN):
        return f"词频 “{often[:LONGEST_WORD]}” 应是 1 到 {MOST_OFTEN} 的整数，不写也可以"
    if len(more) > 1 or not all(map(_TAG.fullmatch, more)):
        return "一行写一个词，后面可以写词频和词性，如：宠物群 100 n"
    return ""
