"""The call by which the operator's command has a running server compare accounts now."""

from aiohttp import web

from bot import rounds
from bot.db.tx import Tx
from bot.web.keys import Rooms
from bot.web.operator import Declined, Told, obey, texts

_CHANNELS = ("oa", "wecom")


async def reconcile(request: web.Request) -> web.Response:
    """POST /api/reconcile: `{"accounts": […]}` from the operator; answers with each one's run.

    Asking again begins another run, which changes nothing that the first one found.
    """
    return await obey(request, "reconcile", _begin)


async def _begin(rooms: Rooms, told: Told) -> dict[str, object]:
    wanted = texts(told, "accounts")
    if strangers := [one for one in wanted if rooms.shop.channel(one) not in _CHANNELS]:
        raise Declined(400, "unknown_account", f"没有账号 {strangers[0]}")

    async def work(tx: Tx) -> dict[str, str]:
        return {one: await rounds.begin(tx, rooms.shop, one, asked=True) for one in wanted}

    return {"runs": await rooms.db.write(work)}
