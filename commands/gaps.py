"""`rules gaps`: what customers said that no rule knew, ranked for the operator's weekly work."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
from rich.table import Table

from bot.clock import moment
from bot.db.reports import Phrase, phrases
from commands.parts.problems import FINE, USAGE, stop
from commands.report.reading import reader_of
from commands.report.showing import clean, console
from keyword_rules.words import comparable

VERSION = 1  # of the JSON form


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Phrases that compare alike; `text` is the one said most often."""

    text: str
    comparable: str
    spellings: int
    count: int
    members: int  # at most: who used two spellings counts twice
    last: datetime


def run(home: Path, *, limit: int, as_json: bool) -> int:
    """Print at most `limit` gaps, the most frequent first. Nothing is changed."""
    if limit < 1:
        stop("--limit 至少是 1", USAGE)
    reader = reader_of(home)
    gaps = ranked(reader.ask(phrases))
    if as_json:
        print(orjson.dumps(_document(gaps, limit)).decode())
    else:
        _print(gaps, limit, ZoneInfo(reader.home.settings.store_zone), home)
    return FINE


def ranked(said: Iterable[Phrase]) -> list[Gap]:
    """Group phrases by comparable text, the most frequent first, then the most recent."""
    alike: dict[str, list[Phrase]] = {}
    for phrase in said:
        alike.setdefault(comparable(phrase.text), []).append(phrase)
    gaps = [_gap(key, group) for key, group in alike.items()]
    return sorted(gaps, key=lambda gap: (-gap.count, -gap.last.timestamp(), gap.comparable))


def _gap(key: str, group: Sequence[Phrase]) -> Gap:
    return Gap(
        text=max(group, key=lambda phrase: (phrase.count, phrase.last_us)).text,
        comparable=key,
        spellings=len(group),
        count=sum(phrase.count for phrase in group),
        members=sum(phrase.members for phrase in group),
        last=moment(max(phrase.last_us for phrase in group)),
    )


def _document(gaps: Sequence[Gap], limit: int) -> dict[str, object]:
    shown = [
        {
            "text": gap.text,
            "comparable": gap.comparable,
            "spellings": gap.spellings,
            "count": gap.count,
            "members": gap.members,
            "last": gap.last,
        }
        for gap in gaps[:limit]
    ]
    return {"v": VERSION, "total": len(gaps), "gaps": shown}


def _print(gaps: Sequence[Gap], limit: int, zone: ZoneInfo, home: Path) -> None:
    out = console()
    if not gaps:
        out.print("没有：顾客说的话都有规则接住")
        return
    table = Table(title=f"没有规则接住的话：{len(gaps)} 种", title_justify="left")
    for heading in ("次数", "人数", "最近一次", "说的话", "写法"):
        table.add_column(heading, overflow="fold")
    for gap in gaps[:limit]:
        last = f"{gap.last.astimezone(zone):%Y-%m-%d %H:%M}"
        table.add_row(str(gap.count), str(gap.members), last, clean(gap.text), str(gap.spellings))
    out.print(table)
    if len(gaps) > limit:
        out.print(f"另有 {len(gaps) - limit} 种，全部列出加 --limit {len(gaps)}")
    out.print("看最像的规则差在哪里，再补规则（写法见 docs/how-to/rules.md）：")
    asked = f"try {shlex.quote(clean(gaps[0].text))} --home {shlex.quote(str(home))}"
    out.print(f"  python run.py {asked}")
