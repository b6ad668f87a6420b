"""Answers inside a response whose writing broke off: what comes later settles them, or nobody."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import Reply
from bot.db import ledger, resolving
from bot.db.tx import Database, Row
from tests.little_shop import NOW_US
from tests.rooms import database

WITHIN_US = 20_000_000
LATER_US = NOW_US + WITHIN_US


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    """A database with one answer under way in a response, given up because nobody asked again."""
    async with database(tmp_path) as one:
        reply = Reply(account="oa", openid="ada", text="您好")
        owing = ledger.Owing(inbox=1, event_id="E1", person=None, now_us=NOW_US)
        await one.write(lambda tx: ledger.owe(tx, reply, owing, inside=True))
        assert await one.write(lambda tx: ledger.give_up_silent_answers(tx, LATER_US, WITHIN_US))
        assert (await effect(one))["state"] == "unknown"
        yield one


async def effect(db: Database) -> Row:
    """Return the answer as the ledger has it."""
    (row,) = await db.read(lambda tx: tx.all("SELECT * FROM effect"))
    return row


async def test_a_late_repeat_of_the_callback_proves_that_it_did_not_arrive(db: Database) -> None:
    """A process that was down for longer than the platform's patience finds it in its socket."""
    assert await db.write(lambda tx: ledger.answer_inside(tx, 1, LATER_US))
    row = await effect(db)
    assert (row["state"], row["attempts"], row["done_us"]) == ("sending", 2, None)
    await db.write(lambda tx: ledger.answered(tx, 1, LATER_US))
    assert (await effect(db))["state"] == "done"


async def test_a_repeat_that_breaks_off_too_leaves_it_unknown_again(db: Database) -> None:
    await db.write(lambda tx: ledger.answer_inside(tx, 1, LATER_US))
    ends_us = LATER_US + WITHIN_US
    give_up = ledger.give_up_silent_answers
    assert await db.write(lambda tx: give_up(tx, ends_us - 1, WITHIN_US)) == 0
    assert await db.write(lambda tx: give_up(tx, ends_us, WITHIN_US)) == 1
    assert (await effect(db))["state"] == "unknown"


async def test_a_note_that_the_database_took_too_late_settles_it(db: Database) -> None:
    await db.write(lambda tx: ledger.answered(tx, 1, LATER_US))
    row = await effect(db)
    assert (row["state"], row["meaning"]) == ("done", "已在回调响应中回复")


@pytest.mark.parametrize("verdict", ["done", "give_up"])
async def test_what_an_operator_settled_no_repeat_changes(db: Database, verdict: str) -> None:
    word = resolving.Word(verdict=verdict, by="bo", at_us=LATER_US)
    await db.write(lambda tx: resolving.resolve(tx, (1,), word))
    settled = (await effect(db))["state"]
    assert not await db.write(lambda tx: ledger.answer_inside(tx, 1, LATER_US))
    await db.write(lambda tx: ledger.answered(tx, 1, LATER_US))
    assert (await effect(db))["state"] == settled
