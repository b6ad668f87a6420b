"""Effects that are owed in bulk, written into the tables while the bot is stopped."""

from collections.abc import Sequence
from functools import partial

from bot.actions import Remote
from bot.db import ledger
from bot.db.opening import opened
from bot.db.tx import Tx
from bot.platforms.call import batches
from commands.play import peek
from config.home import instance_key
from tests.drills.running import Rig

_AT_ONCE = 1_000
_NEWEST = "SELECT id FROM inbox WHERE state = 'done' ORDER BY id DESC LIMIT 1"
# So that no published limit stands in the way of a load that no shop has.
UNLIMITED = tuple(
    {"account": account, "api": "*", "calls": 100_000_000, "per": per}
    for account in ("wecom-main", "oa-main")
    for per in ("minute", "hour", "day")
)


async def owe(r: Rig, actions: Sequence[Remote]) -> None:
    """Stop every process, owe the actions in this order, and start the processes again.

    They stem from the newest event that was decided. The same action may be owed several times.
    """
    for bot in r.bots:
        await bot.stop()
    (row,) = peek.rows(r.location, _NEWEST)
    numbered = list(enumerate(actions))
    async with opened(r.location, instance_key(r.home)) as db:
        for some in batches(numbered, _AT_ONCE):
            await db.write(partial(_owe, some=some, inbox=row["id"], now_us=int(r.now() * 1e6)))
    for process in range(len(r.bots)):
        await r.start(process)
    await r.ready()


async def _owe(tx: Tx, some: Sequence[tuple[int, Remote]], inbox: int, now_us: int) -> None:
    for number, action in some:
        owing = ledger.Owing(
            inbox=inbox, event_id=f"DRILL-{now_us}-{number}", person=None, now_us=now_us
        )
        await ledger.owe(tx, action, owing)
