"""What is not restored, and why; what is there stays, and nothing is half done."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest

from bot.db.opening import held_lock
from tests.backed_up import backup_of, fresh_home, morning_in, rows_of, tables_of
from tests.homes import command
from tests.servers import on_postgres

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(on_postgres(), reason="of SQLite files; see test_dumps")


@pytest.fixture(scope="module")
def opened_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which somebody was given a coupon; nobody serves it."""
    return morning_in(tmp_path_factory.mktemp("home"))


@pytest.fixture
def taken(opened_home: Path, tmp_path: Path, capsys: Capture) -> Path:
    """A backup of it."""
    return backup_of(opened_home, tmp_path / "taken.backup", capsys)


@pytest.fixture
def fresh(opened_home: Path, tmp_path: Path) -> Iterator[Path]:
    """A new machine: the same settings and key, and no database."""
    home = fresh_home(opened_home, tmp_path)
    yield home
    assert not list(home.glob(".xiaoer-backup*"))


@pytest.mark.parametrize("cut", [10, 0.3, 0.97])
def test_a_file_cut_short_is_refused_and_changes_nothing(
    taken: Path, fresh: Path, capsys: Capture, cut: float
) -> None:
    whole = taken.read_bytes()
    taken.write_bytes(whole[: int(cut if cut > 1 else len(whole) * cut)])
    told = command(capsys, "db", "restore", taken, "--home", fresh)
    assert (told.code, "不是完整的备份" in told.err) == (1, True)
    assert not (fresh / "xiaoer.db").exists()


def rewritten(archive: Path, target: Path, **changed: object) -> Path:
    """Write a backup whose manifest, or database, says something else."""
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        told = {**orjson.loads(old.read("manifest.json")), **changed}
        content = told.pop("content", old.read("database"))
        new.writestr("database", content)
        new.writestr("manifest.json", orjson.dumps(told))
    return target


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"schema": ["0001_initial", "0999_later"]}, "更新版本"),
        ({"format": 2}, "格式是 2"),
        ({"engine": "postgresql"}, "要用同一种数据库"),
        ({"key": "0" * 32}, "另一把实例密钥"),
        ({"content": b"not a database"}, "不是完整的备份"),
        ({"rows": "many"}, "不是完整的备份"),
    ],
)
def test_a_backup_that_does_not_fit_is_refused_with_the_reason(
    taken: Path, fresh: Path, capsys: Capture, changed: dict[str, object], reason: str
) -> None:
    other = rewritten(taken, taken.with_name("other.backup"), **changed)
    told = command(capsys, "db", "restore", other, "--home", fresh)
    assert (told.code, reason in told.err) == (1, True), told.err
    assert not (fresh / "xiaoer.db").exists()


def test_without_the_key_nothing_is_restored_and_no_new_one_is_made(
    taken: Path, fresh: Path, capsys: Capture
) -> None:
    (fresh / "instance.key").unlink()
    told = command(capsys, "db", "restore", taken, "--home", fresh)
    assert (told.code, "instance.key 放回" in told.err) == (1, True)
    assert not (fresh / "instance.key").exists()


def test_a_database_that_holds_something_stays_unless_forced_aside(
    taken: Path, fresh: Path, capsys: Capture
) -> None:
    assert command(capsys, "db", "restore", taken, "--home", fresh).code == 0
    was = rows_of(fresh)
    told = command(capsys, "db", "restore", taken, "--home", fresh)
    assert (told.code, "--force" in told.err) == (1, True)
    assert rows_of(fresh) == was
    assert command(capsys, "db", "restore", taken, "--home", fresh, "--force").code == 0
    (aside,) = fresh.glob("xiaoer.db.before-*")
    assert tables_of(aside) == was


def test_an_empty_database_makes_room_by_itself(taken: Path, fresh: Path, capsys: Capture) -> None:
    assert command(capsys, "db", "migrate", "--home", fresh).code == 0
    assert command(capsys, "db", "restore", taken, "--home", fresh).code == 0
    assert rows_of(fresh)["inbox"]


def test_a_damaged_database_is_replaced_only_when_forced(
    taken: Path, fresh: Path, capsys: Capture
) -> None:
    (fresh / "xiaoer.db").write_bytes(b"damaged" * 1_000)
    assert command(capsys, "db", "restore", taken, "--home", fresh).code == 1
    assert command(capsys, "db", "restore", taken, "--home", fresh, "--force").code == 0
    assert rows_of(fresh)["inbox"]


def test_a_served_database_is_not_replaced(taken: Path, fresh: Path, capsys: Capture) -> None:
    with held_lock(fresh / "xiaoer.db"):
        told = command(capsys, "db", "restore", taken, "--home", fresh, "--force")
    assert (told.code, "请先停掉它" in told.err) == (1, True)
