"""The corp's links at the platform: read one by one at a modest pace, and found by name or id."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NoReturn, TypeVar

from bot.platforms.port import Port
from bot.platforms.wecom.api.acquisition import Link, ListLinks, Quota, ReadLink, ReadLinkQuota
from bot.platforms.wire import new_session
from commands.codes.asking import account_of
from commands.parts.caller import port_of
from commands.parts.compose import Home
from commands.parts.patience import Trouble, every_row, no_way_out, patiently
from commands.parts.problems import FINDINGS, UNREACHABLE, USAGE, stop
from config.problems import nearest

T = TypeVar("T")
PACE_S = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where an operator's questions go to one account of WeCom."""

    port: Port
    pace_s: float = PACE_S

    async def links(self) -> tuple[Link, ...]:
        """Return every link of the app; stop when one cannot be read."""
        return had(await self.listed())

    async def listed(self) -> tuple[Link, ...] | Trouble:
        """Return every link of the app, or why one cannot be read."""
        names = await every_row(self.port, ListLinks())
        if isinstance(names, Trouble):
            return names
        found = list[Link]()
        for name in names:
            read = await patiently(self.port, ReadLink(link=name))
            if isinstance(read, Trouble):
                return read
            found.append(read)
            await asyncio.sleep(self.pace_s)
        return tuple(found)

    async def quota(self) -> Quota | Trouble:
        """Return what is left of the paid quota, or why that cannot be read."""
        return await patiently(self.port, ReadLinkQuota())


@asynccontextmanager
async def at_desk(read: Home, account: str, pace_s: float = PACE_S) -> AsyncIterator[Desk]:
    """Yield the desk of the home's WeCom account; stop when it cannot be called."""
    chosen = account_of(read, "wecom", account)
    async with new_session(read.settings.send_timeout_s) as session:
        port = port_of(chosen, session, "wecom")
        if trouble := await no_way_out(port):
            end(trouble, f"账号 {chosen.id}：")
        yield Desk(port=port, pace_s=pace_s)


def had(came: T | Trouble) -> T:
    """Return an answer; stop when there is none."""
    if isinstance(came, Trouble):
        end(came)
    return came


def named(links: Sequence[Link], wanted: str) -> Link:
    """Return the link of this name or id; stop when there is none, or more than one."""
    found = [one for one in links if wanted in (one.id, one.name)]
    if len(found) > 1:
        ids = "、".join(one.id for one in found)
        stop(f"有 {len(found)} 条链接叫 {wanted}，请改用 link_id：{ids}", USAGE)
    if not found:
        hint = nearest(wanted, [one.name for one in links])
        meant = f"（是不是 {hint}？）" if hint else "；看 links list"
        stop(f"没有获客链接 {wanted}{meant}", USAGE)
    return found[0]


def end(trouble: Trouble, before: str = "") -> NoReturn:
    """Stop with what went wrong: 3 when the platform was never reached, else 1."""
    stop(f"{before}{trouble.text}", FINDINGS if trouble.reached else UNREACHABLE)
