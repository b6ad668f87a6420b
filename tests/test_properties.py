"""Properties of the whole: the same plan twice, never more than the stock, one end in any order."""

import asyncio
import json
import sqlite3
from collections.abc import Coroutine, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.db import inbox
from bot.db.inbox import Accepted
from tests.callbacks import contact_added, followed, group_changed, said, scanned, tapped
from tests.little_shop import NOW_S, shop_content
from tests.rooms import Installed, database, installed

FANS = ("ada", "bo", "cy", "dee")
WORDS = ("领券", "鸡蛋", "宠物群", "几点", "退订", "量子面包", "人工")
TABLES = ("trace", "effect", "tag", "coupon_grant", "invite", "reach", "notice", "gap")
PEOPLE = """
SELECT a.value,
 (SELECT json_group_array(t.name) FROM tag t WHERE t.person_id = a.person_id AND t.op = 'add')
  AS tags,
 (SELECT json_group_array(g.campaign) FROM coupon_grant g
   WHERE g.person_id = a.person_id AND g.ordinal = 1) AS grants
FROM alias a
"""
Told = dict[str, object]


def run(story: Coroutine[Any, Any, None]) -> None:
    with capture_logs():
        asyncio.run(story)


def happenings() -> st.SearchStrategy[str]:
    """Anything the little shop's customers do, by whichever door."""
    fan, number = st.sampled_from(FANS), st.integers(1, 10_000)
    scene = st.sampled_from(["", "poster-S012-door", "poster-S012-till", "flyer"])
    return st.one_of(
        st.builds(said, fan, st.sampled_from(WORDS) | st.text(min_size=1, max_size=9), number),
        st.builds(followed, fan, scene),
        st.builds(scanned, fan, scene.filter(bool)),
        st.builds(tapped, fan, st.sampled_from(["coupon-key", "other"])),
        st.builds(contact_added, fan, state=st.sampled_from(["", "staff-xiaowang"])),
        st.builds(group_changed, st.sampled_from(["wrPETS1", "wrOTHER"]), fan),
    ).filter(lambda message: "]]>]]>" not in message and message.isprintable())


# --- deciding twice ---


@settings(max_examples=20)
@given(st.lists(happenings(), min_size=1, max_size=6))
def test_deciding_twice_gives_the_same_plan(messages: Sequence[str]) -> None:
    with TemporaryDirectory() as folder:
        run(decide_on_two_copies(Path(folder), messages))


async def decide_on_two_copies(folder: Path, messages: Sequence[str]) -> None:
    for name in ("first", "second"):
        (folder / name).mkdir()
    async with installed(folder) as shop:
        for fan in FANS:  # whoever is new gets a random name
            await shop.deliver(followed(fan))
            await shop.deliver(contact_added(fan))
        await shop.settle_down(wait_s=3)
        for message in messages[:-1]:
            await shop.deliver(message)
        await shop.settle_down(wait_s=3)
        last = await shop.deliver(messages[-1])
    with closing(sqlite3.connect(folder / "xiaoer.db")) as source:
        for name in ("first", "second"):
            with closing(sqlite3.connect(folder / name / "xiaoer.db")) as copy:
                source.backup(copy)
    assert await decided_on(folder / "first", last) == await decided_on(folder / "second", last)


async def decided_on(folder: Path, last: Accepted) -> Told:
    async with installed(folder) as shop:
        await shop.decider.decide(last.id)
        assert await shop.decider.decide(last.id) is None
        told: Told = {
            name: [[*row] for row in await shop.rows(f"SELECT * FROM {name}")]  # type: ignore[misc]  # noqa: S608
            for name in TABLES
        }
        return told | {"answer": await shop.one("SELECT answer FROM inbox WHERE id = ?", last.id)}


# --- never more than the stock ---


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.sampled_from(FANS), st.sampled_from(["领券", "鸡蛋"])), max_size=14),
    st.lists(st.sampled_from(FANS), max_size=4),
    st.integers(1, 14),
)
def test_grants_never_exceed_the_stock(
    claims: Sequence[tuple[str, str]], one_person: Sequence[str], together: int
) -> None:
    with TemporaryDirectory() as folder:
        run(claim_all(Path(folder), claims, one_person, together))


async def claim_all(
    folder: Path, claims: Sequence[tuple[str, str]], one_person: Sequence[str], together: int
) -> None:
    async with installed(folder) as shop:
        shop.platform.world.unionids.update(dict.fromkeys(one_person, "U-same"))
        rows = [
            (await shop.deliver(said(fan, words, number))).id
            for number, (fan, words) in enumerate(claims)
        ]
        for start in range(0, len(rows), together):
            batch = rows[start : start + together]
            await asyncio.gather(*(shop.decider.decide(row) for row in batch))
        for fan in FANS:
            await shop.deliver(followed(fan))  # asks who it is, and so may merge
        await shop.settle_down(wait_s=3)
        await stock_adds_up(shop)


async def stock_adds_up(shop: Installed) -> None:
    for campaign in shop_content().campaigns.values():
        given_out = "SELECT count(*) FROM coupon_grant WHERE campaign = ?"
        off_shelf = "SELECT count(*) FROM coupon WHERE campaign = ? AND state = 'granted'"
        granted = await shop.one(given_out, campaign.id)
        assert granted <= campaign.stock
        assert granted == await shop.one(off_shelf, campaign.id)
        most = await shop.rows(
            "SELECT count(*) AS n FROM coupon_grant WHERE campaign = ? AND ordinal IS NOT NULL"
            " GROUP BY person_id ORDER BY n DESC LIMIT 1", campaign.id,
        )  # fmt: skip
        assert [row["n"] for row in most] in ([], [1])


# --- any order, any number of times ---

FIRST = (followed("ada", "poster-S012-door"), said("ada", "几点", 1))
LATER_S = NOW_S + 22  # when the first answers have gone out
REST = (
    said("ada", "领券", 2, at_s=LATER_S),
    said("ada", "鸡蛋", 3, at_s=LATER_S),
    said("ada", "宠物群", 4, at_s=LATER_S),
    said("ada", "量子面包", 5, at_s=LATER_S),
    contact_added("m-ada", state="staff-xiaowang", at_s=LATER_S),
    group_changed("wrPETS1", "m-ada", at_s=LATER_S),
    followed("bo", "poster-S012-till", at_s=LATER_S),
    said("bo", "领券", 6, at_s=LATER_S),
    contact_added("m-bo", state="staff-xiaowang", code="WC2", at_s=LATER_S),
)
REPEATED = st.lists(st.sampled_from(range(len(REST))), max_size=8)


@settings(max_examples=20)
@given(st.permutations(range(len(REST))), REPEATED, st.sets(st.integers(0, 20), max_size=5))
def test_any_order_and_repetition_of_deliveries_ends_the_same(
    order: Sequence[int], repeated: Sequence[int], pauses: set[int]
) -> None:
    run(same_end([*order, *repeated], pauses))


async def same_end(order: Sequence[int], pauses: set[int]) -> None:
    assert await end_of(order, pauses) == await end_of(range(len(REST)), set())


async def end_of(order: Sequence[int], pauses: set[int]) -> Told:
    with TemporaryDirectory() as folder:
        async with installed(Path(folder)) as shop:
            shop.platform.world.unionids.update({"ada": "U-ada", "m-ada": "U-ada"})
            shop.platform.world.seats["wrPETS1"] = ["m-ada"]
            for message in FIRST:
                await shop.deliver(message)
            await shop.settle_down(wait_s=1)
            for place, index in enumerate(order):
                await shop.deliver(REST[index])
                if place in pauses:
                    await shop.decide_due()
                    await shop.perform_due()
            await shop.settle_down(wait_s=30)
            return await outcome(shop)


async def outcome(shop: Installed) -> Told:
    """What is left of it all, without names and times that chance chose."""
    effects = await shop.rows("SELECT key, state FROM effect")
    people = await shop.rows(PEOPLE)
    return {
        "effects": {(row["key"].partition(":")[2], row["state"]) for row in effects},
        "unfinished": await shop.one("SELECT count(*) FROM inbox WHERE state <> 'done'"),
        "tags": {row["value"]: set(json.loads(row["tags"])) for row in people},
        "grants": {row["value"]: sorted(json.loads(row["grants"])) for row in people},
        "redeemable": await shop.one("SELECT count(*) FROM coupon_grant WHERE same_as IS NULL"),
        "welcomes": sorted(one.body["welcome_code"] for one in welcomes(shop)),
        "labels": {who: sorted(names) for who, names in labels(shop).items()},
    }


def welcomes(shop: Installed) -> Sequence[Any]:
    return shop.platform.to("send_welcome_msg")


def labels(shop: Installed) -> dict[str, set[str]]:
    """The labels each contact ends with at the platform."""
    names = {str(number): name for name, number in shop.platform.world.labels.items()}
    found: dict[str, set[str]] = {}
    for one in shop.platform.to("mark_tag"):
        marked = found.setdefault(one.body["external_userid"], set())
        marked |= {names[number] for number in one.body.get("add_tag", [])}
    return found


def test_the_comparison_sees_a_missing_delivery() -> None:
    """The property above must not pass because it is blind."""

    async def story() -> None:
        whole = await end_of(range(len(REST)), set())
        assert whole["effects"]
        assert await end_of(range(len(REST) - 1), set()) != whole

    run(story())


async def test_a_row_decided_meanwhile_is_left_as_it_is(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop, database(tmp_path):
        accepted = await shop.deliver(said("ada", "领券", 1))
        decided = await asyncio.gather(*(shop.decider.decide(accepted.id) for _ in range(10)))
        assert [one is None for one in decided].count(False) == 1
        assert await shop.db.read(lambda tx: inbox.take(tx, accepted.id)) is None
