"""`rules status`: what the files hold, and what each process goes by."""

import json
from pathlib import Path

import pytest

from bot.db import workers
from bot.db.opening import opened
from bot.lease import Lease
from commands.app import main
from commands.parts.compose import fill, open_home
from tests.reloading import rule
from tests.rooms import location_in

KEY = b"k" * 32


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path)
    for path in (tmp_path / "rules").glob("*.yaml"):
        path.unlink()
    (tmp_path / "rules" / "a.yaml").write_text(rule("a", "甲券"), "utf-8")
    return tmp_path


def told(home: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    code = main(["rules", "status", "--home", str(home), "--json"])
    document: dict[str, object] = json.loads(capsys.readouterr().out)
    return code, document


def test_without_a_server_it_tells_what_the_files_hold(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = told(home, capsys)
    assert (code, document["rules"], document["problems"]) == (0, 1, [])
    assert main(["rules", "status", "--home", str(home)]) == 0
    assert "1 条，1 个文件，0 处错误" in capsys.readouterr().out


def test_before_the_first_start_it_tells_that_there_is_no_database_yet(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, document = told(home, capsys)
    assert "还没有数据库" in str(document["unread"])


def test_a_mistake_in_a_file_is_shown(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "rules" / "b.yaml").write_text("- oops", "utf-8")
    assert main(["rules", "status", "--home", str(home)]) == 1
    assert "b.yaml:1:3" in capsys.readouterr().out


async def _serving_by(home: Path, ruleset: str) -> None:
    async with opened(location_in(home), KEY) as db:
        lease = Lease(db, "serve")
        await lease.go_by(workers.Rules(hash=ruleset, problems=0))
        await lease.enter()


@pytest.mark.parametrize(("behind", "code"), [(False, 0), (True, 1)])
async def test_a_process_that_goes_by_other_rules_is_named(
    home: Path, capsys: pytest.CaptureFixture[str], behind: bool, code: int
) -> None:
    newest = open_home(home).rules.current.hash
    await _serving_by(home, "0123456789abcdef" if behind else newest)
    assert main(["rules", "status", "--home", str(home)]) == code
    assert ("与文件不一致" if behind else "与文件一致") in capsys.readouterr().out
