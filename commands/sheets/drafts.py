"""Rule files with changes in them, not yet written: where each change went."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from commands.sheets.editing import edited, new_rule
from commands.sheets.plan import Change
from commands.sheets.shelf import Shelf

FRESH = "sheet"  # the file that new rows go to: sheet.yaml, then sheet-2.yaml
FULL_BYTES = 900_000  # a file takes at most 1 MiB, and people add to it by hand
_HEAD = """\
# yaml-language-server: $schema=../rules.schema.json
# 从表格导入的规则，由 rules import 写成；在表格里改，或直接改这里都可以。
"""


@dataclass(slots=True, kw_only=True)
class Draft:
    """A file's new text, and the stretches of it that changes wrote, in order."""

    file: str
    text: str
    size_bytes: int = 0
    spans: list[tuple[int, int, Change]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def at(self, offset: int) -> tuple[int, Change] | None:
        """The change that wrote what stands at an offset, and where its own text begins."""
        place = bisect_right(self.spans, offset, key=lambda span: span[0]) - 1
        if place < 0:
            return None
        start, end, change = self.spans[place]
        return (start, change) if offset < end else None


def drafted(changes: Sequence[Change], shelf: Shelf) -> list[Draft]:
    """Return the files that the changes lead to; what they do not change stays, byte for byte."""
    by_file: dict[str, list[Change]] = {}
    for change in changes:
        if change.block:
            by_file.setdefault(change.block.file, []).append(change)
    drafts = {name: _edited(name, shelf.texts[name], own) for name, own in by_file.items()}
    _add([change for change in changes if not change.block], drafts, shelf)
    return list(drafts.values())


def _edited(name: str, text: str, changes: list[Change]) -> Draft:
    draft = Draft(file=name, text="", changes=changes)
    pieces: list[str] = []
    length = done = 0
    for change in sorted(changes, key=lambda one: one.block.start if one.block else 0):
        if not (block := change.block):
            continue
        if change.cells is None:
            start, end, fresh = *_lines_of(text, block.start, block.end), ""
        else:
            fresh = edited(block, change.cells, change.fields)
            start, end = block.start, block.end
            if "\r\n" in text:
                fresh = fresh.replace("\r\n", "\n").replace("\n", "\r\n")
        pieces += [text[done:start], fresh]
        length += start - done
        draft.spans.append((length, length + len(fresh), change))
        length, done = length + len(fresh), end
    draft.text = "".join([*pieces, text[done:]])
    draft.size_bytes = len(draft.text.encode())
    return draft


def _lines_of(text: str, start: int, end: int) -> tuple[int, int]:
    """The whole lines of a rule, with the blank ones behind it."""
    first = text.rfind("\n", 0, start) + 1
    after = text.find("\n", end)
    last = len(text) if after < 0 else after + 1
    while text[last : last + 1] == "\n":
        last += 1
    return first, last


def _add(changes: Sequence[Change], drafts: dict[str, Draft], shelf: Shelf) -> None:
    number = 1
    name = f"{FRESH}.yaml"
    for change in changes:
        fresh = new_rule(change.cells or {}) + "\n"
        while not _takes(name, len(fresh.encode()), drafts, shelf):
            number += 1
            name = f"{FRESH}-{number}.yaml"
        draft = drafts.setdefault(name, _opened(name, shelf))
        gap = "" if draft.text.endswith("\n") else "\n"
        gap += "" if draft.text == _HEAD or draft.text.endswith("\n\n") else "\n"
        start = len(draft.text) + len(gap) + len("- ")
        draft.text += gap + fresh
        draft.size_bytes += len((gap + fresh).encode())
        draft.spans.append((start, len(draft.text), change))
        draft.changes.append(change)


def _opened(name: str, shelf: Shelf) -> Draft:
    text = shelf.texts.get(name, _HEAD)
    return Draft(file=name, text=text, size_bytes=len(text.encode()))


def _takes(name: str, more_bytes: int, drafts: dict[str, Draft], shelf: Shelf) -> bool:
    """Whether a file takes another rule at its end."""
    if name in shelf.broken:
        return False
    draft = drafts.get(name) or _opened(name, shelf)
    if draft.size_bytes + more_bytes > FULL_BYTES:
        return False
    blocks = shelf.blocks.get(name, ())
    return all(block.editable and block.indent == len("- ") for block in blocks)
