"""The inbox: one row for each message, however often it comes, until it is decided or set aside."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.db import inbox
from bot.db.inbox import Accepted, Arrival
from bot.db.tx import Database, Row
from tests.little_shop import NOW_US
from tests.rooms import INSTANCE_KEY, database


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        yield one


def arrival(name: str, *, lane: int = 1, next_us: int = 0, quarantined: str = "") -> Arrival:
    return Arrival(
        account="oa", source="callback", dedupe=inbox.dedupe_key(INSTANCE_KEY, name.encode()),
        kind=name, body=b"<xml/>", received_us=NOW_US, lane=lane, next_us=next_us,
        quarantined=quarantined,
    )  # fmt: skip


async def take_in(db: Database, one: Arrival) -> Accepted:
    return await db.write(lambda tx: inbox.accept(tx, one))


async def postpone(db: Database, row: int, now_us: int) -> bool:
    return await db.write(lambda tx: inbox.postpone(tx, row, "why", now_us))


async def waiting(db: Database, now_us: int = NOW_US) -> list[int]:
    rows = await db.read(lambda tx: inbox.waiting(tx, now_us, 10))
    return [row["id"] for row in rows]


async def test_a_repeated_arrival_finds_the_first_and_is_counted(db: Database) -> None:
    first = await take_in(db, arrival("a"))
    again = await asyncio.gather(*(take_in(db, arrival("a")) for _ in range(20)))
    assert not first.duplicate
    assert {(one.id, one.duplicate) for one in again} == {(first.id, True)}
    rows = await all_rows(db)
    assert [row["duplicates"] for row in rows] == [20]


async def test_two_arrivals_are_two_rows_with_names_of_their_own(db: Database) -> None:
    one, other = await take_in(db, arrival("a")), await take_in(db, arrival("b"))
    assert one.id != other.id
    assert one.event_id != other.event_id


async def test_a_duplicate_of_a_decided_row_brings_its_answer(db: Database) -> None:
    first = await take_in(db, arrival("a"))
    await db.write(
        lambda tx: inbox.close(tx, first.id, person=None, answer=b"<answer/>", at=NOW_US)
    )
    again = await take_in(db, arrival("a"))
    assert (again.state, again.answer) == ("done", b"<answer/>")


async def test_a_row_is_closed_once(db: Database) -> None:
    first = await take_in(db, arrival("a"))
    await db.write(lambda tx: inbox.close(tx, first.id, person=None, answer=None, at=NOW_US))
    with pytest.raises(RuntimeError, match="decided twice"):
        await db.write(lambda tx: inbox.close(tx, first.id, person=None, answer=None, at=NOW_US))
    assert await db.read(lambda tx: inbox.take(tx, first.id)) is None


async def test_the_urgent_lane_is_first_then_the_oldest(db: Database) -> None:
    slow = await take_in(db, arrival("slow"))
    urgent = await take_in(db, arrival("urgent", lane=0))
    later = await take_in(db, arrival("later"))
    assert await waiting(db) == [urgent.id, slow.id, later.id]


async def test_a_row_with_an_open_response_is_left_alone_for_a_while(db: Database) -> None:
    held = await take_in(db, arrival("held", next_us=NOW_US + 5_000_000))
    assert await waiting(db) == []
    assert await waiting(db, NOW_US + 5_000_000) == [held.id]


async def test_a_decision_that_fails_is_put_off_longer_each_time_then_set_aside(
    db: Database,
) -> None:
    poison = await take_in(db, arrival("poison"))
    now_us, waits = NOW_US, []
    for _ in range(inbox.MAX_ATTEMPTS - 1):
        assert await postpone(db, poison.id, now_us)
        (row,) = await all_rows(db)
        assert await waiting(db, row["next_us"] - 1) == []
        waits.append((row["next_us"] - now_us) // 1_000_000)
        now_us = row["next_us"]
    assert waits == [1, 10, 60, 600]
    assert not await postpone(db, poison.id, now_us)
    (row,) = await all_rows(db)
    assert (row["state"], row["attempts"], row["error"]) == ("quarantined", 5, "why")
    assert await waiting(db, NOW_US * 2) == []


async def test_what_cannot_be_decided_is_kept_and_never_waits(db: Database) -> None:
    await take_in(db, arrival("unreadable", quarantined="parse: no document"))
    (row,) = await all_rows(db)
    assert (row["state"], row["error"]) == ("quarantined", "parse: no document")
    assert await waiting(db) == []


async def test_refusals_are_counted_by_account_step_and_day(db: Database) -> None:
    await db.write(lambda tx: inbox.count_refused(tx, "oa", "signature", "d", 2))
    await db.write(lambda tx: inbox.count_refused(tx, "oa", "signature", "d", 3))
    rows = await db.read(lambda tx: tx.all("SELECT account, step, day, count FROM refusal"))
    assert [tuple(row) for row in rows] == [("oa", "signature", "d", 5)]  # type: ignore[arg-type]


def test_the_dedupe_key_is_a_keyed_digest() -> None:
    """Whoever reads the table cannot test a guess without the instance key."""
    key = inbox.dedupe_key(INSTANCE_KEY, b"a")
    assert len(key) == 64
    assert key != inbox.dedupe_key(b"another key", b"a")


async def all_rows(db: Database) -> Sequence[Row]:
    return await db.read(lambda tx: tx.all("SELECT * FROM inbox ORDER BY id"))


async def test_what_we_do_not_act_on_is_kept_as_such(db: Database) -> None:
    row = await take_in(db, arrival("event.some_day"))
    await db.write(
        lambda tx: inbox.close(tx, row.id, person=None, answer=None, at=NOW_US, ignored=True)
    )
    (kept,) = await all_rows(db)
    assert (kept["state"], kept["kind"], bytes(kept["body"])) == (
        "ignored", "event.some_day", b"<xml/>",
    )  # fmt: skip
