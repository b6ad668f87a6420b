"""Our client's way to the twin's platforms, for the contract tests of single calls."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.clock import Clock
from bot.platforms.budget import Budget
from bot.platforms.limits import Limits
from bot.platforms.oa import calls as oa
from bot.platforms.port import Port
from bot.platforms.token import TokenHolder
from bot.platforms.wecom import calls as wecom
from bot.platforms.wire import Wire, new_session
from commands.parts.caller import NeverClosed, Nowhere
from commands.parts.doors import error_tables
from tests.twin_bot import Scene


@asynccontextmanager
async def way_out(scene: Scene, platform: str) -> AsyncIterator[Port]:
    """Yield the port of the world's first account: oa, wecom, or kf by way of the WeCom app."""
    world = scene.twin.stage.world
    official, corp, nowhere, clock = world.oa[0], world.wecom[0], Nowhere(), Clock()
    host = "oa" if platform == "oa" else "wecom"
    async with new_session(5) as session:
        wire = Wire(session, scene.twin.stage.bases[host])
        fetch = (
            oa.token_fetch(wire, appid=official.appid, secret=official.secret, stable=True)
            if host == "oa"
            else wecom.token_fetch(wire, corpid=corp.corpid, secret=corp.secret)
        )
        account = official.id if host == "oa" else corp.id
        port = Port(
            account=account,
            scope=official.appid if host == "oa" else corp.corpid,
            wire=wire,
            tokens=TokenHolder(account, nowhere, fetch, clock),
            errors=error_tables()[platform],
            budget=Budget(account, Limits(), NeverClosed(), clock),
            labels=nowhere,
            memory=nowhere,
        )
        yield port if host == "oa" else replace(port, agentid=1000002)
