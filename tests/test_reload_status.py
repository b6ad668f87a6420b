"""`rules status`: what the files hold, and what each process goes by."""

import asyncio
import json
from contextlib import closing
from pathlib import Path

import pytest

from bot.db import workers
from bot.db.opening import opened
from bot.lease import Lease
from commands.app import main
from commands.parts.compose import fill, open_home
from commands.reload.installed import fresh_rules
from tests.reloading import WITHIN_S, rule
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


async def _serving_by(home: Path, ruleset: str, problems: int = 0) -> None:
    async with opened(location_in(home), KEY) as db:
        lease = Lease(db, "serve")
        await lease.go_by(workers.Rules(hash=ruleset, problems=problems))
        await lease.enter()


@pytest.mark.parametrize(("behind", "code"), [(False, 0), (True, 1)])
async def test_a_process_that_goes_by_other_rules_is_named(
    home: Path, capsys: pytest.CaptureFixture[str], behind: bool, code: int
) -> None:
    newest = open_home(home).rules.current.hash
    await _serving_by(home, "0123456789abcdef" if behind else newest)
    assert main(["rules", "status", "--home", str(home)]) == code
    said = "与文件不一致（刚存的等两秒再看" if behind else "与文件一致"
    assert said in capsys.readouterr().out


async def test_why_a_process_goes_by_other_rules_is_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await _serving_by(home, "0123456789abcdef", problems=2)
    main(["rules", "status", "--home", str(home)])
    assert "它读出 2 处错误" in capsys.readouterr().out
    (home / "rules" / "b.yaml").write_text("- oops", "utf-8")
    main(["rules", "status", "--home", str(home)])
    assert "它沿用上一个没错的版本" in capsys.readouterr().out


def test_a_mistake_in_the_words_is_one_in_the_rules(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "words.txt").write_text("撸/猫", "utf-8")
    code, document = told(home, capsys)
    assert code == 1 and "words.txt:1:1" in str(document["problems"])


CAT = """\
- id: cat
  say: {any: [撸猫], mode: word}
  do: [reply: 三楼]
  cases: [{text: 哪里撸猫, hit: true}, {text: 撸猫馆几点开, hit: false}]
"""


async def test_a_mistake_in_the_words_takes_no_rule_away_and_is_told_until_it_is_mended(
    home: Path,
) -> None:
    words = home / "words.txt"
    words.write_text("撸猫 100\n撸猫馆 100\n", "utf-8")
    (home / "rules" / "a.yaml").write_text(CAT, "utf-8")
    with closing(fresh_rules(open_home(home, with_rules=False))) as fresh:
        await fresh.load()
        good = fresh.standing
        assert (good.count, good.problems) == (1, ())
        following = asyncio.create_task(fresh.follow())
        async with asyncio.timeout(WITHIN_S):
            words.write_text("撸/猫\n", "utf-8")
            while not fresh.standing.problems:  # noqa: ASYNC110  (files ring nothing here)
                await asyncio.sleep(0.01)
            assert (fresh.standing.count, fresh.standing.hash) == (1, good.hash)
            words.write_text("撸猫 100\n撸猫馆 100\n", "utf-8")
            while fresh.standing.problems:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert fresh.standing.hash == good.hash
        following.cancel()
