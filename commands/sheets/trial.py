"""Changes tried on copies by the loader itself; what it refuses is told by the row it came from."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

from commands.sheets.blocks import Block, blocks_of
from commands.sheets.columns import BY_FIELD, EDITABLE
from commands.sheets.drafts import Draft, drafted
from commands.sheets.plan import Change
from commands.sheets.rows import Unfit, more_of, row_of
from commands.sheets.shelf import Shelf
from commands.sheets.wrong import Wrong
from keyword_rules.load import RuleBook
from keyword_rules.problem import Problem

_ROUNDS = 6  # a file is given up on when rows still turn out wrong after these
_KEY = re.compile(r"^( *)([a-z_]+):", re.MULTILINE)


@dataclass(slots=True, kw_only=True)
class Tried:
    """Files that may be written, the changes in them, and the rows that were refused."""

    texts: dict[str, str] = field(default_factory=dict)
    done: list[Change] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def tried(
    changes: Sequence[Change], shelf: Shelf, book: RuleBook, places: Mapping[str, str]
) -> Tried:
    """Apply changes to copies of the files and let the loader judge; nothing of the home changes.

    A row whose rule is refused is left out, and its file is judged again without it. `places`
    names the columns of the sheet.
    """
    left, result = list(changes), Tried()
    with TemporaryDirectory() as folder:
        copies = RuleBook(Path(folder), book.vocabulary, book.segment, book.same_sound)
        for round_ in range(_ROUNDS):
            drafts = drafted(left, shelf)
            refused = _refused(
                drafts, _problems(copies, drafts), places, last=round_ == _ROUNDS - 1
            )
            if not refused:
                refused = {name: [wrong] for name, wrong in _strayed(drafts, shelf)}
            if not refused:
                break
            result.wrong += [wrong for of_row in refused.values() for wrong in of_row]
            left = [change for change in left if change.id not in refused]
    result.done = left
    result.texts = {draft.file: draft.text for draft in drafts}
    return result


def _problems(copies: RuleBook, drafts: Iterable[Draft]) -> Sequence[Problem]:
    """What the loader says of these files."""
    for old in copies.folder.rglob("*.y*ml"):
        old.unlink()
    for draft in drafts:
        place = copies.folder / draft.file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(draft.text.encode())
    return copies.read().problems


def _refused(
    drafts: Iterable[Draft], problems: Sequence[Problem], places: Mapping[str, str], *, last: bool
) -> dict[str, list[Wrong]]:
    """Everything that is wrong with the changes that cannot be made, by their ids."""
    refused: dict[str, list[Wrong]] = {}
    for draft in drafts:
        starts = [0, *accumulate(len(line) for line in draft.text.splitlines(keepends=True))]
        for problem in (one for one in problems if one.file == draft.file):
            at = starts[min(problem.line, len(starts)) - 1] + problem.column - 1
            found = draft.at(at)
            if found is None or last:
                message = f"{draft.file} 改不了：{problem.message}"
                for one in draft.changes:
                    refused.setdefault(one.id, [_wrong(one, "", message, problem.hint)])
                continue
            start, change = found
            column = _column(draft.text, start, at, change, places)
            wrong = _wrong(change, column, problem.message, problem.hint)
            if wrong not in refused.setdefault(change.id, []):
                refused[change.id].append(wrong)
    return refused


def _column(text: str, start: int, at: int, change: Change, places: Mapping[str, str]) -> str:
    """The column in which the mistake was made, in a rule that begins at `start`."""
    indent = start - (text.rfind("\n", 0, start) + 1)
    line_end = text.find("\n", at)
    block = " " * indent + text[start : line_end if line_end >= 0 else None]
    keys = [found for found in _KEY.finditer(block) if len(found.group(1)) == indent]
    key = keys[-1].group(2) if keys else ""
    if key == "cases":
        missed = "hit: false" in text[at : line_end if line_end >= 0 else None]
        return _place("misses" if missed else "hits", places)
    fields = [column.field for column in EDITABLE if column.key == key]
    changed = [field for field in fields if field in change.fields]
    return _place((changed or fields)[0], places) if fields else ""


def _place(field: str, places: Mapping[str, str]) -> str:
    return places.get(field, BY_FIELD[field].heading)


def _wrong(change: Change, column: str, message: str, hint: str) -> Wrong:
    return Wrong(row=change.row, column=column, message=message, hint=hint)


def _strayed(drafts: Iterable[Draft], shelf: Shelf) -> Iterator[tuple[str, Wrong]]:
    """Changes that did not come out as meant, or touched another rule: none is expected."""
    for draft in drafts:
        meant = {change.id: change for change in draft.changes}
        now = {block.id: block for block in blocks_of(draft.file, draft.text)}
        old = {one.id: one for one in shelf.blocks.get(draft.file, ())}
        kept = [name for name in old if name not in meant]
        if any(name not in now or now[name].rule != old[name].rule for name in kept):
            message = f"{draft.file} 会连带改动别的规则，没有写：请直接改文件"
            yield from ((name, _wrong(change, "", message, "")) for name, change in meant.items())
            continue
        for name, change in meant.items():
            if change.cells is not None and not _reads_back(change, now):
                place = f"{draft.file}:{change.block.line}" if change.block else draft.file
                yield name, _wrong(change, "", f"写回去再读不一样，没有写：请直接改 {place}", "")


def _reads_back(change: Change, now: Mapping[str, Block]) -> bool:
    block = now.get(change.id)
    if block is None:
        return False
    try:
        same = row_of(block) == change.cells
    except Unfit:
        return False
    return same and (change.block is None or more_of(block) == more_of(change.block))
