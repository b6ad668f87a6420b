"""Shelves: never more than the stock, one share a slot, one redemption for ever."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import micros
from bot.db import shelves, till
from bot.db.tx import Database, Tx
from bot.errors import Contended
from bot.ids import CODE_LENGTH, CODE_LETTERS
from tests.little_shop import LAST_EGG, NEWCOMER, NOW, NOW_US
from tests.rooms import database

EXPIRES_US = micros(NOW) + 86_400_000_000


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        yield one


async def claim(db: Database, person: str, campaign: str, coupon: int) -> bool:
    async def work(tx: Tx) -> None:
        await shelves.claim(
            tx, campaign=campaign, person=person, ordinal=1, coupon=coupon, inbox=1,
            at_us=NOW_US, expires_us=EXPIRES_US,
        )  # fmt: skip

    try:
        await db.write(work)
    except Contended:
        return False
    return True


async def redeem(db: Database, code: str, request: str) -> bool:
    async def work(tx: Tx) -> None:
        row = await shelves.find_coupon(tx, code)
        assert row is not None
        await shelves.redeem(
            tx, coupon=row["root"], code=code, store="S012", cashier="", request=request, inbox=1,
            at_us=NOW_US,
        )  # fmt: skip

    try:
        await db.write(work)
    except Contended:
        return False
    return True


async def count(db: Database, what: str) -> int:
    row = await db.read(lambda tx: tx.one(f"SELECT count(*) AS n FROM {what}"))  # noqa: S608
    assert row is not None
    return int(row["n"])


async def test_generated_codes_fill_the_stock_once(db: Database) -> None:
    assert await db.write(lambda tx: shelves.stock_generated(tx, NEWCOMER)) == NEWCOMER.stock
    assert await db.write(lambda tx: shelves.stock_generated(tx, NEWCOMER)) == 0
    rows = await db.read(lambda tx: tx.all("SELECT code FROM coupon"))
    assert len({row["code"] for row in rows}) == NEWCOMER.stock
    for row in rows:
        assert len(row["code"]) == CODE_LENGTH
        assert set(row["code"]) <= set(CODE_LETTERS)


async def test_a_smaller_stock_takes_codes_off_the_shelf_and_a_larger_one_puts_them_back(
    db: Database,
) -> None:
    await db.write(lambda tx: shelves.stock_generated(tx, NEWCOMER))
    await claim(db, "P1", "newcomer", 1)
    smaller, larger = replace(NEWCOMER, stock=2), replace(NEWCOMER, stock=8)
    assert await db.write(lambda tx: shelves.stock_generated(tx, smaller)) == 0
    assert await count(db, "coupon WHERE state = 'shelf'") == 1
    assert await db.write(lambda tx: shelves.stock_generated(tx, larger)) == 3
    assert await count(db, "coupon WHERE state = 'shelf'") == 7


async def test_a_stock_lowered_below_what_was_given_leaves_an_empty_shelf(
    db: Database,
) -> None:
    await db.write(lambda tx: shelves.stock_generated(tx, NEWCOMER))
    for number in range(1, 4):
        await claim(db, f"P{number}", "newcomer", number)
    await db.write(lambda tx: shelves.stock_generated(tx, replace(NEWCOMER, stock=2)))
    facts = await db.read(lambda tx: shelves.campaign_facts(tx, NEWCOMER, "P9"))
    assert facts.coupon == 0
    assert await count(db, "coupon WHERE state = 'granted'") == 3


async def test_imported_codes_are_taken_up_to_the_stock_and_never_twice(
    db: Database,
) -> None:
    codes = ["A1", "A2", "A2", "A3", "A4", "A5", "A6"]
    assert await db.write(lambda tx: shelves.stock_imported(tx, NEWCOMER, codes)) == 5
    assert await db.write(lambda tx: shelves.stock_imported(tx, NEWCOMER, codes)) == 0
    assert await count(db, "coupon WHERE code IN ('A1','A2','A3','A4','A5')") == 5


async def test_sixty_four_claims_of_the_last_coupon_give_it_to_one(db: Database) -> None:
    await db.write(lambda tx: shelves.stock_generated(tx, LAST_EGG))
    won = await asyncio.gather(*(claim(db, f"P{n}", "egg", 1) for n in range(64)))
    assert won.count(True) == 1
    assert await count(db, "coupon_grant") == 1
    assert await count(db, "coupon WHERE state = 'granted'") == 1


async def test_one_member_at_many_doors_gets_one_share(db: Database) -> None:
    await db.write(lambda tx: shelves.stock_generated(tx, NEWCOMER))
    won = await asyncio.gather(*(claim(db, "P1", "newcomer", n) for n in range(1, 6)))
    assert won.count(True) == 1
    assert await count(db, "coupon WHERE state = 'shelf'") == NEWCOMER.stock - 1


async def test_a_coupon_of_another_campaign_is_never_given(db: Database) -> None:
    await db.write(lambda tx: shelves.stock_generated(tx, NEWCOMER))
    assert not await claim(db, "P1", "egg", 1)
    assert await count(db, "coupon_grant") == 0


async def test_the_facts_show_what_is_mine_and_what_would_come_next(db: Database) -> None:
    await db.write(lambda tx: shelves.stock_imported(tx, NEWCOMER, ["A1", "A2"]))
    await claim(db, "P1", "newcomer", 1)
    mine = await db.read(lambda tx: shelves.campaign_facts(tx, NEWCOMER, "P1"))
    theirs = await db.read(lambda tx: shelves.campaign_facts(tx, NEWCOMER, "P2"))
    assert [(g.code, g.redeemed) for g in mine.mine] == [("A1", False)]
    assert (theirs.mine, theirs.code) == ((), "A2")
    await claim(db, "P2", "newcomer", 2)
    sold_out = await db.read(lambda tx: shelves.campaign_facts(tx, NEWCOMER, "P3"))
    assert (sold_out.coupon, sold_out.code) == (0, "")


async def test_a_coupon_is_redeemed_once_by_however_many_tills(db: Database) -> None:
    await db.write(lambda tx: shelves.stock_imported(tx, NEWCOMER, ["A1"]))
    await claim(db, "P1", "newcomer", 1)
    taken = await asyncio.gather(*(redeem(db, "A1", f"R{n}") for n in range(32)))
    assert taken.count(True) == 1
    facts = await db.read(lambda tx: shelves.campaign_facts(tx, NEWCOMER, "P1"))
    assert facts.mine[0].redeemed


async def test_a_redemption_is_taken_back_once(db: Database) -> None:
    await db.write(lambda tx: shelves.stock_imported(tx, NEWCOMER, ["A1"]))
    await claim(db, "P1", "newcomer", 1)
    assert await redeem(db, "A1", "R1")
    taken_back = await asyncio.gather(*(take_back(db, 1) for _ in range(8)))
    assert taken_back.count(True) == 1


async def take_back(db: Database, coupon: int) -> bool:
    try:
        await db.write(lambda tx: till.undo(tx, coupon=coupon, by="Bo", at_us=NOW_US))
    except Contended:
        return False
    return True


@pytest.mark.parametrize("typed", ["ab-12", "AB12CD", "ab12 cd", "AB-12-CD"])
async def test_a_code_is_found_as_it_was_imported_and_as_people_type_it(
    db: Database, typed: str
) -> None:
    await db.write(lambda tx: shelves.stock_imported(tx, NEWCOMER, ["ab-12", "AB12CD", "AB12"]))
    found = await db.read(lambda tx: shelves.find_coupon(tx, typed))
    assert found is not None
    assert found["code"] == ("ab-12" if typed == "ab-12" else "AB12CD")


async def test_a_generated_code_can_be_found_whatever_its_prefix(db: Database) -> None:
    await db.write(lambda tx: shelves.stock_generated(tx, replace(NEWCOMER, prefix="XM-")))
    row = await db.read(lambda tx: tx.one("SELECT code FROM coupon"))
    assert row is not None
    typed = f"xm-{row['code'][2:]}".lower()
    assert await db.read(lambda tx: shelves.find_coupon(tx, typed)) is not None
