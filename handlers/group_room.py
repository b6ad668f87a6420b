"""How much room a group has left, for operators to open the next one in time."""

from collections.abc import Iterable

from bot.actions import Output, Warn
from bot.facts import GroupFacts, PoolFacts


def near_full(pool: PoolFacts, group: GroupFacts, members: int) -> Iterable[Output]:
    """Warn operators once before a group is full, and once when it is."""
    name, chat = group.group.name, group.group.chat
    if members >= group.group.capacity:
        yield Warn(
            name=f"group-full:{chat}", text=f"「{name}」已满 {members} 人，新顾客改进下一个群"
        )
    elif members >= pool.pool.warn_at:
        yield Warn(
            name=f"group-near-full:{chat}",
            text=f"「{name}」已有 {members} 人，快满 {group.group.capacity} 人了，请准备下一个群",
        )
