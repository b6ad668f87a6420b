"""What `member export` hands over, held against every row of every table that is about somebody."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.db import catalogue
from bot.db.exporting import dossier
from commands.member.export import Telling
from tests.homes import Served, oa_event, oa_text, served_home
from tests.json_schema import faults

ADA, BO, CONTACT = "oAdaLovelace1815", "oBoBurnham1990", "wmAdaLovelace1815"
# Every table that may have somebody's id or name in it, and where the document tells its rows.
TOLD = {
    "alias": "names",
    "coupon_grant": "coupons",
    "gap": "unanswered",
    "gap_found": "compared",
    "inbox": "events",
    "invite": "invitations",
    "link_token": "links",
    "mass_receiver": "mass_messages",
    "merge_log": "merges",
    "proposal": "proposals",
    "reach": "ways",
    "rule_hit": "rule_hits",
    "seat": "groups",
    "shop_order": "orders",
    "tag": "tag_history",
    "talk": "talks",
}
WITHIN = {"effect", "person", "trace"}  # of `events` and `sent_besides`, and of `member`
PLANTED = (
    "INSERT INTO rule_hit(person_id, rule, op, at_us) VALUES(?, 'r', 'met', 1)",
    "INSERT INTO talk(account, kf, member, person_id, state, sent)"
    " VALUES('wecom-main', 'wk1', 'wmAdaLovelace1815', ?, 'free', 2)",
    "INSERT INTO link_token(digest, person_id, account, made_us, expires_us)"
    " VALUES('d', ?, 'oa-main', 1, 2)",
    "INSERT INTO gap_found(name, account, run, part, what, member, person_id, inbox_id, found_us)"
    " VALUES('n', 'wecom-main', '1', 'contacts', 'left', 'wmAdaLovelace1815', ?, 1, 3)",
    "INSERT INTO seat(chat, member, person_id, joined_us) VALUES('wr', 'wmAdaLovelace1815', ?, 1)",
    "INSERT INTO shop_order(source, number, revision, state, total_fen, person_id, inbox_id,"
    " told_us) VALUES('till', 'A-1', 1, 'paid', 5000, ?, 1, 1)",
    "INSERT INTO invite(pool, person_id, chat, ticket, at_us) VALUES('pets', ?, 'wr', 't', 1)",
    "INSERT INTO proposal(task, account, chat, staff, person_id, text, inbox_id, at_us)"
    " VALUES('t', 'wecom-main', 'wr', 'xiaowang', ?, '生日快乐', 1, 1)",
    "INSERT INTO merge_log(keep_id, gone_id, how, moved, inbox_id, at_us)"
    " VALUES(?, 'gone', 'told', '{\"rows\":{}}', 1, 1)",
)
NAMED = (
    "INSERT INTO mass(name, account, letter, selection, left_out, inbox_id, at_us)"
    " VALUES('m', 'wecom-main', '{}', '{}', '{}', 1, 1)",
    "INSERT INTO mass_receiver(mass, part, receiver, at_us)"
    " VALUES('m', 'p', 'wmAdaLovelace1815', 1)",
)
APART = (
    "INSERT INTO effect(key, inbox_id, person_id, account, kind, klass, policy, lane, body,"
    " attempts, created_us) SELECT 'besides', id, ?, 'oa-main', 'oa_send', 'E', 'at_most_once', 1,"
    ' \'{"text":"有你的一封信"}\', 3, 1 FROM inbox WHERE person_id <> ? ORDER BY id LIMIT 1'
)
UNDONE = (
    "INSERT INTO redemption(coupon_id, code, store, request, inbox_id, at_us, undone, undone_us)"
    " SELECT g.coupon_id, c.code, 'S012', 'r', 1, 5, 1, 6 FROM coupon_grant g"
    " JOIN coupon c ON c.id = g.coupon_id WHERE g.person_id = ? LIMIT 1"
)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    """Ada came, talked and was given; Bo was there at the same time."""
    async with served_home(tmp_path) as rooms:
        await rooms.hear(oa_event(BO, "subscribe"))
        await rooms.hear(oa_event(ADA, "subscribe", "qrscene_poster-S012-door"))
        for number, text in enumerate(("我家的猫叫小黑", "领券", "少发"), start=2):
            await rooms.hear(oa_text(ADA, text, number))
        yield rooms


async def plant(rooms: Served, person: str) -> None:
    """Put a row about Ada into every table that her morning left empty."""
    for sql in PLANTED:
        await run(rooms, sql, person)
    for sql in NAMED:
        await run(rooms, sql)
    await run(rooms, APART, person, person)
    await run(rooms, UNDONE, person)


async def run(rooms: Served, sql: str, *args: object) -> None:
    await rooms.db.write(lambda tx: tx.run(sql, *args))  # type: ignore[arg-type]  # texts


async def person_of(rooms: Served, openid: str) -> str:
    row = await rooms.db.read(
        lambda tx: tx.one("SELECT person_id FROM alias WHERE value = ?", openid)
    )
    assert row is not None
    return str(row["person_id"])


async def exported(rooms: Served, person: str) -> Any:
    """The document, as it would be handed over."""
    now_us = rooms.clock()
    found = await rooms.db.read(lambda tx: dossier(tx, person, now_us))
    return orjson.loads(orjson.dumps(Telling(rooms.home.settings).document(found, now_us)))


async def rows_about(rooms: Served, *names: str) -> dict[str, int]:
    """How many rows of each table have one of these names in them."""
    counts: dict[str, int] = {}
    for table in await rooms.db.read(catalogue.tables):
        sql = f'SELECT * FROM "{table}"'  # noqa: S608  (its own)
        found = await rooms.db.read(lambda tx, sql=sql: tx.all(sql))  # type: ignore[misc]  # bound now
        about = [row for row in found if any(name in _text(row) for name in names)]
        counts |= {table: len(about)} if about else {}
    return counts


def _text(row: Any) -> str:
    cells = (c.decode("utf-8", "replace") if isinstance(c, bytes) else str(c) for c in tuple(row))
    return "\n".join(cells)


async def test_the_document_tells_every_row_of_every_table_that_is_about_somebody(
    served: Served,
) -> None:
    person = await person_of(served, ADA)
    await plant(served, person)
    about = await rows_about(served, person, ADA, CONTACT)
    assert about.keys() == TOLD.keys() | WITHIN
    told = await exported(served, person)
    assert {table: len(told[section]) for table, section in TOLD.items()} == {
        table: about[table] for table in TOLD
    }
    sent = sum(len(one["sent"]) for one in told["events"])
    assert sent + len(told["sent_besides"]) == about["effect"]


async def test_what_is_kept_besides_is_told_as_documented(served: Served) -> None:
    person = await person_of(served, ADA)
    await plant(served, person)
    told = await exported(served, person)
    assert faults(told, "export.schema.json") == []
    (talk,), (undone,), (besides,) = (
        told[name] for name in ("talks", "redemptions_undone", "sent_besides")
    )
    assert (talk["kf"], talk["state"], talk["sent"], talk["spoke"]) == ("wk1", "free", 2, None)
    assert undone["code"] in {one["code"] for one in told["coupons"]}
    assert (besides["tries"], besides["words"]) == (3, {"text": "有你的一封信"})
    assert {"rule": "r", "op": "met"}.items() <= told["rule_hits"][-1].items()


async def test_nothing_of_somebody_else_is_told_besides(served: Served) -> None:
    await plant(served, await person_of(served, ADA))
    told = await exported(served, await person_of(served, BO))
    empty = ("talks", "links", "redemptions_undone", "compared", "sent_besides", "mass_messages")
    assert [told[name] for name in empty] == [[]] * len(empty)


async def test_what_they_wrote_is_told_before_it_is_decided_and_when_it_never_will_be(
    served: Served,
) -> None:
    await served.accept(oa_text(ADA, "还没处理", 8))
    await served.accept(oa_text(BO, "我也没有", 9))
    kept = await served.accept(oa_text(ADA, "隔离的话", 10))
    await run(served, "UPDATE inbox SET state = 'quarantined' WHERE id = ?", kept.id)
    said = [one["text"] for one in (await exported(served, await person_of(served, ADA)))["events"]]
    assert said.count("还没处理") == said.count("隔离的话") == 1
    assert "我也没有" not in said
