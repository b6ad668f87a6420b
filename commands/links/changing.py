"""`links update` and `links delete`: another employee behind a printed link, or none any more."""

import asyncio
from dataclasses import replace
from pathlib import Path

from bot.platforms.wecom.api.acquisition import DeleteLink, UpdateLink
from commands.links.desk import PACE_S, at_desk, end, named
from commands.links.telling import link_line
from commands.parts.compose import open_home
from commands.parts.patience import obeyed
from commands.parts.problems import FINE, USAGE, stop
from commands.report.showing import clean, console
from config.problems import nearest


def update(
    home: Path, account: str, link: str, staff: tuple[str, ...], *, pace_s: float = PACE_S
) -> int:
    """Let a link add other employees; its address stays. Repeating is safe."""
    read = open_home(home, with_rules=False)
    if not staff:
        stop("要说明换成谁：--staff USERID，可重复", USAGE)
    for name in staff:
        if name not in read.content.staff:
            hint = nearest(name, read.content.staff)
            stop(f"staff.csv 里没有 {name}" + (f"（是不是 {hint}？）" if hint else ""), USAGE)

    async def change() -> str:
        async with at_desk(read, account, pace_s) as desk:
            changed = replace(named(await desk.links(), link), staff=staff, parties=())
            if trouble := await obeyed(desk.port, UpdateLink(link=changed)):
                end(trouble)
        return link_line(changed, read)

    console().print(f"已改：{asyncio.run(change())}")
    return FINE


def delete(home: Path, account: str, link: str, *, yes: bool, pace_s: float = PACE_S) -> int:
    """Remove a link after asking; whoever opens it adds nobody from then on."""
    read = open_home(home, with_rules=False)

    async def remove() -> str:
        async with at_desk(read, account, pace_s) as desk:
            found = named(await desk.links(), link)
            if not yes:
                stop(f"要删的是 {clean(found.name)}：印出去的链接会失效；确定就加 --yes", USAGE)
            if trouble := await obeyed(desk.port, DeleteLink(link=found.id)):
                end(trouble)
        return clean(found.name)

    console().print(f"已删：{asyncio.run(remove())}")
    return FINE
