"""The call by which the chat archive's reader tells us what was said in groups.

Only a customer's text in a group of a pool is kept. What employees write is compared with open
proposals and forgotten; everything else is counted (docs/reference/incoming.md).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from aiohttp import web

from bot.clock import micros
from bot.codec import event_to_json
from bot.db import inbox, proposals
from bot.db.tx import Database, Tx
from bot.errors import DatabaseTrouble, Refused
from bot.events import Alias, AliasKind, Event, GroupSaid, ProposalSaid
from bot.gather import pool_of_chat
from bot.platforms.wecom.archive import GroupText, group_text, looks_external
from bot.shop import Shop
from bot.web.keys import ROOMS
from bot.web.signed import NotSigned, answer, signed, turned_away

MOST = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the items of one call."""

    taken: int = 0
    ignored: int = 0
    repeated: int = 0

    @property
    def document(self) -> dict[str, object]:
        """Return it as the caller reads it."""
        return {"taken": self.taken, "ignored": self.ignored, "repeated": self.repeated}


async def archive(request: web.Request) -> web.Response:
    """POST /api/archive: `{"items": […]}` from a source that may tell of the archive.

    Up to 1,000 items within 64 KiB. What is answered as taken is on disk; pushing it again is safe.
    """
    rooms = request.app[ROOMS]
    try:
        items = items_of((await signed(request, "archive")).body)
    except (NotSigned, Refused) as refused:
        return turned_away(refused)
    except ValueError as wrong:
        return answer(400, {"code": "bad_request", "text": f"请求不完整：{wrong}"})
    try:
        counts = await take(rooms.db, rooms.shop, items)
    except DatabaseTrouble:
        return answer(503, {"code": "try_again", "text": "暂时记不下来，请原样重试"})
    rooms.worker.arrived()
    return answer(200, counts.document)


def items_of(body: bytes) -> Sequence[object]:
    """Return the items of a call. Raises ValueError, in Chinese, for any other body."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as trouble:
        raise ValueError("正文不是 JSON") from trouble
    items = given.get("items") if isinstance(given, Mapping) else None
    if not isinstance(items, list):
        raise ValueError('正文应为 {"items": [存档消息, …]}')
    if len(items) > MOST:
        raise ValueError(f"一次最多 {MOST} 条，请分批推送")
    return items


async def take(db: Database, shop: Shop, items: Sequence[object]) -> Counts:
    """Record what customers said in groups of our pools; deciding follows.

    All of it with one sync. Repeating it is safe. Raises DatabaseTrouble: then nothing is kept.
    """
    texts = [group_text(item) for item in items]

    async def work(tx: Tx) -> Counts:
        became = Counter([await _take(tx, shop, text) for text in texts])
        return Counts(**became)

    return await db.write(work)


async def _take(tx: Tx, shop: Shop, text: GroupText | None) -> str:
    pool = shop.content().pools.get(pool_of_chat(shop.content(), text.chat)) if text else None
    keys = shop.accounts.get(pool.account) if pool else None
    if text is None or keys is None:
        return "ignored"
    if await _is_customer(tx, shop, text):
        who = Alias(AliasKind.EXTERNAL_USERID, keys.scope, text.sender)
        said = GroupSaid(
            account=keys.id, at=text.at, who=who, chat=text.chat, text=text.text, msg_id=text.msg_id
        )
        return await _record(tx, shop, said, said.once().encode() or text.canonical)
    at_us = micros(text.at) if text.at else shop.clock()
    task = await proposals.said_by(
        tx, chat=text.chat, staff=text.sender, text=text.text, at_us=at_us
    )
    if not task:
        return "ignored"
    done = ProposalSaid(account=keys.id, at=text.at, chat=text.chat, staff=text.sender, task=task)
    # By the message, not by the task: told again it must not settle the next proposal alike.
    return await _record(tx, shop, done, b"said\0" + (text.msg_id.encode() or text.canonical))


async def _is_customer(tx: Tx, shop: Shop, text: GroupText) -> bool:
    if text.sender in shop.content().staff:
        return False
    seat = await tx.one("SELECT 1 FROM seat WHERE chat = ? AND member = ?", text.chat, text.sender)
    return seat is not None or looks_external(text.sender)


async def _record(tx: Tx, shop: Shop, event: Event, name: bytes) -> str:
    arrival = inbox.Arrival(
        account=event.account,
        source="internal",
        dedupe=inbox.dedupe_key(shop.instance_key, b"archive\0" + name),
        kind=type(event).__name__,
        body=event_to_json(event),
        received_us=shop.clock(),
        event_us=micros(event.at) if event.at else None,
    )
    accepted = await inbox.accept(tx, arrival)
    return "repeated" if accepted.duplicate else "taken"
