"""Whether this machine's clock and the platform's agree."""

import time
from email.utils import parsedate_to_datetime
from statistics import median

import aiohttp

from bot.clock import micros
from bot.platforms.oa.api.network import ListOaApiIps
from commands.doctor.case import Case
from commands.doctor.finding import Finding
from commands.doctor.records import Traces
from config.accounts import AibotAccount

WARN_S = 60
BAD_S = 300
_ENOUGH = 3
_NEXT = "让这台机器对时：timedatectl set-ntp true（容器里改宿主机的时间），再重启 serve"


async def of_host(case: Case) -> Finding:
    """Return how far our clock is from the API host's; unreachable when it does not answer."""
    account = case.account
    if isinstance(account, AibotAccount):
        return case.skipped("clock", "智能机器人没有接口可比")
    began = time.monotonic()
    try:
        # Without a token it is refused, with the platform's time on it; both hosts have it.
        asked = account.api_base + ListOaApiIps.api
        async with case.session.get(asked, allow_redirects=False) as response:
            told = response.headers.get("Date", "")
    except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
        return case.bad(
            "host",
            f"连不上 {account.api_base}（{type(trouble).__name__}）",
            "检查这台机器能不能上网、DNS、防火墙和出口代理",
            unreachable=True,
        )
    took_s = time.monotonic() - began
    try:
        theirs_us = micros(parsedate_to_datetime(told))
    except ValueError:
        return case.skipped("clock", "平台的应答里没有 Date，比不了时间")
    return _compared(case, (case.clock() - theirs_us) / 1e6 - took_s / 2, "平台的时间")


def of_callbacks(case: Case, traces: Traces) -> Finding:
    """Return how far our clock is from the stamps of the newest callbacks."""
    gaps = [(one.received_us - one.event_us) / 1e6 for one in traces.callbacks if one.event_us]
    if len(gaps) < _ENOUGH:
        return case.skipped("callback_clock", f"最近的回调不足 {_ENOUGH} 条，比不了")
    return _compared(case, median(gaps), "最近回调里的时间", "callback_clock")


def _compared(case: Case, ahead_s: float, whose: str, check: str = "clock") -> Finding:
    off_s = abs(ahead_s)
    if off_s <= WARN_S:
        return case.ok(check, f"本机时钟与{whose}相差 {off_s:.0f} 秒")
    side = "快" if ahead_s > 0 else "慢"
    found = f"本机时钟比{whose}{side} {off_s:.0f} 秒（{off_s / 60:.0f} 分钟）"
    return case.bad(check, found, _NEXT) if off_s > BAD_S else case.warn(check, found, _NEXT)
