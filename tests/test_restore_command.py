"""The commands of a restore: by a running server or alone, until sending goes on."""

import asyncio
from pathlib import Path

import pytest

from bot.db import restored
from tests.homes import Told, command, oa_text
from tests.servers import on_postgres
from tests.serving import serving

Capture = pytest.CaptureFixture[str]
pytestmark = pytest.mark.skipif(on_postgres(), reason="of SQLite files; see test_dumps")


def _folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir(exist_ok=True)
    return parent / name


async def _a_day(home: Path, backup: Path, capsys: Capture) -> None:
    """Fill a home, back it up, and go on for a while."""
    async with serving(home) as served:
        await served.rooms.hear(oa_text("oJia", "领劵", 1), inside=False)
        told = await asyncio.to_thread(
            command, capsys, "db", "backup", "--home", home, "--to", backup
        )
        assert told.code == 0, told.err
        await served.rooms.hear(oa_text("oYi", "领劵", 2), inside=False)


async def test_by_the_commands_a_restored_server_sends_again_once_the_gap_is_confirmed(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, backup = _folder(tmp_path, "home"), tmp_path / "a.backup"
    await _a_day(home, backup, capsys)
    told = await asyncio.to_thread(
        command, capsys, "db", "restore", backup, "--home", home, "--force"
    )
    assert (told.code, "confirm-gap" in told.out) == (0, True), told.err
    told = await asyncio.to_thread(command, capsys, "resume", "all-sending", "--home", home)
    assert (told.code, "confirm-gap" in told.err) == (1, True)
    told = await asyncio.to_thread(command, capsys, "pause", "list", "--home", home)
    assert "恢复自备份" in told.out.replace("\n", "")
    async with serving(home) as served:
        monkeypatch.setenv("XIAOER_LISTEN__PORT", str(served.port))
        told = await asyncio.to_thread(command, capsys, "db", "confirm-gap", "--home", home)
        assert told.code == 0, told.err
        assert "结果未知" in told.out
        assert "全部发送已恢复" in told.out
        assert await served.rooms.db.read(restored.restored) is None
        told = await asyncio.to_thread(command, capsys, "db", "confirm-gap", "--home", home)
        assert "没有等着确认的空档" in told.out


async def test_without_a_server_the_gap_is_confirmed_by_the_command_alone(
    tmp_path: Path, capsys: Capture
) -> None:
    home, backup = _folder(tmp_path, "home"), tmp_path / "a.backup"
    await _a_day(home, backup, capsys)

    async def ask(*words: object) -> Told:
        return await asyncio.to_thread(command, capsys, *words, "--home", home)

    await ask("db", "restore", backup, "--force")
    late = await ask("db", "confirm-gap", "--as-of", "2199-01-01")
    assert (late.code, "不能晚于" in late.err) == (2, True)
    none = await ask("db", "confirm-gap", "--as-of", "2020-01-01")
    assert (none.code, "没有空档" in none.out) == (0, True)
    again = await ask("resume", "all-sending")
    assert "没有暂停" in again.out


async def test_whoever_was_erased_after_the_backup_is_erased_from_it_too(
    tmp_path: Path, capsys: Capture
) -> None:
    home, backup = _folder(tmp_path, "home"), tmp_path / "a.backup"
    await _a_day(home, backup, capsys)

    async def ask(*words: object) -> Told:
        return await asyncio.to_thread(command, capsys, *words, "--home", home)

    erased = await ask("member", "erase", "oJia", "--yes")
    assert erased.code == 0, erased.err
    await ask("db", "restore", backup, "--force")
    found = await ask("member", "show", "oJia")
    assert found.code != 0
