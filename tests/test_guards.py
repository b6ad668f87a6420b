"""The unique indexes behind every "once": in a new database, in the tables, in the checked list."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from inspect import getmembers, isclass
from pathlib import Path

import pytest
from tortoise.models import Model

from bot.db import tables
from bot.db.schema import UNIQUE
from tests.rooms import new_database

Guards = dict[str, set[tuple[str, ...]]]

# Two rows that differ in `?` alone; the second would be a second one of what there is once.
ONCE = {
    "message": "INSERT INTO inbox(event_id, account, source, dedupe, kind, body, received_us)"
    " VALUES(?, 'oa', 'callback', 'D', 'msg.text', '', 0)",
    "effect": "INSERT INTO effect(key, inbox_id, account, kind, klass, policy, lane, body,"
    " created_us) VALUES('K', ?, 'oa', 'oa_send', 'E', 'at_most_once', 1, '', 0)",
    "share": "INSERT INTO coupon_grant(campaign, person_id, ordinal, coupon_id, inbox_id,"
    " granted_us, expires_us) VALUES('tea', 'ada', 1, ?, 1, 0, 0)",
    "holder of a coupon": "INSERT INTO coupon_grant(campaign, person_id, ordinal, coupon_id,"
    " inbox_id, granted_us, expires_us) VALUES('tea', ?, 1, 7, 1, 0, 0)",
    "coupon code": "INSERT INTO coupon(campaign, code) VALUES(?, 'C')",
    "redemption": "INSERT INTO redemption(coupon_id, code, store, request, inbox_id, at_us)"
    " VALUES(7, 'C', 'S012', ?, 1, 0)",
    "name of a member": "INSERT INTO alias(digest, kind, scope, value, person_id)"
    " VALUES('D', 'phone', '', '', ?)",
    "seat": "INSERT INTO seat(chat, member, joined_us) VALUES('wr', 'ada', ?)",
    "trace": "INSERT INTO trace(inbox_id, body, at_us) VALUES(1, '', ?)",
}


@pytest.mark.parametrize("insert", ONCE.values(), ids=ONCE)
def test_what_there_is_once_cannot_be_written_twice(tmp_path: Path, insert: str) -> None:
    with closing(sqlite3.connect(new_database(tmp_path))) as connection:
        connection.execute(insert, (1,))
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            connection.execute(insert, (2,))


def test_a_new_database_has_the_guards_that_the_tables_declare(tmp_path: Path) -> None:
    with closing(sqlite3.connect(new_database(tmp_path))) as connection:
        made = {table: set(_unique(connection, table)) for table in _declared()}
    assert made == _declared()


def test_every_guard_that_is_checked_before_serving_is_declared() -> None:
    lost = {
        table: set(guards) - _declared().get(table, set())
        for table, guards in UNIQUE.items()
        if not set(guards) <= _declared().get(table, set())
    }
    assert not lost


@pytest.mark.parametrize(
    "guard",
    [
        ("inbox", ("dedupe",)),
        ("effect", ("key",)),
        ("coupon_grant", ("campaign", "person_id", "ordinal")),
        ("coupon_grant", ("coupon_id",)),
        ("redemption", ("coupon_id", "undone")),
    ],
)
def test_nothing_is_served_without_the_guards_of_what_is_given_away(
    guard: tuple[str, tuple[str, ...]],
) -> None:
    table, columns = guard
    assert columns in UNIQUE.get(table, ())


def _declared() -> Guards:
    """Return what each table declares as unique, its primary key aside."""
    found: Guards = {}
    for _, model in getmembers(tables, isclass):
        if issubclass(model, Model) and model is not Model:
            meta = model._meta
            alone = {(name,) for name, field in meta.fields_map.items() if field.unique}
            together = {tuple(columns) for columns in meta.unique_together}
            found[meta.db_table] = (alone | together) - {(meta.pk_attr,)}
    return found


def _unique(connection: sqlite3.Connection, table: str) -> Iterator[tuple[str, ...]]:
    for _, name, unique, origin, _ in connection.execute(f'PRAGMA index_list("{table}")'):
        if unique and origin != "pk":
            columns = connection.execute(f'PRAGMA index_info("{name}")')
            yield tuple(column for _, _, column in columns)
