"""The call by which the operator's command has a running server compare accounts now."""

from collections.abc import Mapping, Sequence

import orjson
from aiohttp import web

from bot import rounds
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble, Refused
from bot.web.keys import ROOMS
from bot.web.signed import NotSigned, answer, signed, turned_away

_CHANNELS = ("oa", "wecom")


async def reconcile(request: web.Request) -> web.Response:
    """POST /api/reconcile: `{"accounts": […]}` from the operator; answers with each one's run.

    Asking again begins another run, which changes nothing that the first one found.
    """
    rooms = request.app[ROOMS]
    try:
        wanted = _accounts(orjson.loads((await signed(request, "reconcile")).body))
    except (NotSigned, Refused) as refused:
        return turned_away(refused)
    except ValueError as wrong:
        return answer(400, {"code": "bad_request", "text": f"请求不完整：{wrong}"})
    if strangers := [one for one in wanted if rooms.shop.channel(one) not in _CHANNELS]:
        return answer(400, {"code": "unknown_account", "text": f"没有账号 {strangers[0]}"})

    async def work(tx: Tx) -> dict[str, str]:
        return {one: await rounds.begin(tx, rooms.shop, one, asked=True) for one in wanted}

    try:
        begun = await rooms.db.write(work)
    except DatabaseTrouble:
        return answer(503, {"code": "try_again", "text": "暂时记不下来，请原样重试"})
    rooms.worker.arrived()
    return answer(200, {"runs": begun})


def _accounts(told: object) -> Sequence[str]:
    listed = told.get("accounts") if isinstance(told, Mapping) else None
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        raise ValueError("accounts 应为账号的列表")
    return listed
