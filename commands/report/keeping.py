"""How reports tell what is kept since when, and how much was cleared away."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.db.retention import Standing
from commands.report.showing import stamp, when

SORTS = {
    "bodies": "消息内容",
    "quarantined": "被隔离的内容",
    "requests": "发出的内容",
    "attempts": "每次发送的记录",
    "refusals": "门口拒收的计数",
    "phrases": "没接住的话",
    "traces": "决定的轨迹",
    "rule_hits": "规则计数",
    "links": "关联用的口令",
    "arrivals": "没有后续的回调",
    "effects": "账本：动作",
    "events": "账本：事件",
}


def documents(kept: Sequence[Standing]) -> list[dict[str, object]]:
    """Return it as programs read it."""
    return [
        {
            "name": one.name,
            "kept_since": stamp(one.kept_since_us),
            "cleared": one.gone,
            "looked": stamp(one.at_us or None),
        }
        for one in kept
    ]


def lines(kept: Sequence[Standing], zone: ZoneInfo) -> list[str]:
    """Return a line for each sort that was looked through."""
    return [
        f"  {SORTS.get(one.name, one.name)}：已清理 {one.gone} 行，"
        + (f"{when(one.kept_since_us, zone)} 起的都在" if one.kept_since_us else "没有更早的")
        for one in kept
    ]
