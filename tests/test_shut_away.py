"""What only its owner may read, and what we may not read ourselves: told, and never guessed at."""

import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from bot.db.checkpoint import log_bytes
from bot.db.sqlite import SqliteDatabase, connect
from bot.db.tx import Tx
from bot.erasure import erase_member
from commands.held_codes import _write
from config.content import read
from config.home import UnsafeKey, instance_key
from keyword_rules.load import RuleBook
from tests.homes import Served, served_home
from tests.rooms import sqlite
from tests.rule_makers import by_character
from tests.servers import only_sqlite
from tests.shop_vocabulary import SHOP
from tests.test_erasing import ADA, _live, person_of, wish

RULES = "- {id: %s, say: %s, do: [handover], cases: [{text: %s, hit: true}]}\n"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_that_cannot_be_read_is_told_with_who_should_read_it(tmp_path: Path) -> None:
    (tmp_path / "instance.key").mkdir(mode=0o700)
    with pytest.raises(UnsafeKey, match=r"instance.key 读不了也建不了（Is a directory）.*那个用户"):
        instance_key(tmp_path)


def test_a_key_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnsafeKey, match="No such file or directory"):
        instance_key(tmp_path / "nowhere")


@pytest.fixture
def shut(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Names of folders that nobody may list, not even root."""
    names: set[str] = set()
    plain = os.scandir

    def scandir(path: Any = ".") -> Any:
        if os.path.basename(path) in names:  # noqa: PTH119  (a path or a text)
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return plain(path)

    monkeypatch.setattr(os, "scandir", scandir)
    return names


def test_a_folder_of_rules_that_cannot_be_listed_is_told_and_its_rules_go_on(
    tmp_path: Path, shut: set[str]
) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "a.yaml").write_text(RULES % ("one", "券", "券"), "utf-8")
    (tmp_path / "more" / "b.yaml").write_text(RULES % ("two", "群", "群"), "utf-8")
    book = RuleBook(tmp_path, SHOP, by_character)
    assert [rule.id for rule in book.reload().rules] == ["one", "two"]
    shut.add("more")
    loaded = book.reload()
    assert [rule.id for rule in loaded.rules] == ["one", "two"]
    assert {one.file: one.message for one in loaded.problems} == {
        "more/": "读不了：Permission denied", "more/b.yaml": "读不了：Permission denied",
    }  # fmt: skip
    shut.clear()
    assert book.reload().problems == ()


def test_rules_none_of_which_can_be_listed_are_a_problem(tmp_path: Path, shut: set[str]) -> None:
    shut.add(tmp_path.name)
    assert [one.file for one in RuleBook(tmp_path, SHOP, by_character).reload().problems] == ["./"]


def test_a_folder_of_content_that_cannot_be_listed_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(_path: Path) -> NoReturn:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "campaigns").mkdir()
    monkeypatch.setattr(Path, "iterdir", shut)
    said = [str(problem) for problem in read(tmp_path)[1]]
    assert any(one.startswith("campaigns") and "读不了：Permission denied" in one for one in said)


def test_codes_that_are_worth_money_are_written_for_their_owner_alone(tmp_path: Path) -> None:
    sheet = tmp_path / "held.csv"
    _write([{"code": "8800123"}], sheet)
    assert sheet.read_text("utf-8") == "code\n8800123\n"
    assert mode(sheet) == 0o600


@only_sqlite
async def test_a_database_is_its_owners_alone_and_writes_over_what_is_deleted(
    tmp_path: Path,
) -> None:
    async def noted(tx: Tx) -> None:
        await tx.run("CREATE TABLE note(text)")

    db = SqliteDatabase(tmp_path / "new.db")
    await db.write(noted)
    modes = {name: mode(tmp_path / name) for name in os.listdir(tmp_path)}  # noqa: PTH208
    assert modes == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}
    with connect(db.path, "rwc") as connection:
        assert connection.execute("PRAGMA secure_delete").fetchone()[0] == 1
    connection.close()
    db.close()


@only_sqlite
async def test_a_database_that_was_closed_is_one_file(tmp_path: Path) -> None:
    async with sqlite(tmp_path):
        pass
    assert log_bytes(tmp_path / "xiaoer.db") == 0
    assert "xiaoer.db-wal" not in os.listdir(tmp_path)  # noqa: PTH208


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with served_home(tmp_path) as rooms:
        await _live(rooms)
        yield rooms


@only_sqlite
async def test_the_log_of_before_goes_with_who_is_erased(served: Served) -> None:
    database = served.home.folder / "xiaoer.db"
    assert log_bytes(database) > 0
    await erase_member(served.db, wish(served, await person_of(served, ADA)), patience_s=0)
    assert log_bytes(database) == 0
