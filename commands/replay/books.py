"""What a draft would have cost: shares of campaigns beyond those given, and seats in groups."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from bot.db import decided, seats
from bot.db.tx import Tx
from commands.replay.totals import Shown, Totals
from config.nouns import Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a campaign or a pool gives more and less by the draft, in shares or seats.

    `left` is how many there are now. `fen` is what the shares more are worth, None for seats and
    for a campaign without a value.
    """

    id: str
    more: int
    fewer: int
    left: int
    fen: int | None = None

    @property
    def short(self) -> bool:
        """Whether there are not enough left."""
        return self.more > self.left


async def costs(
    tx: Tx, totals: Totals, content: Content, since_us: int, now_us: int
) -> tuple[tuple[Cost, ...], tuple[Cost, ...]]:
    """Return what the draft changes of campaigns and of pools; those it leaves alone are absent."""
    campaigns = [
        await _campaign(tx, name, shown, content, since_us)
        for name, shown in sorted(totals.campaigns.items())
        if name in content.campaigns
    ]
    pools = [
        await _pool(tx, name, shown, content, since_us, now_us)
        for name, shown in sorted(totals.pools.items())
        if name in content.pools
    ]
    return _changed(campaigns), _changed(pools)


def _changed(found: list[Cost]) -> tuple[Cost, ...]:
    return tuple(cost for cost in found if cost.more or cost.fewer)


async def _campaign(tx: Tx, name: str, shown: Shown, content: Content, since_us: int) -> Cost:
    campaign = content.campaigns[name]
    had = await decided.granted(tx, name, since_us)
    more, fewer = _moved(shown, had, campaign.per_person)
    return Cost(
        id=name,
        more=more,
        fewer=fewer,
        left=await decided.on_shelf(tx, name),
        fen=more * campaign.value_fen if campaign.value_fen else None,
    )


async def _pool(
    tx: Tx, name: str, shown: Shown, content: Content, since_us: int, now_us: int
) -> Cost:
    pool = content.pools[name]
    sitting = await decided.seated(tx, [group.chat for group in pool.groups], since_us)
    more, fewer = _moved(shown, dict.fromkeys(sitting, 1), 1)
    known = await seats.pool_facts(tx, pool, None, now_us)
    free = (max(g.group.capacity - g.members - g.held, 0) for g in known.groups)
    return Cost(id=name, more=more, fewer=fewer, left=sum(free))


def _moved(shown: Shown, had: Mapping[str, int], most: int) -> tuple[int, int]:
    """Return how many shares more and fewer there would be; nobody has more than `most`."""
    more = fewer = 0
    for person in shown.old.keys() | shown.new.keys():
        room = max(most - had.get(person, 0), 0)
        moved = _shares(shown.new, person, room) - _shares(shown.old, person, room)
        more, fewer = more + max(moved, 0), fewer + max(-moved, 0)
    return more, fewer


def _shares(times: Counter[str], person: str, room: int) -> int:
    # Somebody who cannot be told from others, person "", has every share that was given.
    return times[person] if person == "" else min(times[person], room)
