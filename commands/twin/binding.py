"""Binds a twin's callbacks to a home's server once it answers, and says what is in the way."""

import asyncio
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import aiohttp

from commands.play.stage import Twin

Say = Callable[[str], None]
_LOOK_S = 0.5
_AGAIN_S = 2.0
_REMIND_S = 15.0
STEPS: Mapping[str, str] = {
    "url": "地址",
    "dns": "解析域名",
    "connect": "连接",
    "tls": "TLS",
    "timeout": "等应答",
    "redirect": "转到了别处",
    "status": "应答的状态",
    "body": "应答的内容",
}


async def bind(
    twin: Twin, session: aiohttp.ClientSession, url: str, trace_key: str, say: Say
) -> None:
    """Bind every account of the twin to its path below `url`, as often as it takes.

    Waits for the server there, says every 15 s that it still waits, and says the failing step of
    an account whenever it is another one than before. Repeating it verifies everything again.
    """
    await _until_there(session, url, say)
    wiring = await twin.get("wiring")
    wanted = addresses(wiring, url)
    await twin.post("wire", trace={"url": f"{url}/api/trace", "key": trace_key})
    said: dict[str, str] = {}
    while wanted:
        for account, outcome in (await twin.post("wire", **wanted)).items():
            line = _line(account, wanted[account], outcome)
            if said.get(account) != line:
                say(line)
            said[account] = line
            if outcome["ok"]:
                del wanted[account]
        if wanted:
            await asyncio.sleep(_AGAIN_S)


def addresses(wiring: Mapping[str, Any], url: str) -> dict[str, str]:
    """Return the callback URL of each account, bot and archive of a twin, below `url`."""
    named = [*wiring["accounts"], *wiring["aibots"], *filter(None, [wiring["archive"]])]
    return {one["id"]: f"{url}{one['path']}" for one in named}


def _line(account: str, url: str, outcome: Mapping[str, Any]) -> str:
    if outcome["ok"]:
        return f"  已绑定 {account}  {url}"
    step = STEPS.get(outcome["step"], outcome["step"])
    return (
        f"  没绑上 {account}  {url}\n"
        f"    停在「{step}」（{outcome['step']}）：{outcome['reason']}；改好后这里会自动再试"
    )


async def _until_there(session: aiohttp.ClientSession, url: str, say: Say) -> None:
    began = reminded = time.monotonic()
    while trouble := await _trouble(session, url):
        now = time.monotonic()
        if now - reminded >= _REMIND_S:
            reminded = now
            say(f"  还在等 {url}（{now - began:.0f} 秒）：{trouble}")
        await asyncio.sleep(_LOOK_S)


async def _trouble(session: aiohttp.ClientSession, url: str) -> str:
    """Return why a server of ours does not answer at `url`, "" when it does."""
    try:
        async with session.get(f"{url}/live", allow_redirects=False) as got:
            if got.status == HTTPStatus.OK and (await got.read()).strip() == b'{"live": true}':
                return ""
            return f"那里有别的程序在应答（/live 是 HTTP {got.status}），不是店小二"
    except aiohttp.ClientConnectorError:
        return "还没有程序在听，请在第二个终端运行上面的命令"
    except (aiohttp.ClientError, TimeoutError) as trouble:
        return f"连上了，但没有应答（{type(trouble).__name__}）"
