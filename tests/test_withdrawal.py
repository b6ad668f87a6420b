"""Consent withdrawn: what was queued for somebody is called off before the next is sent."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.actions import MakeMass, PromiseMass, SendTemplate
from bot.clock import moment
from bot.codec import action_from_json
from bot.db import ledger, masses, withdrawing
from bot.db.tx import Tx
from bot.events import Letter, MassAsked, Selection
from tests.homes import Served, contact_added, oa_event, oa_text, served_home

ADA, MEMBER, OTHER = "oADA", "wmADA", "wmBO"
UNION = "INSERT INTO alias(digest, kind, scope, value, person_id) VALUES('u','unionid','','u',?)"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """Ada follows and is 小王's friend, one member; so is Bo, another."""
    async with served_home(tmp_path) as rooms:
        await rooms.hear(oa_event(ADA, "subscribe"))
        for member in (MEMBER, OTHER):
            added = contact_added(member, "xiaowang", state="staff-xiaowang-S012", code=member)
            await rooms.hear(added, "wecom-main")
        ada = await value(rooms, "SELECT person_id FROM alias WHERE value = ?", ADA)
        other = await value(rooms, "SELECT person_id FROM alias WHERE value = ?", MEMBER)
        for table in ("alias", "reach", "effect"):
            sql = f"UPDATE {table} SET person_id = ? WHERE person_id = ?"  # noqa: S608  (ours)
            await run(rooms, sql, ada, other)
        yield rooms


async def value(rooms: Served, sql: str, *args: Any) -> Any:
    row = await rooms.db.read(lambda tx: tx.one(sql, *args))
    return None if row is None else row[0]  # type: ignore[index]  # a row also counts columns


async def run(rooms: Served, sql: str, *args: Any) -> None:
    await rooms.db.write(lambda tx: tx.run(sql, *args))


async def notice(rooms: Served, *, later: bool = False) -> None:
    """Owe Ada a notice, now or for tomorrow."""
    person = await value(rooms, "SELECT person_id FROM alias WHERE value = ?", ADA)
    owing = ledger.Owing(inbox=1, event_id="E1", person=person, now_us=rooms.clock())
    hour = moment(rooms.clock()) + timedelta(days=1) if later else None
    action = SendTemplate(
        account="oa-main", openid=ADA, notice="hello", template="T", not_before=hour,
        about="later" if later else "now",
    )  # fmt: skip
    await rooms.db.write(lambda tx: ledger.owe(tx, action, owing))


async def queue_mass(rooms: Served, *receivers: str) -> None:
    """Let a mass message wait to be handed over for 小王."""
    await rooms.tell(
        MassAsked(
            account="wecom-main", mass="spring", letter=Letter(text="春"), selection=Selection()
        )
    )
    await run(rooms, "DELETE FROM mass_receiver")
    await run(rooms, "DELETE FROM mass_part")
    await run(rooms, "DELETE FROM effect WHERE kind = 'mass_make'")
    event = await value(rooms, "SELECT i.event_id FROM mass m JOIN inbox i ON i.id = m.inbox_id")
    owing = ledger.Owing(inbox=1, event_id=event, person=None, now_us=rooms.clock())
    made = MakeMass(
        account="wecom-main", mass="spring", part="p1", staff="xiaowang",
        letter=Letter(text="春"), receivers=receivers,
    )  # fmt: skip
    promised = PromiseMass(mass="spring", part="p1", staff="xiaowang", receivers=receivers)
    await rooms.db.write(lambda tx: ledger.owe(tx, made, owing))
    await rooms.db.write(
        lambda tx: masses.promise(tx, promised, account="wecom-main", at_us=rooms.clock())
    )


async def queued(rooms: Served) -> tuple[str, tuple[str, ...]]:
    """Whom the task waits for, and in which state it is."""
    row = await rooms.db.read(lambda tx: tx.one("SELECT * FROM effect WHERE kind = 'mass_make'"))
    assert row is not None
    action = action_from_json(row["kind"], row["body"])
    assert isinstance(action, MakeMass)
    return row["state"], action.receivers


async def states(rooms: Served, kind: str = "oa_template") -> list[str]:
    rows = await rooms.db.read(
        lambda tx: tx.all("SELECT state FROM effect WHERE kind = ? ORDER BY id", kind)
    )
    return [row["state"] for row in rows]


async def test_who_opts_out_gets_no_notice_that_was_queued(served: Served) -> None:
    await notice(served)
    await notice(served, later=True)
    await served.hear(oa_text(ADA, "退订", 9))
    assert await states(served) == ["skipped", "skipped"]


async def test_who_opts_out_is_taken_out_of_a_mass_message_that_waits(served: Served) -> None:
    await queue_mass(served, MEMBER, OTHER)
    await served.hear(oa_text(ADA, "退订", 9))
    assert await queued(served) == ("ready", (OTHER,))
    assert await value(
        served, "SELECT state FROM mass_receiver WHERE receiver = ?", MEMBER
    ) == "free"  # fmt: skip


async def test_a_mass_message_for_nobody_is_not_handed_over(served: Served) -> None:
    await queue_mass(served, MEMBER)
    await served.hear(oa_text(ADA, "退订", 9))
    assert (await queued(served))[0] == "skipped"
    assert await value(served, "SELECT state FROM mass_part") == "stopped"


async def test_what_the_platform_has_already_is_left_as_it_is(served: Served) -> None:
    await queue_mass(served, MEMBER, OTHER)
    await run(served, "UPDATE effect SET attempts = 1 WHERE kind = 'mass_make'")
    await served.hear(oa_text(ADA, "退订", 9))
    assert await queued(served) == ("ready", (MEMBER, OTHER))


async def test_who_unfollows_gets_no_notice_that_was_queued(served: Served) -> None:
    await notice(served)
    await queue_mass(served, MEMBER, OTHER)
    await served.hear(oa_event(ADA, "unsubscribe"))
    assert await states(served) == ["skipped"]
    assert await queued(served) == ("ready", (MEMBER, OTHER))  # a friend still


async def test_an_older_departure_heard_late_calls_nothing_off(served: Served) -> None:
    await notice(served)
    at_s = served.clock() / 1_000_000
    await served.hear(oa_event(ADA, "SCAN", "poster-S012-door", at_s + 5))
    await run(served, "UPDATE reach SET changed_us = changed_us + 60000000")
    await served.hear(oa_event(ADA, "unsubscribe", at_s=at_s + 1))
    assert await states(served) == ["ready"]


async def test_a_friend_who_is_gone_is_taken_out_of_a_mass_message(served: Served) -> None:
    await queue_mass(served, MEMBER, OTHER)
    gone = contact_added(MEMBER, "xiaowang").replace("add_external_contact", "del_follow_user")
    await served.hear(gone, "wecom-main")
    assert await queued(served) == ("ready", (OTHER,))


async def test_a_part_that_another_process_hands_over_meanwhile_stays_as_it_is(
    served: Served,
) -> None:
    await queue_mass(served, MEMBER)

    async def begun_meanwhile(tx: Tx) -> int:
        (row,) = await tx.all(withdrawing._QUEUED, MakeMass.kind, MEMBER)
        begun = "UPDATE effect SET state = 'sending', attempts = 1 WHERE id = ?"
        await tx.run(begun, row["effect"])
        return await withdrawing._take_out(tx, row, MEMBER, "", served.clock())

    assert await served.db.write(begun_meanwhile) == 0
    state = "SELECT state FROM effect WHERE kind = ?"
    assert await value(served, state, MakeMass.kind) == "sending"
