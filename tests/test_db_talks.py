"""Conversations: the customer's newest words renew what may be said, and no old news undoes it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.clock import moment
from bot.db import talks
from bot.db.merging import Cause, merge
from bot.db.people import People
from bot.db.tx import Database, Tx
from bot.events import Alias, AliasKind
from bot.facts import Talk
from tests.little_shop import NOW_US
from tests.rooms import INSTANCE_KEY, database

LATER_US = NOW_US + 60_000_000
ADAS = Talk(account="corp", kf="wk1", member="wm-ada")
BECAUSE = Cause(how="unionid", inbox=1, at_us=NOW_US)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        yield one


async def mark(db: Database, **happened: Any) -> Talk:
    """Mark something in Ada's conversation and return how it stands."""
    usual: dict[str, Any] = {
        "account": "corp", "kf": "wk1", "member": "wm-ada", "person": "P1", "chat": "",
        "state": None, "spoke_us": None, "staff_us": None, "sent": 0,
    }  # fmt: skip
    await db.write(lambda tx: talks.mark(tx, **(usual | happened)))
    found = await db.read(lambda tx: talks.of_member(tx, "P1"))
    return found[-1]


async def test_a_conversation_begins_with_nobody_holding_it(db: Database) -> None:
    assert await mark(db) == ADAS


async def test_marks_of_one_conversation_are_kept_together(db: Database) -> None:
    await mark(db, spoke_us=NOW_US, state="bot")
    await mark(db, sent=1)
    assert await mark(db, staff_us=LATER_US, state="human") == replace(
        ADAS, state="human", spoke=moment(NOW_US), staff_spoke=moment(LATER_US), sent=1
    )


async def test_no_state_leaves_it_and_an_empty_one_frees_the_conversation(
    db: Database,
) -> None:
    await mark(db, state="pool")
    assert (await mark(db)).state == "pool"
    assert (await mark(db, state="")).state == ""


async def test_newer_words_of_the_customer_count_our_messages_anew(db: Database) -> None:
    await mark(db, spoke_us=NOW_US)
    for _ in range(3):
        await mark(db, sent=1)
    assert (await mark(db, spoke_us=LATER_US)).sent == 0


@pytest.mark.parametrize("spoke_us", [NOW_US, LATER_US])
async def test_words_told_late_or_again_renew_nothing(db: Database, spoke_us: int) -> None:
    await mark(db, spoke_us=LATER_US, staff_us=LATER_US)
    await mark(db, sent=2)
    talk = await mark(db, spoke_us=spoke_us, staff_us=NOW_US)
    assert (talk.spoke, talk.staff_spoke, talk.sent) == (moment(LATER_US), moment(LATER_US), 2)


async def test_each_kf_account_has_a_conversation_of_its_own(db: Database) -> None:
    await mark(db, state="human")
    assert await mark(db, kf="wk2") == replace(ADAS, kf="wk2")
    assert await db.read(lambda tx: talks.of_member(tx, "P2")) == []


async def test_a_merge_gives_every_conversation_to_the_survivor(db: Database) -> None:
    older, younger = [await talked(db, kf, at) for kf, at in (("wk1", NOW_US), ("wk2", LATER_US))]
    assert await db.write(lambda tx: merge(tx, older, younger, BECAUSE)) == older
    found = await db.read(lambda tx: talks.of_member(tx, older))
    assert [talk.kf for talk in found] == ["wk1", "wk2"]


async def talked(db: Database, kf: str, at_us: int) -> str:
    """Make a member who has a conversation, and return their id."""

    async def work(tx: Tx) -> str:
        alias = Alias(AliasKind.EXTERNAL_USERID, "ww", kf)
        person, _ = await People(INSTANCE_KEY).meet(tx, alias, at_us)
        await talks.mark(
            tx, account="corp", kf=kf, member=kf, person=person, state="bot", chat="",
            spoke_us=at_us, staff_us=None, sent=0,
        )  # fmt: skip
        return person

    return await db.write(work)
