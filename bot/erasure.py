"""Erases a member while the shop goes on: first nothing more is sent, then nothing is left.

Everything before the last step can be repeated: only that one takes the names away by which the
others find their rows.
"""

import asyncio
import time

from bot.db import erasing, mentions
from bot.db.checkpoint import empty_log_soon
from bot.db.erasing import Erased, Erasing
from bot.db.tx import Database
from bot.db.veil import veil_of
from bot.errors import Contended

_PATIENCE_S = 10.0  # longer than a call may take
_LOOK_S = 0.2
_TRIES = 5


async def erase_member(db: Database, wish: Erasing, patience_s: float = _PATIENCE_S) -> Erased:
    """Erase a member for good, in every table; repeating it erases what came since.

    What is owed to them is called off at once; what is under way may end, for up to `patience_s`
    seconds. Raises LookupError when there is no such member, DatabaseTrouble.
    """
    people = await db.read(lambda tx: erasing.halves_of(tx, wish.person))
    until_s = time.monotonic() + patience_s
    while await db.write(lambda tx: erasing.call_off(tx, people, wish.now_us)):
        if time.monotonic() > until_s:
            break
        await asyncio.sleep(_LOOK_S)
    names = await db.read(lambda tx: erasing.names_of(tx, people))
    veil = veil_of(wish.instance_key, names, anywhere=True)
    looked = await mentions.veil_everywhere(db, veil, but=people)
    erased = await _erase(db, wish)
    await mentions.veil_everywhere(db, veil, but=people, after=looked)
    await empty_log_soon(db)  # it holds what was erased as it was before
    return erased


async def _erase(db: Database, wish: Erasing) -> Erased:
    for _ in range(_TRIES - 1):
        try:
            return await db.write(lambda tx: erasing.erase(tx, wish))
        except Contended:
            continue
    return await db.write(lambda tx: erasing.erase(tx, wish))
