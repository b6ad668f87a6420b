"""A member who is erased: nothing of them in any table, the books even, others as before."""

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.clock import moment
from bot.db import catalogue, erasing, owned
from bot.db.erasing import Erasing
from bot.db.tx import Row, Tx
from bot.erasure import erase_member
from bot.events import Alias, AliasKind, FollowersListed, MemberJoined, NamesTold, OrderTold
from bot.events import ProfileRead as Profile
from tests.homes import OPENED_S, Served, contact_added, oa_event, oa_text, served_home
from tests.servers import on_postgres

ADA, UNION, CONTACT, CARD = "oAdaLovelace1815", "uAdaLovelace1815", "wmAdaLovelace1815", "88001234"
BO, BO_SAYS = "oBoBurnham1990", "我是阿博"
WORDS = "我家的猫叫小黑"
PHONE = "f" * 64  # as names know a phone: a keyed hash
SECRETS = (ADA, UNION, CONTACT, CARD, WORDS, PHONE)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """Ada came, talked, was given, bought, joined a group; Bo was there at the same time."""
    async with served_home(tmp_path) as rooms:
        await _live(rooms)
        yield rooms


async def _live(rooms: Served) -> None:
    await rooms.hear(oa_event(BO, "subscribe"))
    await rooms.hear(oa_text(BO, BO_SAYS, 1))
    await rooms.hear(oa_event(ADA, "subscribe", "qrscene_poster-S012-door"))
    for number, text in enumerate((WORDS, "领券", "宠物群"), start=2):
        await rooms.hear(oa_text(ADA, text, number))
    now = moment(rooms.clock())
    who = Alias(AliasKind.OA_OPENID, rooms.shop.accounts["oa-main"].scope, ADA)
    await rooms.tell(Profile(account="oa-main", at=now, who=who, unionid=UNION))
    await rooms.hear(
        contact_added(CONTACT, "xiaowang", state="staff-xiaowang-S012", code="W1"), "wecom-main"
    )
    contact = Alias(AliasKind.EXTERNAL_USERID, rooms.shop.accounts["wecom-main"].scope, CONTACT)
    await rooms.tell(Profile(account="wecom-main", at=now, who=contact, unionid=UNION))
    await rooms.tell(
        MemberJoined(account="wecom-main", at=now, who=contact, chat="wrPETS_S012_1", unionid=UNION)
    )
    card, phone = Alias(AliasKind.CARD, "", CARD), Alias(AliasKind.PHONE, "", PHONE)
    names = (who, card, phone)
    await rooms.tell(NamesTold(account="source:till", source="till", names=names))
    await rooms.tell(_order(now, card, phone))


def _order(now: Any, *names: Alias) -> OrderTold:
    return OrderTold(
        account="source:till", at=now, source="till", order="A-1", revision=1, state="paid",
        total_fen=5_000, refunded_fen=0, paid=now, store="S012", names=names,
    )  # fmt: skip


async def rows(rooms: Served, sql: str, *args: Any) -> list[Any]:
    return list(await rooms.db.read(lambda tx: tx.all(sql, *args)))


async def value(rooms: Served, sql: str, *args: Any) -> Any:
    (row,) = await rows(rooms, sql, *args)
    return row[0]


async def person_of(rooms: Served, openid: str) -> str:
    return str(await value(rooms, "SELECT person_id FROM alias WHERE value = ?", openid))


def wish(rooms: Served, person: str) -> Erasing:
    key = rooms.shop.instance_key
    return Erasing(person=person, instance_key=key, now_us=rooms.clock(), by="小王", reason="本人")


async def erase(rooms: Served) -> str:
    """Erase Ada and return under which id her books go on."""
    person = await person_of(rooms, ADA)
    await erase_member(rooms.db, wish(rooms, person), patience_s=0)
    return person


async def everything(rooms: Served) -> str:
    """All that stands in the database, bytes of messages as their text."""

    async def work(tx: Tx) -> list[Row]:
        tables = await catalogue.tables(tx)
        return [row for name in tables for row in await tx.all(f'SELECT * FROM "{name}"')]  # noqa: S608  (its own)

    found = await rooms.db.read(work)
    return "\n".join(_text(cell) for row in found for cell in _cells(row))


def _cells(row: Row) -> tuple[object, ...]:
    return tuple(row)  # type: ignore[arg-type]  # a row also iterates


def _text(cell: object) -> str:
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)


async def test_nothing_of_an_erased_member_is_left_in_any_table(served: Served) -> None:
    before = await everything(served)
    assert [one for one in SECRETS if one not in before] == []
    await erase(served)
    after = await everything(served)
    assert [one for one in SECRETS if one in after] == []
    assert BO in after and BO_SAYS in after


async def test_the_books_come_out_as_before(served: Served) -> None:
    sums = (
        "SELECT count(*) FROM coupon_grant",
        "SELECT count(*) FROM coupon WHERE state = 'shelf'",
        "SELECT sum(total_fen) FROM shop_order WHERE person_id = ?",
        "SELECT count(*) FROM inbox",
        "SELECT count(*) FROM effect",
        "SELECT count(*) FROM coupon_grant WHERE person_id = ?",
    )
    person = await person_of(served, ADA)
    before = [await value(served, sql, *[person] * sql.count("?")) for sql in sums]
    assert all(before)
    await erase(served)
    assert [await value(served, sql, *[person] * sql.count("?")) for sql in sums] == before


async def test_what_was_owed_is_called_off_and_no_effect_is_left_open(served: Served) -> None:
    person = await person_of(served, ADA)
    owed = "SELECT count(*) FROM effect WHERE person_id = ? AND state = 'ready'"
    assert await value(served, owed, person)
    await served.db.write(
        lambda tx: tx.run(
            "UPDATE effect SET state = 'unknown', done_us = 1 WHERE id ="
            " (SELECT max(id) FROM effect WHERE person_id = ?)", person,
        )
    )  # fmt: skip
    await erase(served)
    left = await rows(served, "SELECT state, meaning FROM effect WHERE person_id = ?", person)
    assert {row["state"] for row in left} <= {"done", "failed", "skipped"}
    assert {owned.CALLED_OFF, owned.CLOSED} <= {row["meaning"] for row in left}
    assert await value(served, "SELECT count(*) FROM effect WHERE done_us IS NULL") == await value(
        served, "SELECT count(*) FROM effect WHERE state IN ('ready', 'sending')"
    )


async def test_a_callback_that_is_repeated_after_the_erasure_is_recognised(served: Served) -> None:
    await erase(served)
    again = await served.accept(oa_text(ADA, WORDS, 2))
    assert again.duplicate and again.answer is None
    assert await served.decider.decide(again.id) is None
    assert not await rows(served, "SELECT 1 FROM alias WHERE value = ?", ADA)


async def test_who_returns_is_a_new_member(served: Served) -> None:
    person = await erase(served)
    await served.hear(oa_text(ADA, "领券", 50, OPENED_S))
    assert await person_of(served, ADA) != person
    assert await value(served, "SELECT count(DISTINCT person_id) FROM coupon_grant") >= 2


async def test_erasing_again_changes_nothing_and_says_so(served: Served) -> None:
    person = await erase(served)
    before = await rows(served, "SELECT id, body, person_id FROM inbox ORDER BY id")
    erased = await erase_member(served.db, wish(served, person), patience_s=0)
    assert erased.before and not erased.gone["names"]
    after = await rows(served, "SELECT id, body, person_id FROM inbox ORDER BY id")
    assert [tuple(row) for row in before] == [tuple(row) for row in after]


async def test_nobody_of_that_id_is_refused(served: Served) -> None:
    with pytest.raises(LookupError):
        await erase_member(served.db, wish(served, "01NOBODY"), patience_s=0)


async def test_a_platforms_list_does_not_bring_an_erased_member_back(served: Served) -> None:
    await erase(served)
    members = await value(served, "SELECT count(*) FROM person")
    at = moment(served.clock())
    await served.tell(
        FollowersListed(account="oa-main", at=at, run="1", begun=at, openids=(ADA, BO))
    )
    for row in await rows(served, "SELECT id FROM inbox WHERE state = 'new'"):
        await served.decider.decide(row["id"])
    assert await value(served, "SELECT count(*) FROM person") == members


async def test_a_restored_backup_is_erased_again_by_the_list(
    served: Served, tmp_path: Path
) -> None:
    if on_postgres():
        pytest.skip("restores by copying SQLite's file; test_dumps does it on PostgreSQL")
    backup = tmp_path / "backup.db"
    with sqlite3.connect(tmp_path / "xiaoer.db") as now, sqlite3.connect(backup) as then:
        now.backup(then)
    await erase(served)
    known = await served.db.read(erasing.entries)
    assert {entry.by for entry in known} == {"小王"}
    with sqlite3.connect(backup) as then, sqlite3.connect(tmp_path / "xiaoer.db") as now:
        then.backup(now)
    key, now_us = served.shop.instance_key, served.clock()
    assert ADA in await everything(served)
    assert await served.db.write(lambda tx: erasing.erase_again(tx, key, now_us, known))
    after = await everything(served)
    assert [one for one in SECRETS if one in after] == []
    assert BO in after
