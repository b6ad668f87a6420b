"""Before people act: the clock stands in the stores' day, and every callback is bound."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from commands.parts.problems import stop
from commands.play.stage import Twin

_STORE_ZONE = ZoneInfo("Asia/Shanghai")
_DAY = range(9, 20)  # hours in which a whole story fits before the samples' quiet hours


async def by_day(twin: Twin) -> bool:
    """Jump to the stores' day unless it is day already; tell whether that was needed."""
    # In quiet hours what the story promises would wait for the morning.
    ahead_s = seconds_until_day((await twin.get("clock"))["now"])
    if ahead_s:
        await twin.post("clock", jump_s=ahead_s)
    return bool(ahead_s)


def seconds_until_day(now: float) -> float:
    """Return how far a clock must jump to stand in the stores' day; 0 when it does already.

    >>> seconds_until_day(1_772_413_200.0)  # 09:00 in Shanghai
    0.0
    >>> seconds_until_day(1_772_409_600.0)  # 08:00
    3600.0
    """
    local = datetime.fromtimestamp(now, _STORE_ZONE)
    if local.hour in _DAY:
        return 0.0
    morning = local.replace(hour=_DAY.start, minute=0, second=0, microsecond=0)
    return ((morning - local) % timedelta(days=1)).total_seconds()


async def wire(twin: Twin, wiring: Mapping[str, Any], url: str) -> None:
    """Bind every account of the twin to the bot at `url`. Stops when one is not verified."""
    accounts = [*wiring["accounts"], *wiring["aibots"], *filter(None, [wiring["archive"]])]
    told = await twin.post("wire", **{one["id"]: f"{url}{one['path']}" for one in accounts})
    for account, outcome in told.items():
        if not outcome["ok"]:
            stop(f"账号 {account} 的回调地址没有通过验证：{outcome['step']}（{outcome['reason']}）")
