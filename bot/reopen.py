"""Lets a restored installation send again, once an operator has said when the last one stopped."""

from collections.abc import Sequence

from bot import rounds
from bot.db import reopening
from bot.db.reopening import Reopened
from bot.db.tx import Database, Tx
from bot.shop import Shop


def imported(shop: Shop) -> frozenset[str]:
    """Return the campaigns whose codes come from a file, and so may be in the till's system."""
    return frozenset(one.id for one in shop.content().campaigns.values() if one.codes_file)


async def reopen(
    db: Database, shop: Shop, accounts: Sequence[str], as_of_us: int
) -> Reopened | None:
    """Confirm the gap, and have `accounts` compared with their platforms; None: none is open.

    Repeating it does nothing. What the platforms know and the backup does not comes back by the
    comparison. Raises DatabaseTrouble.
    """

    async def work(tx: Tx) -> Reopened | None:
        done = await reopening.reopen(
            tx, as_of_us=as_of_us, imported=imported(shop), now_us=shop.clock()
        )
        if done is not None and done.gap_us:
            for one in accounts:
                await rounds.begin(tx, shop, one, asked=True)
        return done

    return await db.write(work)
