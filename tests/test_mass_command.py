"""`mass`: whom a message would reach, made once, shown part by part; needs the employee's tap."""

import asyncio
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from commands.mass import draft
from tests.homes import Told, command, contact_added, served_home
from tests.serving import serving
from tests.source import ROOT

GOLDEN = ROOT / "tests" / "traces" / "mass-make.txt"
TEXT = ("--text", "周末宠物粮满减")


@pytest.fixture(scope="module")
def befriended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose employees have three customers, one of whom wants no messages."""
    folder = tmp_path_factory.mktemp("befriended")
    asyncio.run(_befriended(folder))
    return folder


@pytest.fixture
def home(befriended: Path, tmp_path: Path) -> Path:
    """A copy of that home to do with as a test likes."""
    return Path(shutil.copytree(befriended, tmp_path / "home"))


async def _befriended(folder: Path) -> None:
    async with served_home(folder) as rooms:
        for member, staff in (("wmJia", "xiaowang"), ("wmYi", "xiaowang"), ("wmBing", "xiaoli")):
            state = f"staff-{staff}-{'S012' if staff == 'xiaowang' else 'S001'}"
            await rooms.hear(contact_added(member, staff, state=state), "wecom-main")
    change(
        folder,
        "INSERT INTO tag(person_id, name, op, at_us, inbox_id) SELECT person_id, '触达/退订',"
        " 'add', changed_us, 1 FROM reach WHERE address = 'wmYi'",
    )


def change(home: Path, sql: str) -> None:
    """Change the database behind everybody's back."""
    with sqlite3.connect(home / "xiaoer.db") as db:
        db.execute(sql)


def rows(home: Path, sql: str) -> list[Any]:
    with sqlite3.connect(home / "xiaoer.db") as db:
        return db.execute(sql).fetchall()


def mass(capsys: pytest.CaptureFixture[str], home: Path, *argv: object) -> Told:
    return command(capsys, "mass", *argv, "--home", home)


def told(capsys: pytest.CaptureFixture[str], home: Path, *argv: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(mass(capsys, home, *argv, "--json").out.splitlines()[-1])
    return document


def test_a_trial_shows_by_whom_to_how_many_and_who_is_left_out(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = mass(capsys, home, "make", "--everyone", *TEXT, "--name", "秋", "--dry-run")
    assert seen.code == 0
    lines = [line for line in seen.out.splitlines() if "接收上限：" not in line]
    assert [line for line in lines if "安静时段" not in line] == GOLDEN.read_text(
        "utf-8"
    ).splitlines()
    assert rows(home, "SELECT count(*) FROM mass") == [(0,)]


def test_made_once_under_its_name(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    argv = ("make", "--everyone", *TEXT, "--name", "秋", "--yes")
    first, second = told(capsys, home, *argv), told(capsys, home, *argv)
    assert (first["result"], first["receivers"], first["truth"]) == ("made", 2, "employee")
    assert second["result"] == "known"
    assert rows(home, "SELECT count(*) FROM effect WHERE kind = 'mass_make'") == [(2,)]
    other = mass(capsys, home, "make", "--everyone", "--text", "别的", "--name", "秋", "--yes")
    assert (other.code, "换一个 --name" in other.err) == (2, True)


def test_a_selection_narrows_by_tags_store_and_staff(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def count(*argv: object) -> int:
        return int(told(capsys, home, "make", *argv, *TEXT, "--dry-run")["receivers"])

    assert count("--everyone", "--staff", "xiaoli") == 1
    assert count("--to", "门店/S012") == 1
    assert count("--to", "门店/S001,门店/S012") == 2
    assert count("--to", "门店/S001,门店/S012", "--to", "没有的标签") == 0
    assert count("--not", "门店/S012") == 1
    assert count("--store", "S012") == 1
    assert count("--stage", "visitor") == 2


def test_without_yes_nothing_is_made_where_nobody_can_be_asked(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = mass(capsys, home, "make", "--everyone", *TEXT)
    assert (seen.code, "加 --yes" in seen.err) == (2, True)
    assert rows(home, "SELECT count(*) FROM mass") == [(0,)]


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (("--everyone",), "群发什么"),
        (TEXT, "发给谁"),
        (("--everyone", "--text", "长" * 1400), "最多 4000 字节"),
        (("--pool", "没有", *TEXT), "没有群池"),
        (("--group", "wrX", "--everyone", *TEXT), "不能和挑顾客的选项一起写"),
        (("--store", "S999", *TEXT), "没有门店"),
        (("--stage", "king", *TEXT), "没有阶段"),
        (("--everyone", "--staff", "nobody", *TEXT), "没有员工"),
        (("--everyone", "--link", "ftp://x", "--title", "x"), "http"),
        (("--everyone", "--link", "https://x"), "--title"),
        (("--everyone", "--title", "x", *TEXT), "--link"),
        (("--everyone", "--image", "no.png"), "no.png"),
        (("--everyone", *TEXT, "--account", "nope"), "没有企业微信账号"),
        (("--everyone", *TEXT, "--name", "长" * 41), "最多 40 个字"),
        (("--everyone", *TEXT, "--file", "x"), "只写一个"),
        (("--everyone", "--file", "没有这个文件"), "读不了"),
        (("--to", "", *TEXT), "--to 后面是空的"),
        (("--to", "兴趣/宠物", "--to", "，", *TEXT), "--to 后面是空的"),
        (("--not", " ", *TEXT), "--not 后面是空的"),
        (("--group", "", *TEXT), "--group 后面是空的"),
        (("--everyone", "--store", "", *TEXT), "--store 后面是空的"),
        (("--everyone", "--staff", "", *TEXT), "--staff 后面是空的"),
    ],
)
def test_a_mistake_is_said_in_chinese(
    home: Path, capsys: pytest.CaptureFixture[str], argv: tuple[str, ...], complaint: str
) -> None:
    seen = mass(capsys, home, "make", *argv, "--yes")
    assert seen.code == 2
    assert complaint in seen.err


def test_a_tag_that_nobody_ever_had_is_pointed_out(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ("make", "--everyone", "--not", "触达/退订,群/宠務", *TEXT, "--dry-run")
    assert "从来没有人有标签 群/宠務" in mass(capsys, home, *argv).out
    assert told(capsys, home, *argv)["unknown_tags"] == ["群/宠務"]


def test_of_two_messages_of_one_name_at_the_same_moment_one_is_told_to_choose_another(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    argv = ("make", "--everyone", "--name", "秋", "--yes", "--text")
    assert told(capsys, home, *argv, "甲")["result"] == "made"
    monkeypatch.setattr(draft, "_made_before", lambda *_: False)  # it looked before the other's
    other = mass(capsys, home, *argv, "乙", "--json")
    assert (other.code, json.loads(other.out)["result"]) == (1, "taken")
    again = told(capsys, home, *argv, "甲")
    assert again["result"] in ("made", "known")
    assert rows(home, "SELECT count(*) FROM mass") == [(1,)]


def test_a_text_file_of_another_editor_brings_no_mark_of_its_own(
    home: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "text.txt").write_text("\ufeff周末满减\r\n", "utf-8")
    mass(capsys, home, "make", "--everyone", "--file", tmp_path / "text.txt", "--yes")
    ((letter,),) = rows(home, "SELECT letter FROM mass")
    assert json.loads(letter)["text"] == "周末满减"


def test_what_an_operator_gave_up_is_no_promise_any_more(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = home / "settings.yaml"
    settings.write_text(settings.read_text("utf-8") + "mass_cap: day1\n", "utf-8")
    made = ("make", "--everyone", *TEXT, "--yes", "--name")
    assert told(capsys, home, *made, "一")["receivers"] == 2
    assert told(capsys, home, *made, "二")["left"]["capped"] == 2
    change(home, "UPDATE effect SET state = 'failed' WHERE kind = 'mass_make'")
    assert told(capsys, home, *made, "三")["receivers"] == 2


def test_customers_of_other_employees_are_not_said_to_have_none(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trial = ("make", "--everyone", *TEXT, "--dry-run")
    everybody = told(capsys, home, *trial)["left"].get("no_staff", 0)
    assert told(capsys, home, *trial, "--staff", "xiaoli")["left"].get("no_staff", 0) == everybody


def test_groups_of_a_pool_whose_owner_is_unknown_are_left_out(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pool = ("make", "--pool", "pets", *TEXT, "--name", "群里", "--dry-run")
    nobody = mass(capsys, home, *pool)
    assert (nobody.code, "不知道群主是谁" in nobody.out) == (1, True)
    change(
        home,
        "INSERT INTO chat_group(chat, account, owner)"
        " VALUES('wrPETS_S012_1', 'wecom-main', 'xiaowang')",
    )
    seen = told(capsys, home, *pool)
    assert seen["staff"] == {"xiaowang": 1}


def test_list_and_show_say_who_has_to_confirm(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "还没有群发" in mass(capsys, home, "list").out
    mass(capsys, home, "make", "--everyone", *TEXT, "--name", "秋", "--yes")
    change(home, "UPDATE mass_part SET state = 'made', msgid = 'M1', made_us = 1")
    listed = mass(capsys, home, "list").out
    assert "秋" in listed and "2 个任务需员工确认，已发 0 / 2" in listed
    shown = mass(capsys, home, "show", "秋").out
    assert "等员工确认；还没发 1" in shown and "没有选入 1 个：顾客已退订" in shown
    document = told(capsys, home, "show", "秋")
    assert [one["state"] for one in document["parts"]] == ["made", "made"]
    missing = mass(capsys, home, "show", "没有")
    assert (missing.code, "mass list" in missing.err) == (2, True)


def test_remind_refresh_and_cancel(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mass(capsys, home, "make", "--everyone", *TEXT, "--name", "秋", "--yes")
    early = mass(capsys, home, "remind", "秋")
    assert (early.code, "不用提醒" in early.out) == (1, True)
    change(home, "UPDATE mass_part SET state = 'made', msgid = 'M' || id, made_us = 1")
    reminded = mass(capsys, home, "remind", "秋")
    assert (reminded.code, "提醒 2 个任务的员工" in reminded.out) == (0, True)
    assert "serve 启动后" in reminded.out
    assert told(capsys, home, "refresh", "秋")["result"] == "asked"
    cancelled = mass(capsys, home, "cancel", "秋")
    assert (cancelled.code, "已发出的收不回" in cancelled.out) == (0, True)
    assert "已取消" in mass(capsys, home, "list").out
    assert mass(capsys, home, "cancel", "没有").code == 2


def test_what_was_not_handed_over_yet_is_skipped_by_a_cancel(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mass(capsys, home, "make", "--everyone", *TEXT, "--name", "秋", "--yes")
    mass(capsys, home, "cancel", "秋")
    states = rows(home, "SELECT DISTINCT state FROM effect WHERE kind = 'mass_make'")
    assert states == [("skipped",)]


async def test_while_a_server_runs_it_is_told_and_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path, deciding=True) as server:
        added = contact_added("wmJia", "xiaowang", at_s=server.rooms.clock() / 1_000_000)
        await server.rooms.hear(added, "wecom-main")
        monkeypatch.setenv("XIAOER_LISTEN__PORT", str(server.port))
        argv = ("make", "--everyone", *TEXT, "--name", "秋", "--yes")
        made = await asyncio.to_thread(told, capsys, tmp_path, *argv)
        assert (made["result"], made["served"]) == ("made", True)
        again = await asyncio.to_thread(told, capsys, tmp_path, *argv)
        assert again["result"] == "known"


def test_the_help_says_that_the_employee_has_to_confirm(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for argv in (("mass", "--help"), ("mass", "make", "--help")):
        assert "确认" in command(capsys, *argv).out
