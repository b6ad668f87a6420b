"""A merge can be undone: each gets back what was theirs, in any order, and they stay apart."""

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

import pytest

from bot.db import journal, merging, seats, shelves
from bot.db.merging import Cause, merge
from bot.db.people import People, aliases_of, tags_of
from bot.db.tx import Database, Tx
from bot.errors import Contended
from bot.events import Alias, AliasKind
from tests.little_shop import NEWCOMER, NOW_US
from tests.rooms import INSTANCE_KEY, database

PEOPLE = People(INSTANCE_KEY)
FAN = Alias(AliasKind.OA_OPENID, "wx1", "ada-oa")
CONTACT = Alias(AliasKind.EXTERNAL_USERID, "ww1", "ada-wm")
THIRD = Alias(AliasKind.MP_OPENID, "wxmp", "ada-mp")
UNION = Alias(AliasKind.UNIONID, "", "ada")
DAY = 86_400_000_000
BECAUSE = Cause(how="told", inbox=7, at_us=NOW_US)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        codes = ["C1", "C2", "C3", "C4"]
        await one.write(lambda tx: shelves.stock_imported(tx, NEWCOMER, codes))
        yield one


async def meet(db: Database, alias: Alias, at_us: int = NOW_US) -> str:
    person, _ = await db.write(lambda tx: PEOPLE.meet(tx, alias, at_us))
    return person


async def furnish(db: Database, person: str, coupon: int, address: str) -> None:
    """Give a member one row of every kind that a merge moves."""

    async def work(tx: Tx) -> None:
        await shelves.claim(
            tx, campaign="newcomer", person=person, ordinal=1, coupon=coupon, inbox=coupon,
            at_us=NOW_US + coupon, expires_us=NOW_US + DAY,
        )  # fmt: skip
        await journal.tag(
            tx, person=person, name=f"标签{coupon}", value="", op="add", at_us=NOW_US,
            expires_us=None, inbox=coupon, rule="r", ruleset="v",
        )  # fmt: skip
        await journal.reach(
            tx, person=person, account="corp", channel="wecom", address=address, staff="bo",
            on=True, spoke_us=None, at_us=NOW_US,
        )  # fmt: skip
        await seats.invite(
            tx, pool="pets", person=person, chat="wrPETS1", ticket=f"T{coupon}", at_us=NOW_US
        )
        await tx.run("UPDATE person SET store = ? WHERE id = ?", f"S00{coupon}", person)

    await db.write(work)


async def belongings(db: Database, person: str) -> Mapping[str, object]:
    """Everything that is a member's, as a merge and its undoing must leave it."""

    async def work(tx: Tx) -> Mapping[str, object]:
        row = await tx.one("SELECT store, merged_into FROM person WHERE id = ?", person)
        assert row is not None
        grants = await tx.all(
            "SELECT coupon_id, ordinal, same_as FROM coupon_grant WHERE person_id = ? ORDER BY id",
            person,
        )
        ways = await tx.all("SELECT address FROM reach WHERE person_id = ? ORDER BY id", person)
        shown = await tx.all("SELECT ticket FROM invite WHERE person_id = ? ORDER BY id", person)
        return {
            "merged": row["merged_into"],
            "store": row["store"],
            "names": set(await aliases_of(tx, person)),
            "tags": await tags_of(tx, person, NOW_US),
            "grants": [(g["coupon_id"], g["ordinal"], g["same_as"]) for g in grants],
            "ways": [way["address"] for way in ways],
            "shown": [way["ticket"] for way in shown],
        }

    return await db.read(work)


async def three(db: Database) -> Sequence[str]:
    """Three furnished members; the first is the oldest."""
    people = [await meet(db, name, NOW_US + n) for n, name in enumerate((FAN, CONTACT, THIRD))]
    for number, person in enumerate(people, 1):
        await furnish(db, person, number, f"address{number}")
    return people


async def united(db: Database, one: str, other: str) -> int:
    """Merge two and return the number of the merge."""
    await db.write(lambda tx: merge(tx, one, other, BECAUSE))
    row = await db.read(lambda tx: tx.one("SELECT max(id) AS id FROM merge_log"))
    assert row is not None
    return int(row["id"])


async def undo(db: Database, number: int) -> bool:
    return await db.write(lambda tx: merging.undo(tx, number, "bo", NOW_US))


async def redeem(db: Database, code: str) -> bool:
    async def work(tx: Tx) -> bool:
        row = await shelves.find_coupon(tx, code)
        assert row is not None
        facts = shelves.coupon_facts(row, NEWCOMER)
        if facts.redeemed_at is not None:
            return False
        await shelves.redeem(
            tx, coupon=facts.coupon, code=code, store="S012", cashier="", request=code, inbox=9,
            at_us=NOW_US,
        )  # fmt: skip
        return True

    return await db.write(work)


async def test_undoing_a_merge_restores_both_exactly_and_twice_changes_nothing(
    db: Database,
) -> None:
    people = await three(db)
    before = [await belongings(db, person) for person in people]
    number = await united(db, people[1], people[0])
    whole = await belongings(db, people[0])
    assert (whole["tags"], whole["store"]) == ({"标签1": "", "标签2": ""}, "S001")
    assert await undo(db, number)
    assert [await belongings(db, person) for person in people] == before
    assert not await undo(db, number)
    assert [await belongings(db, person) for person in people] == before


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("pairs", [((1, 2), (0, 1)), ((0, 1), (0, 2)), ((0, 2), (0, 1))])
async def test_a_chain_comes_apart_in_any_order(
    db: Database, pairs: Sequence[tuple[int, int]], order: Sequence[int]
) -> None:
    people = await three(db)
    before = [await belongings(db, person) for person in people]
    numbers = [await united(db, people[a], people[b]) for a, b in pairs]
    assert await undo(db, numbers[order[0]])
    parted = pairs[order[0]][1]
    if pairs != ((1, 2), (0, 1)) or order == (0, 1):
        assert await belongings(db, people[parted]) == before[parted]
    assert await undo(db, numbers[order[1]])
    assert [await belongings(db, person) for person in people] == before


async def test_a_member_merged_below_goes_along_when_the_upper_merge_is_undone(
    db: Database,
) -> None:
    people = await three(db)
    await united(db, people[1], people[2])
    upper = await united(db, people[0], people[1])
    await undo(db, upper)
    assert (await belongings(db, people[2]))["merged"] == people[1]
    assert (await belongings(db, people[1]))["names"] == {CONTACT, THIRD}
    assert (await belongings(db, people[0]))["names"] == {FAN}


async def test_one_who_was_parted_and_merged_elsewhere_stays_there(db: Database) -> None:
    people = await three(db)
    lower = await united(db, people[1], people[2])
    upper = await united(db, people[0], people[1])
    await undo(db, lower)
    await united(db, people[0], people[2])
    await undo(db, upper)
    assert (await belongings(db, people[0]))["names"] == {FAN, THIRD}
    assert (await belongings(db, people[1]))["names"] == {CONTACT}
    assert (await belongings(db, people[2]))["merged"] == people[0]


async def test_a_lent_store_goes_back_and_an_own_one_stays(db: Database) -> None:
    people = await three(db)
    await db.write(lambda tx: tx.run("UPDATE person SET store = '' WHERE id <> ?", people[2]))
    lower = await united(db, people[1], people[2])
    await united(db, people[0], people[1])
    assert (await belongings(db, people[0]))["store"] == "S003"
    await undo(db, lower)
    stores = [(await belongings(db, person))["store"] for person in people]
    assert stores == ["", "", "S003"]


async def test_what_came_since_stays_but_for_what_is_known_of_a_name_that_goes_back(
    db: Database,
) -> None:
    older, younger, _ = await three(db)
    number = await united(db, older, younger)

    async def later(tx: Tx) -> None:
        await journal.tag(
            tx, person=older, name="后来", value="", op="add", at_us=NOW_US, expires_us=None,
            inbox=50, rule="r", ruleset="v",
        )  # fmt: skip
        await seats.take(tx, "wrPETS1", CONTACT.value, older, NOW_US)
        await seats.take(tx, "wrPETS1", "somebody", older, NOW_US)

    await db.write(later)
    await undo(db, number)
    assert "后来" in await db.read(lambda tx: tags_of(tx, older, NOW_US))
    rows = await db.read(lambda tx: tx.all("SELECT member, person_id FROM seat ORDER BY id"))
    assert [(r["member"], r["person_id"]) for r in rows] == [
        (CONTACT.value, younger),
        ("somebody", older),
    ]


@pytest.mark.parametrize("spent", ["C1", "C2"])
async def test_a_redemption_stays_with_the_coupon_it_was_made_by(db: Database, spent: str) -> None:
    older, younger, _ = await three(db)
    number = await united(db, older, younger)
    assert await redeem(db, spent)
    assert not await redeem(db, "C1" if spent == "C2" else "C2")
    await undo(db, number)
    assert not await redeem(db, spent)
    assert await redeem(db, "C1" if spent == "C2" else "C2")


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
async def test_which_code_stands_does_not_depend_on_who_was_linked_first(
    db: Database, order: Sequence[int]
) -> None:
    people = await three(db)
    assert await redeem(db, "C2")
    for index in order[1:]:
        row = await db.read(
            lambda tx: tx.one(
                "SELECT coalesce(merged_into, id) AS id FROM person WHERE id = ?", people[order[0]]
            )
        )
        assert row is not None
        await united(db, row["id"], people[index])
    assert (await belongings(db, people[0]))["grants"] == [(1, 1, None), (2, None, 1), (3, None, 1)]
    assert [await redeem(db, code) for code in ("C1", "C2", "C3")] == [False] * 3


async def test_the_same_link_does_not_join_again_whom_an_operator_parted(
    db: Database,
) -> None:
    older, younger, _ = await three(db)
    await db.write(lambda tx: PEOPLE.link(tx, younger, UNION, BECAUSE, by=CONTACT))
    number = await united(db, older, younger)
    await undo(db, number)
    linked = await db.write(lambda tx: PEOPLE.link(tx, older, UNION, BECAUSE, by=FAN))
    assert (linked.person, linked.apart) == (older, f"第 {number} 号合并撤销过")
    notices = await db.read(lambda tx: tx.all("SELECT text FROM notice"))
    assert len(notices) == 1
    assert older in notices[0]["text"]
    again = await db.write(lambda tx: PEOPLE.link(tx, older, UNION, BECAUSE, by=FAN, overrule=True))
    assert (again.person, again.learnt) == (older, True)
    assert (await belongings(db, younger))["merged"] == older


async def test_two_unionids_are_two_people(db: Database) -> None:
    older, younger = await meet(db, FAN), await meet(db, CONTACT, NOW_US + 1)
    other = Alias(AliasKind.UNIONID, "", "bo")
    await db.write(lambda tx: PEOPLE.link(tx, older, UNION, BECAUSE, by=FAN))
    await db.write(lambda tx: PEOPLE.link(tx, younger, other, BECAUSE, by=CONTACT))
    phone = Alias(AliasKind.PHONE, "", "hash")
    await db.write(lambda tx: PEOPLE.link(tx, younger, phone, BECAUSE, by=CONTACT))
    for name in (other, phone, Alias(AliasKind.UNIONID, "", "cy")):
        linked = await db.write(
            lambda tx, name=name: PEOPLE.link(tx, older, name, BECAUSE, by=FAN, overrule=True)  # type: ignore[misc]
        )
        assert linked.apart
    assert (await belongings(db, older))["names"] == {FAN, UNION}
    assert (await belongings(db, younger))["names"] == {CONTACT, other, phone}


async def test_a_member_who_is_gone_is_merged_with_nobody(db: Database) -> None:
    people = await three(db)
    await united(db, people[0], people[1])
    with pytest.raises(Contended):
        await db.write(lambda tx: merge(tx, people[1], people[2], BECAUSE))
