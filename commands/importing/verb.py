"""`rules import FILE`: rules of other programs, told by their shape, become rules of a home."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path

from commands.importing.forms import FORMS, UnknownForm, read_sets
from commands.importing.landing import landed, prove_all, tell_landed, write
from commands.importing.replies import ReplySet
from commands.importing.source import Source, read_source
from commands.importing.texts import table_of
from commands.importing.written import Written, written
from commands.parts.compose import Home, content_of, open_home
from commands.parts.problems import FINE, USAGE, stop

PRIORITY = 99  # above ordinary rules; complaints, illness and opting out stand from 100
_ODD = re.compile(r"[^\w-]+")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for; `name` is for the set, "" takes the file's."""

    file: Path
    name: str = ""
    priority: int = PRIORITY
    dry_run: bool = False


def run(folder: Path, asked: Asked, rows: Sequence[Sequence[str]] | None = None) -> int:
    """Write the rules of a file into the home, and tell what is left to a person.

    `rows` are the cells of a file that is a table, read already.
    Nothing is overwritten; a set that was imported before is told and left alone, so repeating is
    safe. Everything of all sets is read as serving would before any of it is written, and when one
    file cannot be written, none stays. Stops when the file has no form that can be read, or a name
    is taken by something else.
    """
    if asked.file.is_dir():
        stop(f"{asked.file} 是文件夹：请给出里面的那个文件", USAGE)
    if not asked.file.is_file():
        stop(f"没有文件 {asked.file}", USAGE)
    source = read_source(asked.file) if rows is None else Source.of(table_of(rows))
    sets = _sets(source, asked)
    for key in source.repeated:
        print(f"文件里「{key}」写了两次，用的是后面那个")
    home = open_home(folder)
    coming = list(_coming(home, sets, asked))
    landings = prove_all(home, [(one.found, one.made) for one in coming if one.made])
    if not asked.dry_run:
        write(folder, landings)
    told = iter(landings)
    for one in coming:
        print(f"{one.name}：{one.found.title}，{len(one.found.rules)} 条")
        if one.made:
            tell_landed(home, next(told), dry_run=asked.dry_run)
        else:
            print(f"  已经导入过：{one.there}，没有改动")
    if not asked.dry_run and any(one.made and one.made.files for one in coming):
        print(f"查一遍：python run.py check --home {folder}；规则自己生效，欢迎语和人设重启后换新")
    return FINE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Coming:
    """A set by its name, with the files it would be; or `there`, where it is already."""

    name: str
    found: ReplySet
    made: Written | None = None
    there: str = ""


def _coming(home: Home, sets: Sequence[ReplySet], asked: Asked) -> Iterator[_Coming]:
    """Yield what is to become of each set, with those before it in the home."""
    content, fresh = home.content, dict[str, str]()
    first: dict[str, str] = {}
    for name, found in _named(sets, asked):
        if there := "、".join(landed(home.folder, found.origin)) or first.get(found.origin, ""):
            yield _Coming(name=name, found=found, there=there)
            continue
        first[found.origin] = f"上面的 {name}"
        made = written(found, name, content, priority=asked.priority)
        if rest := {file: text for file, text in made.files.items() if not _is_rules(file)}:
            fresh |= rest
            content, _ = content_of(home.folder, home.settings, fresh)
        yield _Coming(name=name, found=found, made=made)


def _is_rules(file: str) -> bool:
    return file.startswith("rules/")


def _sets(source: Source, asked: Asked) -> list[ReplySet]:
    try:
        found = list(read_sets(source.values))
    except UnknownForm as odd:
        named = f"：{odd}" if str(odd) else ""
        stop(f"{asked.file}：看不出是哪种规则{named}。\n{FORMS}")
    if not found:
        stop(f"{asked.file}：是空的。\n{FORMS}")
    return found


def _named(sets: Sequence[ReplySet], asked: Asked) -> Iterator[tuple[str, ReplySet]]:
    """Yield the sets with their names, those of one name numbered from the second on."""
    taken: set[str] = set()
    for found in sets:
        name = _name(found, asked)
        free = (one for one in chain([name], (f"{name}-{n}" for n in count(2))) if one not in taken)
        taken.add(unique := next(free))
        yield unique, found


def _name(found: ReplySet, asked: Asked) -> str:
    """Return a name for files and ids: the one asked for, the set's own, or the file's.

    Several sets of one file keep apart by their own names behind the one asked for.
    """
    named = "-".join(filter(None, [asked.name, found.name])) or asked.file.stem
    return _ODD.sub("-", named).strip("-")[:_LONGEST_NAME] or found.origin[:8]
