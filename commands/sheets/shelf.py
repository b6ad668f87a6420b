"""The rules of a home as the sheet sees them: which have a row, which do not, and where all are."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from commands.sheets.blocks import Block, blocks_of
from commands.sheets.columns import Row
from commands.sheets.rows import Unfit, row_of
from keyword_rules.load import RuleBook, rule_files
from keyword_rules.rule import Rule

_ID = re.compile(r"^\s*(?:-\s+)?(?:\{\s*)?id:\s*[\"']?([^\s\"',}]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule and its row."""

    block: Block
    row: Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A rule without a row, and why. `id` is empty for a whole file that cannot be used."""

    id: str
    file: str
    line: int
    why: str

    @property
    def place(self) -> str:
        """Where it stands."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What was read. `texts` are the files that the loader takes, `blocks` the rules in them.

    `broken` are the other files. `taken` has every id with its place, also those of broken files.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    blocks: Mapping[str, tuple[Block, ...]] = field(default_factory=dict)
    placed: Mapping[str, Placed] = field(default_factory=dict)
    left: tuple[Left, ...] = ()
    taken: Mapping[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()
    rules: tuple[Rule, ...] = ()


def read_shelf(book: RuleBook) -> Shelf:
    """Read the rule files of a home; a file with a problem is left as a whole. Changes nothing."""
    loaded = book.read()
    problems = {problem.file: problem for problem in reversed(loaded.problems)}
    texts: dict[str, str] = {}
    blocks: dict[str, tuple[Block, ...]] = {}
    placed: dict[str, Placed] = {}
    left, taken = list[Left](), dict[str, str]()
    for path in rule_files(book.folder):
        name = path.relative_to(book.folder).as_posix()
        if problem := problems.get(name):
            why = f"整个文件先要改好：{problem.message}"
            left.append(Left(id="", file=name, line=problem.line, why=why))
            taken |= dict.fromkeys(_ids_of(path.read_bytes()), name)
            continue
        texts[name] = path.read_bytes().decode()
        blocks[name] = blocks_of(name, texts[name])
        for block in blocks[name]:
            taken[block.id] = f"{name}:{block.line}"
            try:
                placed[block.id] = Placed(block, row_of(block))
            except Unfit as unfit:
                left.append(Left(id=block.id, file=name, line=block.line, why=str(unfit)))
    return Shelf(
        texts=texts,
        blocks=blocks,
        placed=placed,
        left=tuple(left),
        taken=taken,
        broken=frozenset(problems),
        rules=tuple(loaded.rules),
    )


def _ids_of(raw: bytes) -> Iterator[str]:
    text = raw.decode(errors="replace")
    try:
        yield from (block.id for block in blocks_of("", text))
    except (yaml.YAMLError, RecursionError):
        yield from _ID.findall(text)
