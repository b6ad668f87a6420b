"""`rules replay`: kept events against a draft of the rules, and who would have got what."""

import re
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import Clock, micros
from bot.db import decided
from bot.db.tx import Tx
from commands.parts.compose import Home, open_home
from commands.parts.problems import FINDINGS, FINE, USAGE, show, stop
from commands.replay.books import costs
from commands.replay.comparing import Comparer
from commands.replay.counting import Counts
from commands.replay.kept import Place, kept
from commands.replay.telling import Replayed, document, tell
from commands.replay.totals import Totals
from commands.report.reading import Reader, database_of
from commands.report.showing import console
from keyword_rules.load import RuleBook
from keyword_rules.match import RuleSet

AT_ONCE = 1_000  # traces
_TOLD_EVERY = 10_000  # events
_SPAN = re.compile(r"([1-9][0-9]{0,4})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_USUAL = "7d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line gave; `since`, `begin` and `end` are "" when it did not."""

    draft: Path
    since: str = ""
    begin: str = ""
    end: str = ""
    limit: int = 20
    as_json: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From when until when, in UTC microseconds, the end excluded."""

    since_us: int
    until_us: int


def run(home: Path, asked: Asked) -> int:
    """Print who would have got what by the draft, and return 0; 1 when the draft has problems.

    Stops when the draft is no folder, or a time cannot be read. Nothing is changed, and a server
    may be running. A hundred thousand events take less than a minute.
    """
    if not asked.draft.is_dir():
        stop(f"没有文件夹 {asked.draft}：--draft 要给草稿规则的文件夹", USAGE)
    if asked.limit < 0:
        stop("--limit 不能是负数", USAGE)
    read = open_home(home)
    span = span_of(asked, ZoneInfo(read.settings.store_zone), Clock()())
    draft = drafted(read, asked.draft)
    reader = Reader(home=read, database=database_of(read))

    async def work(tx: Tx) -> Replayed:
        return await replayed(tx, read, draft, span, asked.limit)

    found = reader.ask(work)
    if asked.as_json:
        print(document(found).decode())
    else:
        tell(found, console(), ZoneInfo(read.settings.store_zone))
    return FINE


def drafted(read: Home, folder: Path) -> RuleSet:
    """Return the rules of a draft, read as the home's own; stops with every problem of it."""
    live = read.rules
    book = RuleBook(folder, live.vocabulary, live.segment, live.same_sound)
    book.reload()
    if show(book.problems):
        stop(f"草稿有 {len(book.problems)} 个问题，没有重放", FINDINGS)
    return book.current


def span_of(asked: Asked, zone: ZoneInfo, now_us: int) -> Span:
    """Return which time is asked about. Stops for one that cannot be read."""
    if asked.since and asked.begin:
        stop("--since 和 --from 只能给一个", USAGE)
    begin = _moment("--from", asked.begin, zone)
    if begin is None:
        begin = now_us - _span_us(asked.since or _USUAL)
    end = _moment("--to", asked.end, zone)
    span = Span(since_us=begin, until_us=end if end is not None else now_us + 1)
    if span.since_us >= span.until_us:
        stop("--from 要早于 --to", USAGE)
    return span


def _moment(option: str, text: str, zone: ZoneInfo) -> int | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return micros(at if at.tzinfo else at.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        stop(f"{option} {text} 不是时间：写成 2026-10-01 或 2026-10-01T08:00", USAGE)


def _span_us(text: str) -> int:
    found = _SPAN.fullmatch(text)
    if not found:
        stop(f"--since {text} 不是时长：写成 7d、12h 或 30m", USAGE)
    return int(timedelta(**{_UNITS[found[2]]: int(found[1])}) / timedelta(microseconds=1))


async def replayed(tx: Tx, read: Home, draft: RuleSet, span: Span, limit: int) -> Replayed:
    """Compare every event of a span on one snapshot of the database."""
    live, totals, counts = read.rules.current, Totals(limit), Counts()
    await _recall(tx, read, draft, span, counts)
    comparer, unreadable, after = Comparer(live, draft, counts), 0, 0
    place = _place(read)
    while rows := await decided.traces(
        tx, after=after, since_us=span.since_us, until_us=span.until_us, limit=AT_ONCE
    ):
        after = rows[-1]["id"]
        for row in rows:
            if was := kept(row, place):
                totals.add(comparer.compare(was), live.hash)
            else:
                unreadable += 1
        _progress(totals.events, len(rows))
    campaigns, pools = await costs(tx, totals, read.content, span.since_us, Clock()())
    return Replayed(
        live=live.hash,
        draft=draft.hash,
        since_us=span.since_us,
        until_us=span.until_us,
        totals=totals,
        unreadable=unreadable,
        cleared=await decided.cleared(tx, span.since_us, span.until_us),
        campaigns=campaigns,
        pools=pools,
    )


async def _recall(tx: Tx, read: Home, draft: RuleSet, span: Span, counts: Counts) -> None:
    pool_of = {g.chat: pool.id for pool in read.content.pools.values() for g in pool.groups}
    limited = [rule.id for rule in draft.limited if rule.where.limits]
    for row in await decided.hits_of(tx, limited, span.since_us):
        places = {
            "member": row["person_id"],
            "store": row["store"],
            "group": pool_of.get(row["chat"], ""),
        }
        counts.before(row["rule"], places, row["at_us"])


def _place(read: Home) -> Place:
    settings = read.settings
    return Place(
        channels={account.id: account.kind for account in settings.accounts},
        zone=ZoneInfo(settings.store_zone),
        calendar=read.content.calendar,
    )


def _progress(events: int, fresh: int) -> None:
    if events // _TOLD_EVERY != (events - fresh) // _TOLD_EVERY:
        print(f"已重放 {events} 件…", file=sys.stderr, flush=True)
