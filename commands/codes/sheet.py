"""The home's sheet of entry codes: which of them a shop should have, and adding what it lacks."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from commands.codes.rows import Code, Place, codes_of
from commands.parts.compose import Home
from commands.parts.problems import USAGE, show, stop
from config.nouns import Content
from config.problems import nearest
from config.rosters import ENTRY_CODES, STAFF, STORES, as_csv, read_cells
from config.whole import write_whole

_SHEETS = {STORES.file, STAFF.file, ENTRY_CODES.file}


def wanted_codes(read: Home, kinds: tuple[str, ...], stores: Sequence[str]) -> tuple[Code, ...]:
    """Return the codes of these kinds that the shop has or lacks, at some stores or at all.

    Stops when a sheet has errors or a store is unknown.
    """
    if wrong := [each for each in read.errors if each.file in _SHEETS]:
        show(wrong)
        stop("门店、导购或活码的表有错，先改好；什么都没有改")
    wanted = _wanted(read.content, stores)
    rows, _ = read_cells(read.folder, ENTRY_CODES)
    return tuple(codes_of(kinds, list(_places(read.content, kinds, wanted)), rows))


def add_rows(home: Path, codes: Sequence[Code]) -> None:
    """Write the rows that the sheet lacks, keeping the sheet as it was as .bak."""
    rows, _ = read_cells(home, ENTRY_CODES)
    fresh = [code.row for code in codes if code.fresh]
    content = as_csv(ENTRY_CODES.headers, [*rows, *fresh])
    try:
        write_whole(home / ENTRY_CODES.file, content, keep=True)
    except OSError as trouble:
        stop(f"{home / ENTRY_CODES.file} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间")


def _wanted(content: Content, given: Sequence[str]) -> frozenset[str]:
    named = {name.strip() for words in given for name in words.split(",") if name.strip()}
    for name in sorted(named - content.stores.keys()):
        hint = nearest(name, content.stores)
        stop(f"没有门店 {name}" + (f"（是不是 {hint}？）" if hint else ""), USAGE)
    return frozenset(named)


def _places(content: Content, kinds: tuple[str, ...], wanted: frozenset[str]) -> Iterator[Place]:
    for store in content.stores.values():
        if not wanted or store.id in wanted:
            yield Place(store=store.id, name=store.name)
    if "staff" in kinds:
        for staff in content.staff.values():
            if not wanted or staff.store in wanted:
                yield Place(store=staff.store, name=staff.name, userid=staff.userid)
