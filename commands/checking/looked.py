"""Reads a home as far as it can be read: what is broken hides nothing of what is not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from commands.checking.listed import Listed, of_home, of_rules
from commands.parts.compose import check_text, rule_book, rules_folder
from commands.parts.problems import USAGE, stop
from config import content as contents
from config.accounts import OaAccount
from config.nouns import Content
from config.problems import Problem
from config.settings import Settings
from config.settings_mended import Mended, mended
from config.sounds import USUAL
from keyword_rules.chosen import same_id
from keyword_rules.load import RuleBook, rule_files, within
from keyword_rules.match import RuleSet, compile_rules
from keyword_rules.parse import Parsed, parse_rules
from keyword_rules.problem import Problem as RuleProblem
from keyword_rules.rule import Rule
from keyword_rules.words import bare
from keyword_rules.yaml_source import LARGEST_FILE_BYTES

_MOST_BYTES = LARGEST_FILE_BYTES + 1  # one more shows that it is too large
_NO_END = 1 << 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A home with everything that is wrong with its files; `settings` None when nothing held.

    `book` has the rules that a server would use; `rules` are all those without a mistake, also
    of files that are refused for another one; `read_rules` are all that could be read at all.
    """

    folder: Path
    settings: Settings | None
    content: Content
    book: RuleBook
    rules: RuleSet
    read_rules: tuple[Rule, ...]
    listed: tuple[Listed, ...]

    @property
    def errors(self) -> int:
        """How many of the problems keep the home from being served."""
        return sum(one.level == "error" for one in self.listed)

    @property
    def rules_name(self) -> str:
        """What the folder of the rules is called in places."""
        return rules_folder(self.folder).name


def look(folder: Path, environ: Mapping[str, str]) -> Looked:
    """Read a home's settings, content and rules, and whatever is wrong with each of them."""
    if not folder.is_dir():
        stop(f"没有家目录 {folder}：先运行 python run.py init --home {folder}", USAGE)
    read = mended(folder, environ)
    content, problems = _content(folder, read)
    slips = read.settings.sound_slips if read.settings else USUAL
    book, wrong_words = rule_book(folder, content, slips)
    book.reload()
    refused = _refused(book)
    name = book.folder.name
    return Looked(
        folder=folder,
        settings=read.settings,
        content=content,
        book=book,
        rules=_all_sound(book, refused),
        read_rules=(*book.current.rules, *(one for file in refused.values() for one in file.rules)),
        listed=(
            *of_home(read.problems, "settings"),
            *of_home((*problems, *wrong_words), "content"),
            *of_rules(book.problems, name, "error"),
            *of_rules(_twins(book, refused) if refused else (), name, "error"),
            *of_rules(book.loaded.warnings, name, "warning"),
        ),
    )


def _content(folder: Path, read: Mended) -> tuple[Content, Sequence[Problem]]:
    """Read the content; names of accounts are judged only if the settings list any."""
    settings = read.settings
    known = bool(read.names) or (settings is not None and not read.problems)
    official = frozenset(
        read.names[one.index] for one in read.accounts if isinstance(one.account, OaAccount)
    )
    return contents.read(
        folder,
        accounts=frozenset(read.names.values()) if known else None,
        official=official if known and len(read.accounts) == len(read.names) else None,
        check_text=check_text,
        comparable=bare,
        zone=settings.store_zone if settings else Content().store_zone,
    )


def _refused(book: RuleBook) -> dict[str, Parsed]:
    """Return what is in each file that is refused, as far as it can be read."""
    refused = {}
    for file in sorted({problem.file for problem in book.problems}):
        path = book.folder / file
        if within(path, book.folder) and path.is_file():
            with path.open("rb") as opened:
                raw = opened.read(_MOST_BYTES)
            vocabulary, same = book.vocabulary, book.same_sound
            refused[file] = parse_rules(file, raw, vocabulary, book.segment, same)
    return refused


def _all_sound(book: RuleBook, refused: Mapping[str, Parsed]) -> RuleSet:
    if not refused:
        return book.current
    taken = {rule.id for rule in book.current.rules}
    more = []
    for rule in (rule for parsed in refused.values() for rule in _sound_in(parsed)):
        if rule.id not in taken:
            taken.add(rule.id)
            more.append(rule)
    rules = _in_order([*book.current.rules, *more], book)
    return compile_rules(rules, segment=book.segment, same_sound=book.same_sound)


def _sound_in(parsed: Parsed) -> Iterator[Rule]:
    """Yield the rules of a refused file between which no problem lies."""
    wrong = sorted(problem.line for problem in parsed.problems)
    starts = [rule.line for rule in parsed.rules]
    for rule, end in zip(parsed.rules, [*starts[1:], _NO_END], strict=False):
        if not any(rule.line <= line < end for line in wrong):
            yield rule


def _twins(book: RuleBook, refused: Mapping[str, Parsed]) -> Iterator[RuleProblem]:
    """Yield each rule whose id one of another file has, which a refusal kept from being told."""
    more = [rule for parsed in refused.values() for rule in parsed.rules if rule.id]
    first: dict[str, Rule] = {}
    for rule in _in_order([*book.current.rules, *more], book):
        other = first.setdefault(rule.id, rule)
        if other.file != rule.file and (found := same_id(rule, other)) not in book.problems:
            yield found


def _in_order(rules: Iterable[Rule], book: RuleBook) -> list[Rule]:
    files = [path.relative_to(book.folder).as_posix() for path in rule_files(book.folder)]
    order = {name: number for number, name in enumerate(files)}
    return sorted(rules, key=lambda one: (order[one.file], one.line))
