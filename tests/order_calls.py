"""Orders as a till tells them: items, signed calls, and how the tables then stand."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from bot.codec import event_to_json
from bot.db.inbox import Arrival
from bot.db.people import alias_digest
from bot.db.people import tags_of as current_tags
from bot.db.phones import phone_value
from bot.events import Alias, AliasKind, Event, NamesTold
from bot.shop import Source
from bot.web.signed import SIGNATURE, SOURCE, TIMESTAMP, signature
from config.nouns import Content, StageRule
from tests.front import Client
from tests.little_shop import NOW, NOW_S, shop_content
from tests.rooms import INSTANCE_KEY, Installed, Plans
from tests.sealing import RECEIVER

SECRET = b"till-and-we-know-this"
TILL = Source(id="till", kinds=frozenset({"orders"}), secret=SECRET)
CRM = Source(id="crm", kinds=frozenset({"members"}), secret=b"another-secret-of-crm")
PAID_AT = NOW.isoformat()
LADDER = (
    StageRule(stage="registered", name="已注册", names=("phone", "card")),
    StageRule(stage="first_order", name="已首单", orders=1),
    StageRule(stage="taster", name="尝鲜", orders=3, spend_fen=20_000),
)
Told = Mapping[str, Any]


def with_stages(**more: Any) -> Content:
    """The little shop with stages."""
    return replace(shop_content(), stages=LADDER, **more)


def plans(**more: Any) -> Plans:
    """An installation that a till and a members' system may tell things."""
    usual = Plans(content=with_stages, sources={"till": TILL, "crm": CRM})
    return replace(usual, **more)


def order(number: str = "A1", **more: Any) -> dict[str, Any]:
    """An order of 50 yuan that somebody paid just now at S012."""
    return {
        "order": number, "revision": 1, "state": "paid", "total_fen": 5000, "paid_at": PAID_AT,
        "store": "S012", **more,
    }  # fmt: skip


def headers(body: bytes, *, source: str = "till", secret: bytes = SECRET, at_s: int = NOW_S) -> Any:
    """The three headers of a signed call."""
    stamp = str(at_s)
    return {SOURCE: source, TIMESTAMP: stamp, SIGNATURE: signature(secret, stamp, body)}


async def post(client: Client, told: object, **more: Any) -> tuple[int, Told]:
    """Sign and post; return the status and the answer."""
    body = told if isinstance(told, bytes) else orjson.dumps(told)
    got = await client.post("/api/orders", data=body, headers=headers(body, **more))
    answer: Told = await got.json()
    assert answer["v"] == 1
    return got.status, answer


async def tell(shop: Installed, event: Event) -> None:
    """Decide an event of our own, and whatever it leads to."""
    shop.hand.move(1)
    arrival = Arrival(
        account=event.account,
        source="internal",
        dedupe=secrets.token_hex(16),
        kind=type(event).__name__,
        body=event_to_json(event),
        received_us=shop.shop.clock(),
    )
    await shop.acceptor.record(arrival)
    await shop.decide_due()
    await shop.decide_due()


async def known(shop: Installed, *names: Alias) -> str:
    """Have a system tell that these names are one person's; return who that is."""
    await tell(shop, NamesTold(account="source:crm", source="crm", names=names))
    digest = alias_digest(INSTANCE_KEY, names[0])
    return str(await shop.one("SELECT person_id FROM alias WHERE digest = ?", digest))


def phone(number: str) -> Alias:
    """A phone number as a name."""
    return Alias(AliasKind.PHONE, "", phone_value(INSTANCE_KEY, number))


def fan(openid: str = "ada") -> Alias:
    """A follower of the little shop's Official Account."""
    return Alias(AliasKind.OA_OPENID, RECEIVER, openid)


async def standing(shop: Installed) -> Mapping[str, tuple[Any, ...]]:
    """Every order by number: revision, state, money, and whose it is."""
    rows = await shop.rows("SELECT * FROM shop_order ORDER BY number")
    return {
        row["number"]: (
            row["revision"], row["state"], row["total_fen"], row["refunded_fen"], row["person_id"]
        )
        for row in rows
    }  # fmt: skip


async def stage_of(shop: Installed, person: str) -> str:
    """The stage of a member."""
    return str(await shop.one("SELECT stage FROM person WHERE id = ?", person))


async def tags_of(shop: Installed, person: str) -> set[str]:
    """The tags of a member as they are now."""
    now_us = shop.shop.clock()
    return set(await shop.db.read(lambda tx: current_tags(tx, person, now_us)))
