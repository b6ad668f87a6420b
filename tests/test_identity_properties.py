"""Properties of identity: one partition in any order, one live grant each, undo is the way back."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.codec import event_to_json
from bot.db import inbox
from bot.events import Alias, AliasKind, Event, MergeUndone, NamesTold, OrderTold
from tests.callbacks import said
from tests.rooms import Installed, installed
from tests.sealing import RECEIVER

FANS = ("ada", "bo", "cy")
NAMES = (
    *(Alias(AliasKind.OA_OPENID, RECEIVER, fan) for fan in FANS),
    *(Alias(AliasKind.PHONE, "", f"phone-{fan}") for fan in FANS),
    Alias(AliasKind.CARD, "", "card-ada"),
)
Partition = frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A follower asks for the newcomers' coupon."""

    fan: str


@dataclass(frozen=True, slots=True)
class Linked:
    """Two names are told to be one person's."""

    one: Alias
    other: Alias


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order comes with some names."""

    number: int
    names: tuple[Alias, ...]


Deed = Claimed | Linked | Ordered


def deeds() -> st.SearchStrategy[Deed]:
    """Anything that tells who somebody is, or depends on it."""
    name = st.sampled_from(NAMES)
    return st.one_of(
        st.builds(Claimed, st.sampled_from(FANS)),
        st.builds(Linked, name, name),
        st.builds(
            Ordered, st.integers(1, 3), st.lists(name, min_size=1, max_size=2).map(tuple)
        ).map(lambda one: replace(one, names=ORDER_NAMES[one.number])),
    )


# An order that is told twice tells the same names.
ORDER_NAMES: Mapping[int, tuple[Alias, ...]] = {1: NAMES[3:4], 2: NAMES[1:2], 3: NAMES[4:6]}


def run(story: Coroutine[Any, Any, None]) -> None:
    with capture_logs():
        asyncio.run(story)


async def do(shop: Installed, number: int, deed: Deed) -> None:
    match deed:
        case Claimed(fan=fan):
            await shop.deliver(said(fan, "领券", number))
        case Linked(one=one, other=other):
            await tell(shop, NamesTold(account="s", source="s", names=(one, other)), number)
        case Ordered(number=order, names=names):
            told = OrderTold(
                account="s", source="s", order=str(order), revision=1, state="paid",
                total_fen=1000 * order, names=names,
            )  # fmt: skip
            await tell(shop, told, number)
    await shop.decide_due()


async def tell(shop: Installed, event: Event, number: int) -> None:
    arrival = inbox.Arrival(
        account=event.account, source="internal", dedupe=f"test-{number}",
        kind=type(event).__name__, body=event_to_json(event), received_us=shop.shop.clock(),
    )  # fmt: skip
    await shop.acceptor.record(arrival)


async def partition(shop: Installed) -> Partition:
    found: dict[str, set[str]] = {}
    for row in await shop.rows("SELECT person_id, value FROM alias"):
        found.setdefault(row["person_id"], set()).add(row["value"])
    return frozenset(frozenset(names) for names in found.values())


async def end(shop: Installed) -> Mapping[str, object]:
    """What must not depend on the order in which things were told."""
    grants = await shop.rows(
        "SELECT g.person_id, g.coupon_id FROM coupon_grant g WHERE g.ordinal IS NOT NULL"
    )
    orders: dict[str, set[str]] = {}
    for row in await shop.rows(
        "SELECT o.number, coalesce(a.value, '') AS name FROM shop_order o"
        " LEFT JOIN alias a ON a.person_id = o.person_id"
    ):
        orders.setdefault(row["number"], set()).add(row["name"])
    holders = [row["person_id"] for row in grants]
    assert len(holders) == len({*holders}), "a share for each person"
    names = {
        person: frozenset(
            row["value"]
            for row in await shop.rows("SELECT value FROM alias WHERE person_id = ?", person)
        )
        for person in holders
    }
    twins = await shop.one(
        "SELECT count(*) FROM coupon_grant g WHERE g.same_as IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM coupon_grant r WHERE r.coupon_id = g.same_as AND r.same_as IS NULL"
        "  AND r.person_id = g.person_id)"
    )
    assert twins == 0, "a second name stands for a live code of the same person"
    return {
        "people": await partition(shop),
        "holders": frozenset(names.values()),
        "orders": orders,
    }


@settings(max_examples=20)
@given(st.lists(deeds(), min_size=1, max_size=7), st.data())
def test_any_order_and_repetition_ends_with_the_same_people_grants_and_orders(
    told: Sequence[Deed], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations([*told, *data.draw(st.lists(st.sampled_from(told)))]))

    async def story() -> None:
        assert await ending(told) == await ending(shuffled)

    run(story())


async def ending(told: Sequence[Deed]) -> Mapping[str, object]:
    with TemporaryDirectory() as folder:
        async with installed(Path(folder)) as shop:
            for number, deed in enumerate(told):
                await do(shop, number, deed)
            return await end(shop)


@settings(max_examples=20)
@given(st.lists(deeds(), min_size=1, max_size=6), st.integers(0, 6), st.data())
def test_undoing_every_merge_since_a_moment_gives_that_moments_people_back(
    told: Sequence[Deed], kept: int, data: st.DataObject
) -> None:
    before, since = told[:kept], [deed for deed in told[kept:] if isinstance(deed, Linked)]

    async def story() -> None:
        with TemporaryDirectory() as folder:
            async with installed(Path(folder)) as shop:
                for number, deed in enumerate((*before, *(Linked(n, n) for n in NAMES))):
                    await do(shop, number, deed)
                first = await shop.one("SELECT coalesce(max(id), 0) FROM merge_log")
                wanted = await end(shop)
                for number, deed in enumerate(since, 100):
                    await do(shop, number, deed)
                merges = await shop.rows("SELECT id FROM merge_log WHERE id > ?", first)
                for row in data.draw(st.permutations([*merges])):
                    await tell(shop, MergeUndone(account="s", merge=row["id"], by="bo"), -row["id"])
                    await shop.decide_due()
                assert await end(shop) == wanted

    run(story())
