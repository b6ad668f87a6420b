"""`rules add`: a rule made of a gap, with the gap's phrases as its cases, proven before written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from commands.gaps.grouping import Gap, id_of
from commands.gaps.proposing import proposed
from commands.gaps.reading import Gaps, read_gaps, subject_of
from commands.importing.dumped import dumped
from commands.importing.proving import Clash, Proven, clashes, prove
from commands.parts.compose import Home, open_home
from commands.parts.problems import FINE, USAGE, show, stop
from config.problems import nearest
from config.whole import write_whole
from keyword_rules.cases import subject_of as subject_of_case
from keyword_rules.match import RuleSet, compile_rules
from keyword_rules.parse import parse_rules
from keyword_rules.problem import Problem
from keyword_rules.rule import Case, Hit, Mode, Rule, Subject
from keyword_rules.words import comparable

_FILE = "rules/added.yaml"
_HEAD = """\
# yaml-language-server: $schema=../rules.schema.json
# rules add 补的规则，可以随意改。
"""
_OPTIONS = {
    "id": "--id",
    "say": "--words",
    "reply": "--reply",
    "grant": "--campaign",
    "invite": "--pool",
    "tag": "--tag",
}
_PART = re.compile(rf"(?:- |  |  - )({'|'.join(_OPTIONS)}):")  # where the value of an option begins
_PARTING = re.compile(r"[、，,;；\s]+")
_BLANKS = ("…", "...")  # what `rules gaps` shows in its place
_MOST_CASES = 50
_MODES = tuple(mode.value for mode in Mode if mode is not Mode.REGEX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for; "" takes what the gap proposes."""

    gap: str = ""
    reply: str = ""
    words: str = ""
    mode: str = "contains"
    name: str = ""
    campaign: str = ""
    pool: str = ""
    tags: tuple[str, ...] = ()
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """The sentences that the rule is for, and the words it looks for."""

    sentences: Mapping[str, Subject | None]  # as they were said; None where nobody said them
    words: tuple[str, ...]


def run(folder: Path, asked: Asked) -> int:
    """Write a rule that answers a gap, or these words, into `rules/added.yaml`.

    It is read and tried among the home's rules first. Stops and writes nothing when it would not
    load, or when another rule would answer the gap's first phrase instead.
    """
    _refuse_nonsense(asked)
    home, wanted = _of_gap(folder, asked) if asked.gap else _of_words(folder, asked)
    rule = _rule(asked, wanted, ())
    answered = _answered(home, rule, wanted)
    rule = _rule(asked, wanted, tuple(answered)[:_MOST_CASES])
    text = _appended(home.folder, rule)
    proven = _proven(home, text)
    made = next(one for one in proven.new if one.id == rule["id"])
    _refuse_beaten(proven, made, wanted)
    if not asked.dry_run:
        _write(home.folder, text)
    _tell(made, rule, asked)
    _tell_rest(wanted, answered)
    _tell_clashes(clashes(proven, [made]))
    return FINE


def _refuse_nonsense(asked: Asked) -> None:
    if not (asked.gap or asked.words):
        stop("给哪些话补：--gap 组号（rules gaps 里看），或 --words 关键词", USAGE)
    if not (asked.reply or asked.campaign or asked.pool):
        stop("怎么答：--reply 一句话，或 --campaign 活动、--pool 群池", USAGE)
    if asked.reply.strip() in _BLANKS:
        stop("--reply 还是占位：请换成真的回答", USAGE)
    if asked.mode not in _MODES:
        hint = nearest(asked.mode, _MODES)
        meant = f"（是不是 {hint}？）" if hint else ""
        stop(f"没有匹配方式 {asked.mode}{meant}，可用的有：{'、'.join(_MODES)}", USAGE)


def _of_gap(folder: Path, asked: Asked) -> tuple[Home, _Wanted]:
    found = read_gaps(folder)
    gap = found.find(asked.gap)
    if gap is None:
        _refuse_gap(found, asked.gap)
    others = [other for other in found.open if other is not gap]
    words = _parted(asked.words) or proposed(gap, others, found.home.rules.current.segment)
    return found.home, _Wanted(sentences=_sentences(found, gap), words=words)


def _refuse_gap(found: Gaps, id: str) -> NoReturn:
    for phrase in found.answered:
        if phrase.id == id:
            (first, *_) = found.home.rules.current.match(subject_of(found.home, phrase)).hits
            stop(f"「{phrase.text}」已经由规则 {first.rule} 接住，没有改动")
    stop(f"没有组号 {id}：先运行 rules gaps 看组号", USAGE)


def _sentences(found: Gaps, gap: Gap) -> dict[str, Subject | None]:
    return {phrase.text: subject_of(found.home, phrase) for phrase in gap.phrases}


def _of_words(folder: Path, asked: Asked) -> tuple[Home, _Wanted]:
    words = _parted(asked.words)
    return open_home(folder), _Wanted(sentences=dict.fromkeys(words), words=words)


def _parted(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, _PARTING.split(words.strip()))))


def _rule(asked: Asked, wanted: _Wanted, cases: Sequence[str]) -> dict[str, object]:
    steps: list[object] = [{"reply": asked.reply}] if asked.reply else []
    steps += [{"grant": {"campaign": asked.campaign}}] if asked.campaign else []
    steps += [{"invite": {"pool": asked.pool}}] if asked.pool else []
    steps += [{"tag": list(asked.tags)}] if asked.tags else []
    return {
        "id": asked.name or f"added-{asked.gap or id_of(comparable(''.join(wanted.words)))}",
        "say": {"any": list(wanted.words), "mode": asked.mode},
        "do": steps,
        **({"cases": [{"text": text, "hit": True} for text in cases]} if cases else {}),
    }


def _answered(home: Home, rule: dict[str, object], wanted: _Wanted) -> list[str]:
    """Return the sentences in which the rule, alone, finds its words."""
    alone = _alone(home, dumped([rule]))
    (made,) = alone.rules
    subjects = {text: subject_of_case(Case(hit=True, text=text), made) for text in wanted.sentences}
    return [text for text in subjects if isinstance(alone.verdict_at(0, subjects[text]), Hit)]


def _alone(home: Home, text: str) -> RuleSet:
    """Return the rule by itself; what is wrong with it is wrong with what was asked for."""
    book = home.rules
    parsed = parse_rules(_FILE, text.encode(), book.vocabulary, book.segment, book.same_sound)
    if parsed.problems:
        _refuse([_of_option(problem, text) for problem in parsed.problems])
    return compile_rules(parsed.rules, segment=book.segment, same_sound=book.same_sound)


def _of_option(problem: Problem, text: str) -> str:
    """Return a problem at the option whose value stands there: the text was never a file."""
    rows = reversed(text.splitlines()[: problem.line])
    option = next(_OPTIONS[part.group(1)] for row in rows if (part := _PART.match(row)))
    return f"{option}: {problem.message}" + (f"（{problem.hint}）" if problem.hint else "")


def _proven(home: Home, text: str) -> Proven:
    proven = prove(home, {_FILE: text})
    if proven.problems:
        _refuse(proven.problems)
    return proven


def _refuse(problems: Sequence[str]) -> NoReturn:
    show(problems)
    stop("这条规则读不进去，什么都没有写")


def _appended(folder: Path, rule: dict[str, object]) -> str:
    try:
        there = (folder / _FILE).read_text("utf-8")
    except FileNotFoundError:
        there = _HEAD
    except (OSError, UnicodeDecodeError) as trouble:
        stop(f"{folder / _FILE} 读不了（{trouble}），什么都没有写")
    if not _is_list(there):
        stop(f"{_FILE} 不是顶格的列表，没法在末尾接一条，什么都没有写：给它改个名字，再运行一次")
    return f"{there.rstrip()}\n\n{dumped([rule])}"


def _is_list(text: str) -> bool:
    """Whether a rule at the margin may follow: one stands there already, or none does."""
    rows = (row for row in text.lstrip("\ufeff").splitlines() if row.strip())
    return next((row for row in rows if not row.lstrip().startswith("#")), "-").startswith("-")


def _refuse_beaten(proven: Proven, made: Rule, wanted: _Wanted) -> None:
    """Stop when the sentence said most would still be answered by another rule."""
    text, said = next(iter(wanted.sentences.items()))
    subject = said or subject_of_case(Case(hit=True, text=text), made)
    hits = [hit.rule for hit in proven.together.match(subject).hits]
    if made.id in hits:
        return
    if hits:
        stop(f"「{text}」会先被规则 {hits[-1]} 答走，这条答不到，没有写：请改那条，或换 --words")
    stop(f"「{text}」里没有这些关键词（{'、'.join(wanted.words)}），没有写：请换 --words 或 --mode")


def _write(folder: Path, text: str) -> None:
    try:
        write_whole(folder / _FILE, text.encode())
    except OSError as trouble:
        stop(f"{folder / _FILE} 写不了（{trouble.strerror}）：请检查目录权限和磁盘空间")


def _tell(made: Rule, rule: dict[str, object], asked: Asked) -> None:
    verb = "会写" if asked.dry_run else "写好"
    print(f"{verb} 规则 {made.id}，在 {_FILE}:{made.line}")
    print(dumped([rule]), end="")
    if not asked.dry_run:
        print("正在服务的进程自己换上，不用重启")


def _tell_rest(wanted: _Wanted, answered: Sequence[str]) -> None:
    rest = [text for text in wanted.sentences if text not in answered]
    if rest:
        print(f"这一组里还没接住的：{'；'.join(rest[:5])}")


def _tell_clashes(found: Iterator[Clash]) -> None:
    for one in list(found)[:10]:
        print(str(one))
