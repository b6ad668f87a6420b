"""What is older than it is kept goes, slice by slice; what the books and dedupe need stays."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.clock import Clock
from bot.db import inbox, retention
from bot.db.inbox import Arrival
from bot.db.retention import SORTS, Keeping
from bot.db.tx import Database
from bot.tidy import FIRST_S, Tidier
from commands.report import keeping
from tests.rooms import INSTANCE_KEY, database

DAY_US = 24 * 3_600 * 1_000_000
NOW_US = 400 * DAY_US
KEEPING = Keeping(
    bodies_us=30 * DAY_US, requests_us=90 * DAY_US, traces_us=60 * DAY_US, dedupe_us=8 * DAY_US,
    ledger_us=300 * DAY_US,
)  # fmt: skip
EFFECT = (
    "INSERT INTO effect(key, inbox_id, account, kind, klass, policy, lane, body, state,"
    " created_us, done_us) VALUES(?,?,'oa','oa_send','E','at_most_once',1,?,?,?,?)"
)
REQUEST = '{"account":"oa","openid":"oADA","text":"hi"}'


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as opened:
        yield opened


async def arrive(
    db: Database, days_ago: int, *, state: str = "done", source: str = "callback", kind: str = "t"
) -> int:
    arrival = Arrival(
        account="oa", source=source, dedupe=f"{kind}{days_ago}{state}{source}", kind=kind,
        body=b"<xml>hi</xml>", received_us=NOW_US - days_ago * DAY_US,
    )  # fmt: skip
    row = (await db.write(lambda tx: inbox.accept(tx, arrival))).id
    await run(db, "UPDATE inbox SET state = ? WHERE id = ?", state, row)
    at_us = NOW_US - days_ago * DAY_US
    await run(db, "INSERT INTO trace(inbox_id, body, at_us) VALUES(?,'{}',?)", row, at_us)
    return row


async def owe(db: Database, row: int, days_ago: int, state: str = "done") -> None:
    at_us = NOW_US - days_ago * DAY_US
    await run(db, EFFECT, f"E{row}{state}", row, REQUEST, state, at_us, at_us)


async def run(db: Database, sql: str, *args: Any) -> None:
    await db.write(lambda tx: tx.run(sql, *args))


async def values(db: Database, sql: str) -> list[Any]:
    return [row[0] for row in await db.read(lambda tx: tx.all(sql))]  # type: ignore[index]  # a row also counts columns


def tidier(db: Database) -> Tidier:
    return Tidier(db, Clock(lambda: NOW_US / 1_000_000), INSTANCE_KEY, KEEPING)


async def tidy(db: Database) -> None:
    """Clear until there is nothing to do for a while."""
    one = tidier(db)
    while await one.tidy() < FIRST_S:
        pass


async def test_content_goes_with_its_age_and_the_row_stays_for_dedupe(db: Database) -> None:
    old, young = await arrive(db, 31), await arrive(db, 29)
    await run(db, "UPDATE inbox SET answer = 'x'")
    await tidy(db)
    emptied = [b'"gone"' in body for body in await values(db, "SELECT body FROM inbox ORDER BY id")]
    assert (emptied, young) == ([True, False], old + 1)
    assert await values(db, "SELECT id FROM inbox WHERE answer IS NOT NULL") == [young]
    arrival = Arrival(
        account="oa", source="callback", dedupe="t31donecallback", kind="t", body=b"again",
        received_us=NOW_US,
    )  # fmt: skip
    assert (await db.write(lambda tx: inbox.accept(tx, arrival))).duplicate


async def test_a_callback_that_led_to_nothing_goes_and_one_that_is_owed_for_stays(
    db: Database,
) -> None:
    gone, owed = await arrive(db, 100), await arrive(db, 101)
    ours = await arrive(db, 102, source="internal")
    await owe(db, owed, 101)
    await tidy(db)
    assert set(await values(db, "SELECT id FROM inbox")) == {owed, ours} - {gone}
    assert await values(db, "SELECT count(*) FROM trace") == [0]


async def test_what_was_sent_is_emptied_and_its_state_and_key_stay(db: Database) -> None:
    row = await arrive(db, 91)
    await owe(db, row, 91)
    await tidy(db)
    (effect,) = await db.read(lambda tx: tx.all("SELECT * FROM effect"))
    assert "hi" not in effect["body"] and "oADA" not in effect["body"]
    assert (effect["state"], effect["key"]) == ("done", f"E{row}done")


@pytest.mark.parametrize("state", ["ready", "sending", "unknown"])
async def test_what_is_not_settled_stays_whole_however_old(db: Database, state: str) -> None:
    row = await arrive(db, 350)
    await owe(db, row, 350, state)
    await run(db, "UPDATE effect SET next_us = ?", NOW_US * 2)
    await run(db, "INSERT INTO attempt(effect_id, n, began_us) SELECT id, 1, 1 FROM effect")
    await tidy(db)
    assert await values(db, "SELECT body FROM effect") == [REQUEST]
    assert await values(db, "SELECT count(*) FROM attempt") == [1]
    assert await values(db, "SELECT id FROM inbox") == [row]


async def test_what_is_not_decided_stays_whole(db: Database) -> None:
    await arrive(db, 200, state="new")
    await arrive(db, 80, state="quarantined")
    await run(db, "UPDATE inbox SET next_us = ?", NOW_US * 2)
    await tidy(db)
    assert set(await values(db, "SELECT body FROM inbox")) == {b"<xml>hi</xml>"}


async def test_the_books_go_at_last(db: Database) -> None:
    row = await arrive(db, 301, source="internal")
    await owe(db, row, 301)
    await tidy(db)
    assert await values(db, "SELECT count(*) FROM effect") == [0]
    await tidy(db)
    assert await values(db, "SELECT count(*) FROM inbox") == [0]


async def test_nothing_is_cleared_while_a_customer_waits(db: Database) -> None:
    await arrive(db, 31)
    await arrive(db, 1, state="new")
    assert await tidier(db).tidy() == 1.0
    assert await values(db, "SELECT count(*) FROM clearing") == [0]


async def test_a_restart_goes_on_where_it_was_and_a_slice_is_small(db: Database) -> None:
    for days in range(40, 31, -1):
        await arrive(db, days)
    bodies = SORTS[0]

    async def step(limit: int = 4) -> retention.Cleared:
        return await db.write(
            lambda tx: retention.clear(
                tx, bodies, KEEPING, instance_key=INSTANCE_KEY, now_us=NOW_US, limit=limit
            )
        )

    assert [(await step()).gone for _ in range(4)] == [4, 4, 1, 0]
    (standing,) = await db.read(retention.standings)
    assert (standing.name, standing.gone) == ("bodies", 9)


async def test_a_sort_is_looked_through_anew_after_a_week(db: Database) -> None:
    row = await arrive(db, 91)
    await owe(db, row, 91, "unknown")
    await tidy(db)
    await run(db, "UPDATE effect SET state = 'failed'")
    await run(db, "UPDATE clearing SET round_us = round_us - ?", 8 * DAY_US)
    await tidy(db)
    await tidy(db)
    assert "hi" not in (await values(db, "SELECT body FROM effect"))[0]


def test_every_sort_is_told_to_operators_by_a_word_of_theirs() -> None:
    assert keeping.SORTS.keys() == {sort.name for sort in SORTS}
