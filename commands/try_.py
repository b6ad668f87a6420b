"""`try`: which rules would act for a sentence, or each of a file, over a home or the samples."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson

from bot.plan import CHANNELS, OCCASIONS, STAGES
from commands.parts.compose import PLAYBOOK, Home, open_home, sample_home
from commands.parts.problems import FINDINGS, FINE, USAGE, show, stop
from commands.report.replies import Replies
from commands.report.showing import console
from commands.report.standing import as_member, with_pauses
from commands.report.trial import Trial, brief, tell
from config.problems import nearest
from keyword_rules.read_calendar import EARLIEST_YEAR, LATEST_YEAR
from keyword_rules.rule import TEXT, WORDED, Subject

_WORTH_LISTING = 20  # names
MOST_BYTES = 16 * 1024 * 1024  # of a file of sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line gave. What is "" is not said; `at` is the store's wall time."""

    text: str
    file: Path | None = None
    store: str = ""
    channel: str = "oa"
    group: str = ""
    on: str = TEXT
    key: str = ""
    tags: frozenset[str] = frozenset()
    stage: str = ""
    at: str = ""
    person: str = ""
    member: str = ""
    rule: str = ""
    candidates: bool = False
    as_json: bool = False


def run(asked: Asked, home: Path | None) -> int:
    """Print which rules would act and why the others would not; 1 when files have problems.

    Stops when the store, group, channel, occasion, stage, member or rule is none that there is.
    Nothing is changed.
    """
    texts = _texts(asked)
    read = open_home(home) if home else sample_home()
    _check_names(asked, read)
    subjects = _standing(asked, read, home, texts)
    rules = read.rules.current
    trial = Trial(
        rules=rules,
        # What is said hangs on the whole content, so that a broken one says nothing.
        replies=None if read.errors else Replies(read.content, rules, PLAYBOOK),
    )
    for subject in subjects:
        _answer(trial, subject, asked)
    return FINDINGS if show(read.rules.problems) else FINE


def _answer(trial: Trial, subject: Subject, asked: Asked) -> None:
    every = not asked.candidates and asked.file is None
    tried = trial.of(subject, every=every, about=asked.rule)
    if asked.as_json:
        print(orjson.dumps(tried.document()).decode())
    elif asked.file:
        print(brief(tried))
    else:
        tell(tried, console())


def _texts(asked: Asked) -> Sequence[str]:
    if asked.file and asked.text:
        stop("一句话和 --file 只能给一个", USAGE)
    if asked.file:
        return tuple(_lines(asked.file))
    if not asked.text and not asked.key and asked.on in WORDED:
        stop("要试哪句话？例如：try 领券 --store S012", USAGE)
    return (asked.text,)


def _lines(file: Path) -> Iterator[str]:
    try:
        raw = file.read_bytes()
        if len(raw) > MOST_BYTES:
            stop(f"{file} 超过 {MOST_BYTES // 1024 // 1024} MiB", USAGE)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        stop(f"读不了 {file}：{error.strerror}", USAGE)
    except UnicodeDecodeError:
        stop(f"{file} 不是 UTF-8 文本", USAGE)
    return (line.strip() for line in text.splitlines() if line.strip())


def _check_names(asked: Asked, read: Home) -> None:
    if asked.store:
        _check("门店", asked.store, read.content.stores)
    if asked.group:
        _check("群池", asked.group, read.content.pools)
    if asked.rule:
        _check("规则", asked.rule, {rule.id for rule in read.rules.current.rules})
    if asked.stage:
        _check("阶段", asked.stage, STAGES)
    _check("渠道", asked.channel, CHANNELS)
    _check("场合", asked.on, OCCASIONS)


def _check(what: str, name: str, known: Collection[str]) -> None:
    if name in known:
        return
    if len(known) <= _WORTH_LISTING:
        stop(f"没有{what} {name}，可用的有：{'、'.join(sorted(known))}", USAGE)
    meant = nearest(name, known)
    stop(f"没有{what} {name}" + (f"，是不是 {meant}" if meant else ""), USAGE)


def _standing(
    asked: Asked, read: Home, home: Path | None, texts: Sequence[str]
) -> Sequence[Subject]:
    subjects = [replace(_subject(asked, read), text=text) for text in texts]
    if asked.member and home is None:
        stop("--member 要从数据库里读这位会员：请加 --home DIR", USAGE)
    if asked.member:
        return as_member(read, asked.member, subjects)
    unknown = [replace(one, stage=one.stage or "visitor") for one in subjects]
    return with_pauses(read, unknown) if home else unknown


def _subject(asked: Asked, read: Home) -> Subject:
    local = _moment(asked.at, ZoneInfo(read.settings.store_zone))
    return Subject(
        occasion=asked.on,
        key=asked.key,
        channel=asked.channel,
        store=asked.store,
        group=asked.group,
        stage=asked.stage,
        tags=asked.tags,
        local=local,
        days=read.content.calendar.days_of(local.date()),
        person=asked.person,
    )


def _moment(at: str, zone: ZoneInfo) -> datetime:
    if not at:
        return datetime.now(zone)
    try:
        given = datetime.fromisoformat(at)
        if not EARLIEST_YEAR <= given.year <= LATEST_YEAR:
            raise ValueError
        return given.astimezone(zone) if given.tzinfo else given.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        stop(f"--at {at} 不是时间：写成 2026-10-01T10:00，是门店当地的钟点", USAGE)
