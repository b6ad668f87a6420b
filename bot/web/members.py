"""The call by which systems that verified it tell which names are one person's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.codec import event_to_json
from bot.db import inbox
from bot.db.orders import LANE
from bot.db.tx import Database, Tx
from bot.events import NamesTold
from bot.shop import Shop
from bot.web.tellings import MOST, take
from bot.web.told_names import NAMES, Wrong, names_of

_ID_CHARS = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Names that were told to be one person's, with the caller's own number for the telling."""

    id: str
    event: NamesTold


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one telling: taken, repeated or refused, and why.

    `inbox` is the row of one that was taken just now, 0 for every other.
    """

    id: str
    result: str
    code: str
    text: str
    field: str = ""
    inbox: int = 0

    @property
    def document(self) -> dict[str, object]:
        """Return it as the caller reads it."""
        told = {"id": self.id, "result": self.result, "code": self.code, "text": self.text}
        return {**told, "field": self.field} if self.field else dict(told)


async def members(request: web.Request) -> web.Response:
    """POST /api/members: names of one person, or a list of up to 200, from a source that may tell.

    Answered as `bot.web.tellings.take` says.
    """
    return await take(request, "members", f"一位会员，或 1 到 {MOST} 位会员的列表", tell)


async def tell(
    db: Database, shop: Shop, source: str, items: Sequence[object], *, overrule: bool = False
) -> Sequence[Outcome]:
    """Record what a source tells, all of it with one sync, and say what came of each item.

    Deciding follows. Repeating it is safe. `overrule`: an operator tells it, who means to join
    whom somebody parted. Raises DatabaseTrouble: then nothing is recorded.
    """
    read = [_read(item, source, shop, overrule) for item in items]

    async def work(tx: Tx) -> list[Outcome]:
        return [await _record(tx, shop, one) if isinstance(one, Known) else one for one in read]

    return await db.write(work)


def _read(item: object, source: str, shop: Shop, overrule: bool) -> Known | Outcome:
    try:
        return known(item, source, shop, overrule=overrule)
    except Wrong as wrong:
        named = item.get("id", "") if isinstance(item, Mapping) else ""
        return Outcome(
            id=named[:_ID_CHARS] if isinstance(named, str) else "",
            result="refused", code="bad_member", text=str(wrong), field=wrong.field,
        )  # fmt: skip


def known(item: object, source: str, shop: Shop, *, overrule: bool = False) -> Known:
    """Return what one item tells. Raises Wrong with the field and how to write it."""
    if not isinstance(item, Mapping):
        raise Wrong("names", "每一位应为一个 JSON 对象")
    if unknown := sorted(str(name) for name in item.keys() - {"id", "names"}):
        raise Wrong(unknown[0], '不认识这一项，应为 {"id": "…", "names": {…}}')
    given, number = item.get("names"), item.get("id", "")
    if not isinstance(given, Mapping):
        raise Wrong("names", f"应为身份的组合，可写 {'、'.join(NAMES)}")
    if unknown := sorted(str(name) for name in given.keys() - {*NAMES}):
        raise Wrong(unknown[0], f"不认识这种身份，可写 {'、'.join(NAMES)}")
    if not isinstance(number, str) or len(number) > _ID_CHARS:
        raise Wrong("id", f"应为不超过 {_ID_CHARS} 个字符的文字，重试时不变")
    names = names_of(given, shop)
    if not names:
        raise Wrong("names", f"一个身份也没有，可写 {'、'.join(NAMES)}")
    event = NamesTold(account=f"source:{source}", source=source, names=names, overrule=overrule)
    return Known(id=number, event=event)


async def _record(tx: Tx, shop: Shop, told: Known) -> Outcome:
    body = event_to_json(told.event)
    accepted = await inbox.accept(tx, _arrival(shop, told, body))
    if not accepted.duplicate:
        return Outcome(id=told.id, result="taken", code="taken", text="已收下", inbox=accepted.id)
    if await inbox.body_of(tx, accepted.id) == body:
        return Outcome(id=told.id, result="repeated", code="repeated", text="之前已收下，内容一样")
    return Outcome(
        id=told.id, result="refused", code="conflict",
        text="同一个 id 之前推过别的身份；会员有变化请换一个 id 再推",
    )  # fmt: skip


def _arrival(shop: Shop, told: Known, body: bytes) -> inbox.Arrival:
    event = told.event
    which = told.id.encode() if told.id else b"\0" + body
    if event.overrule:  # what an operator means now, whatever they meant before
        which += f"\0{shop.clock()}".encode()
    return inbox.Arrival(
        account=event.account,
        source="internal",
        dedupe=inbox.dedupe_key(
            shop.instance_key, f"names\0{event.source}\0{event.overrule}\0".encode() + which
        ),
        kind="NamesTold",
        body=body,
        received_us=shop.clock(),
        lane=LANE,
    )
