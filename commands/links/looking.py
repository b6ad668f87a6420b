"""`links list` and `links stats`: which links there are, and what each has brought."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import orjson

from bot.clock import Clock
from bot.platforms.wecom.api.acquisition import Acquired, Clicks, CountClicks, Link, ListAcquired
from commands.links.desk import PACE_S, Desk, at_desk, had, named
from commands.links.telling import (
    VERSION,
    link_document,
    link_line,
    quota_document,
    quota_line,
)
from commands.parts.compose import open_home
from commands.parts.patience import every_row, patiently
from commands.parts.problems import FINE
from commands.report.showing import clean, console


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The seconds that are counted over, by Unix time."""

    since: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What a link has brought: clicks of the days asked for, customers of all its time."""

    link: Link
    clicks: Clicks
    customers: tuple[Acquired, ...]

    @property
    def chatted(self) -> int:
        """Return how many of the customers have spoken."""
        return sum(one.chatted for one in self.customers)


def show_all(home: Path, account: str, *, as_json: bool, pace_s: float = PACE_S) -> int:
    """Print every link of the app, and the quota that is left. Changes nothing."""
    read = open_home(home, with_rules=False)

    async def asked() -> dict[str, object]:
        async with at_desk(read, account, pace_s) as desk:
            links, quota = await desk.links(), await desk.quota()
        if not as_json:
            out = console()
            for link in links:
                out.print(link_line(link, read))
            out.print("还没有获客链接：用 links make 做" if not links else f"共 {len(links)} 条")
            out.print(quota_line(quota, read))
        listed = [link_document(link) for link in links]
        return {"v": VERSION, "links": listed, "quota": quota_document(quota)}

    return _told(asyncio.run(asked()), as_json=as_json)


def count(
    home: Path, account: str, link: str, days: int, *, as_json: bool, pace_s: float = PACE_S
) -> int:
    """Print what each link, or one of them, has brought in the last days. Changes nothing."""
    read = open_home(home, with_rules=False)
    now_s = Clock()() // 1_000_000
    span = Span(since=now_s - int(timedelta(days=days).total_seconds()), until=now_s)

    async def asked() -> dict[str, object]:
        async with at_desk(read, account, pace_s) as desk:
            links = await desk.links()
            chosen = (named(links, link),) if link else links
            counted = [await _brought(desk, one, span) for one in chosen]
            quota = await desk.quota()
        if not as_json:
            out = console()
            out.print(f"最近 {days} 天的点击和新增；顾客数是链接做好以来的")
            for one in counted:
                out.print(_line(one))
            out.print(quota_line(quota, read))
        found = [_document(one) for one in counted]
        return {"v": VERSION, "days": days, "links": found, "quota": quota_document(quota)}

    return _told(asyncio.run(asked()), as_json=as_json)


async def _brought(desk: Desk, link: Link, span: Span) -> Brought:
    clicks = CountClicks(link=link.id, since=span.since, until=span.until)
    counted = await patiently(desk.port, clicks)
    customers = had(await every_row(desk.port, ListAcquired(link=link.id)))
    await asyncio.sleep(desk.pace_s)
    return Brought(link=link, clicks=had(counted), customers=customers)


def _line(one: Brought) -> str:
    return clean(
        f"{one.link.name}  点击 {one.clicks.clicked}  新增 {one.clicks.added}"
        f"  顾客 {len(one.customers)}  说过话 {one.chatted}"
    )


def _document(one: Brought) -> dict[str, object]:
    return {
        "id": one.link.id,
        "name": one.link.name,
        "clicked": one.clicks.clicked,
        "added": one.clicks.added,
        "customers": len(one.customers),
        "chatted": one.chatted,
    }


def _told(document: dict[str, object], *, as_json: bool) -> int:
    if as_json:
        print(orjson.dumps(document).decode())
    return FINE
