"""`rules import FILE`: rules of other programs, told by their shape, become rules of a home."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from commands.importing.forms import FORMS, UnknownForm, read_sets
from commands.importing.landing import land, landed, refuse_existing
from commands.importing.replies import ReplySet
from commands.importing.source import Source, read_source
from commands.importing.written import written
from commands.parts.compose import Home, open_home
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


def run(folder: Path, asked: Asked) -> int:
    """Write the rules of a file into the home, and tell what is left to a person.

    Nothing is overwritten; a set that was imported before is told and left alone, so repeating is
    safe. Everything is read as serving would before any of it is written. Stops when the file is
    no JSON, has no form that can be read, or a name is taken by something else.
    """
    if asked.file.is_dir():
        stop(f"{asked.file} 是文件夹：请给出里面的那个文件", USAGE)
    if not asked.file.is_file():
        stop(f"没有文件 {asked.file}", USAGE)
    source = read_source(asked.file)
    sets = _sets(source, asked)
    for key in source.repeated:
        print(f"文件里「{key}」写了两次，用的是后面那个")
    named = list(_named(sets, asked))
    _refuse_taken(folder, named, asked)
    written_any = False
    for name, found in named:
        # Read anew for each: the set before is there now.
        written_any |= _bring(open_home(folder), found, name, asked)
    if written_any:
        print(f"查一遍：python run.py check --home {folder}；规则自己生效，欢迎语和人设重启后换新")
    return FINE


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
    times: Counter[str] = Counter()
    for found in sets:
        name = _name(found, asked)
        times[name] += 1
        yield (name if times[name] == 1 else f"{name}-{times[name]}"), found


def _refuse_taken(folder: Path, named: Sequence[tuple[str, ReplySet]], asked: Asked) -> None:
    """Stop before the first set is written when a later one could not be."""
    content = open_home(folder, with_rules=False).content
    for name, found in named:
        if not landed(folder, found.origin):
            refuse_existing(folder, written(found, name, content, priority=asked.priority))


def _bring(home: Home, found: ReplySet, name: str, asked: Asked) -> bool:
    """Write one set, and return whether there was something to write."""
    print(f"{name}：{found.title}，{len(found.rules)} 条")
    if there := landed(home.folder, found.origin):
        print(f"  已经导入过：{'、'.join(there)}，没有改动")
        return False
    made = written(found, name, home.content, priority=asked.priority)
    land(home, found, made, dry_run=asked.dry_run)
    return bool(made.files) and not asked.dry_run


def _name(found: ReplySet, asked: Asked) -> str:
    """Return a name for files and ids: the one asked for, the set's own, or the file's.

    Several sets of one file keep apart by their own names behind the one asked for.
    """
    named = "-".join(filter(None, [asked.name, found.name])) or asked.file.stem
    return _ODD.sub("-", named).strip("-")[:_LONGEST_NAME] or found.origin[:8]
