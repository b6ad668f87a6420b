"""Properties of orders: one end whatever comes first or twice, and sums exact to the fen."""

import asyncio
from collections.abc import Coroutine, Sequence
from functools import partial, reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.db import orders
from bot.db.order import Name, Order, fold
from bot.db.people import tags_of
from bot.db.tx import Tx
from bot.events import Alias, NamesTold
from bot.web.orders import tell as tell_orders
from tests.order_calls import fan, known, order, phone, plans, tell
from tests.rooms import Installed, installed

NUMBER = "13800000001"
Happening = dict[str, Any] | tuple[Alias, ...]
# Orders as dicts, and what the members' system tells as tuples of names.
HAPPENINGS: tuple[Happening, ...] = (
    order("A1", phone=NUMBER),
    order("A1", revision=2, phone=NUMBER, refunded_fen=1200),
    order("A1", revision=3, state="refunded", refunded_fen=None),
    order("A2", total_fen=19_999, phone=NUMBER, oa_openid="ada"),
    order("A2", revision=7, total_fen=20_001, store="", paid_at=None),
    order("A3", phone="13800000002"),
    order("A3", revision=2, phone="13800000002", oa_openid="ada"),
    order("A4", card="C1"),
    order("A4", revision=2, card="C1", state="cancelled"),
    (fan("ada"), phone(NUMBER)),
    (phone("13800000002"),),
)
PLACES = st.sampled_from(range(len(HAPPENINGS)))


def run(story: Coroutine[Any, Any, None]) -> None:
    with capture_logs():
        asyncio.run(story)


async def happen(shop: Installed, what: Happening) -> None:
    if isinstance(what, tuple):
        await tell(shop, NamesTold(account="source:crm", source="crm", names=what))
    else:
        await tell_orders(shop.db, shop.shop, "till", [what])
    await shop.decide_due()
    await shop.decide_due()


async def end_of(places: Sequence[int]) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        async with installed(Path(folder), plans()) as shop:
            for place in places:
                await happen(shop, HAPPENINGS[place])
            return await outcome(shop)


async def outcome(shop: Installed) -> dict[str, Any]:
    """What is left of it all, members by their names."""
    now_us = shop.shop.clock()
    names: dict[str, list[str]] = {}
    for row in await shop.rows("SELECT person_id, kind, value FROM alias ORDER BY digest"):
        names.setdefault(row["person_id"], []).append(f"{row['kind']}:{row['value'][:8]}")
    rows = await shop.rows(
        "SELECT number, revision, state, total_fen, refunded_fen, paid_us, store, person_id"
        " FROM shop_order ORDER BY number"
    )
    stages = await shop.rows("SELECT id, stage FROM person WHERE merged_into IS NULL")
    tags = {
        person: await shop.db.read(partial(_tags, person=person, now_us=now_us)) for person in names
    }
    return {
        "orders": [(*list(row)[:-1], names.get(row["person_id"])) for row in rows],  # type: ignore[call-overload]
        "stages": sorted((names[row["id"]], row["stage"]) for row in stages),
        "tags": sorted((names[person], found) for person, found in tags.items()),
        "unfinished": await shop.one("SELECT count(*) FROM inbox WHERE state <> 'done'"),
    }


async def _tags(tx: Tx, person: str, now_us: int) -> list[str]:
    return sorted(tag for tag in await tags_of(tx, person, now_us) if "门店" not in tag)


@settings(max_examples=25, deadline=None)
@given(st.permutations(range(len(HAPPENINGS))), st.lists(PLACES, max_size=6))
def test_any_order_and_repetition_ends_in_the_same_orders_owners_and_stages(
    places: Sequence[int], repeated: Sequence[int]
) -> None:
    async def story() -> None:
        assert await end_of([*places, *repeated]) == await end_of(range(len(HAPPENINGS)))

    run(story())


def test_the_comparison_sees_a_missing_telling() -> None:
    """The property above must not pass because it is blind."""

    async def story() -> None:
        whole = await end_of(range(len(HAPPENINGS)))
        assert whole["unfinished"] == 0
        for place in (2, 4, 9, 10):
            assert await end_of([p for p in range(len(HAPPENINGS)) if p != place]) != whole

    run(story())


def tellings() -> st.SearchStrategy[list[Order]]:
    """Some revisions of one order, each telling what it likes."""

    def made(revision: int, money: tuple[int, int], told: tuple[bool, bool, bool]) -> Order:
        paid, store, names = told
        return Order(
            source="till", number="1", revision=revision,
            state="paid", total_fen=sum(money), refunded_fen=money[1],
            paid_us=revision if paid else None, paid_from=revision if paid else -1,
            store=f"S{revision}" if store else "", store_from=revision if store else -1,
            names=(Name(digest=f"d{revision}", kind="card", rank=0),) if names else (),
            names_from=revision if names else -1,
        )  # fmt: skip

    fen = st.integers(0, 10_000_000_000)
    some = st.builds(made, st.integers(0, 50), st.tuples(fen, fen), st.tuples(*[st.booleans()] * 3))
    return st.lists(some, min_size=1, max_size=6, unique_by=lambda one: one.revision)


@given(tellings(), st.randoms(use_true_random=False))
def test_an_order_comes_to_the_same_in_any_order_of_its_revisions(
    told: list[Order], chance: Any
) -> None:
    start: Order | None = None
    straight = reduce(fold, told, start)
    shuffled = [*told, *told[:2]]
    chance.shuffle(shuffled)
    assert reduce(fold, shuffled, start) == straight


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10**10), st.integers(0, 10**10)), max_size=12))
def test_sums_are_exact_to_the_fen(amounts: list[tuple[int, int]]) -> None:
    async def story() -> None:
        items = [
            order(f"N{n}", total_fen=max(pair), refunded_fen=min(pair), oa_openid="ada")
            for n, pair in enumerate(amounts)
        ]
        with TemporaryDirectory() as folder:
            async with installed(Path(folder), plans()) as shop:
                ada = await known(shop, fan())
                if items:
                    await tell_orders(shop.db, shop.shop, "till", items)
                await shop.decide_due()
                found = await shop.db.read(lambda tx: orders.sums(tx, ada))
        standing = [(max(p), min(p)) for p in amounts if max(p) == 0 or max(p) != min(p)]
        assert found.count == len(standing)
        assert found.spend_fen == sum(total - back for total, back in standing)

    run(story())
