"""`archive import`, `proposals` and `groups replies`: from a file, by hand, and honestly."""

import asyncio
import csv
import json
import sqlite3
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from commands.groups import feed
from commands.groups.feed import Asked, Tally
from commands.parts.compose import fill
from tests.homes import Told, command
from tests.pictures import PNG
from tests.serving import serving

CHAT = "wrPETS_S012_1"
ELEVEN = ", ".join(f"第{n}行" for n in range(11))
ADA = "wmAAAAAAAAAAAAAAAAAAAAAAAAAAAADA"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A filled home without a database."""
    fill(tmp_path)
    return tmp_path


def said(number: int, text: str = "几点关门", **more: Any) -> str:
    """One line of the archive."""
    item = {
        "msgid": f"m{number}", "action": "send", "from": ADA, "tolist": [], "roomid": CHAT,
        "msgtime": int(time.time() * 1000), "msgtype": "text", "text": {"content": text}, **more,
    }  # fmt: skip
    return json.dumps(item, ensure_ascii=False)


def archive(home: Path, lines: Iterable[str]) -> Path:
    """A file of archived messages."""
    path = home / "archive.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def imported(
    capsys: pytest.CaptureFixture[str], home: Path, file: Path, *more: str
) -> dict[str, Any]:
    """Import a file and return what was told of it."""
    told = command(capsys, "archive", "import", file, "--home", home, "--json", *more)
    document: dict[str, Any] = json.loads(told.out)
    return document | {"code": told.code}


def numbers(document: dict[str, Any]) -> tuple[int, ...]:
    return tuple(document[name] for name in ("lines", "taken", "ignored", "repeated"))


def rows(home: Path, sql: str) -> list[Any]:
    with sqlite3.connect(home / "xiaoer.db") as found:
        return found.execute(sql).fetchall()


# --- archive import ---


def test_a_file_is_taken_and_decided_when_no_server_runs(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = archive(home, [said(1), said(2, roomid="wrX"), "", said(3, msgtype="image")])
    document = imported(capsys, home, file)
    assert numbers(document) == (4, 1, 2, 0)
    assert (document["through"], document["code"]) == ("database", 0)
    assert rows(home, "SELECT kind, state FROM inbox") == [("GroupSaid", "done")]
    assert numbers(imported(capsys, home, file)) == (4, 0, 2, 1)


def test_lines_that_cannot_be_read_are_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = archive(home, [said(1), "{", "[1]", said(2, "长" * 30_000)])
    document = imported(capsys, home, file)
    assert (document["bad_lines"], document["taken"], document["code"]) == ([2, 3, 4], 1, 1)


def test_a_file_that_is_not_there_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = command(capsys, "archive", "import", home / "none", "--home", home)
    assert (told.code, "没有这个文件" in told.err) == (2, True)


async def test_while_a_server_runs_the_lines_go_through_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path)
    settings = tmp_path / "settings.yaml"
    told = settings.read_text("utf-8").replace("[orders, members]", "[archive]")
    settings.write_text(told, "utf-8")
    async with serving(tmp_path) as server:
        monkeypatch.setenv("XIAOER_LISTEN__PORT", str(server.port))
        file = archive(tmp_path, (said(n, "长" * 200) for n in range(450)))
        document = await asyncio.to_thread(imported, capsys, tmp_path, file)
        assert numbers(document) == (450, 450, 0, 0)
        assert document["through"] == "server"


def test_following_needs_a_server(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = archive(home, [said(1)])
    told = command(capsys, "archive", "import", file, "--home", home, "--follow")
    assert (told.code, "serve" in told.err) == (1, True)


async def test_following_reads_what_is_appended_once_its_line_is_whole(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "_LOOK_S", 0.01)
    file, tally = archive(home, [said(1)]), Tally()
    batches = feed._batches(Asked(file=file, follow=True), tally)
    assert len(await anext(batches)) == 1
    with file.open("a", encoding="utf-8") as more:
        more.write(said(2)[:20])
        more.flush()
        waiting = asyncio.ensure_future(anext(batches))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        more.write(said(2)[20:] + "\n")
        more.flush()
        assert len(await waiting) == 1
    assert (tally.lines, tally.bad) == (2, [])


# --- proposals ---


def test_proposals_are_listed_with_what_became_of_them(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(capsys, "db", "migrate", "--home", home)
    now_us = int(time.time() * 1_000_000)
    with sqlite3.connect(home / "xiaoer.db") as db:
        for task, state, age_s in (
            ("p-1", "open", 60),
            ("p-2", "open", 90_000),
            ("p-3", "sent", 9),
        ):
            db.execute(
                "INSERT INTO proposal(task, account, chat, staff, person_id, text, state, inbox_id,"
                " at_us) VALUES(?, 'wecom-main', ?, 'xiaowang', 'P', '23点关门', ?, 1, ?)",
                (task, CHAT, state, now_us - age_s * 1_000_000),
            )
    told = json.loads(command(capsys, "proposals", "--home", home, "--json").out)
    states = {one["task"]: one["state"] for one in told["proposals"]}
    assert states == {"p-1": "open", "p-2": "expired", "p-3": "sent"}
    waiting = json.loads(command(capsys, "proposals", "--open", "--home", home, "--json").out)
    assert [one["task"] for one in waiting["proposals"]] == ["p-1"]
    shown = command(capsys, "proposals", "--home", home).out
    assert "「良渚店宠物 1 群」" in shown
    assert "过了 24 小时" in shown


def test_without_proposals_that_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(capsys, "db", "migrate", "--home", home)
    assert "没有" in command(capsys, "proposals", "--home", home).out


# --- groups replies ---


def table(home: Path, capsys: pytest.CaptureFixture[str], *more: str) -> list[dict[str, str]]:
    out = home / "replies.csv"
    assert command(capsys, "groups", "replies", "--home", home, "--out", out, *more).code == 0
    content = out.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(content.decode("utf-8-sig").splitlines()))


def test_the_table_holds_words_for_each_store_and_nothing_personal(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [one for one in table(home, capsys, "--pool", "pets") if one["能否照填"] == "是"]
    hours = {one["用在哪些群"]: one for one in lines if one["规则"] == "store-hours"}
    assert "良渚店宠物 1 群、良渚店宠物 2 群" in hours
    assert "06:30-23:00" in hours["良渚店宠物 1 群、良渚店宠物 2 群"]["回复内容"]
    coupons = [one for one in lines if one["规则"] == "coupon-newcomer"]
    assert all("群欢迎语里的客服" in one["回复内容"] for one in coupons)
    assert any("领券" in one["关键词"].split("、") for one in coupons)
    assert {one["匹配方式"] for one in lines} == {"完全匹配", "包含"}
    assert not any("{" in one["回复内容"] for one in lines)


def rule(name: str, say: str, rest: str = "") -> str:
    return f"- id: {name}\n  say: {say}\n{rest}  do: [{{reply: 好的}}]\n"


@pytest.mark.parametrize(
    ("say", "rest", "why"),
    [
        ("{ any: ['买.*奶'], mode: regex }", "", "正则"),
        ("{ all: [买, 奶], mode: contains }", "", "同时出现"),
        ("{ any: [夜宵] }", "  where: { hours: '22:00-02:00' }\n", "限时段"),
        ("{ any: [夜宵] }", "  where: { tagged: [会员], limit: {times: 1, per: day} }\n", "标签"),
    ],
)
def test_what_the_console_cannot_do_is_said(
    home: Path, capsys: pytest.CaptureFixture[str], say: str, rest: str, why: str
) -> None:
    (home / "rules" / "mine.yaml").write_text(rule("mine", say, rest), "utf-8")
    (line,) = [one for one in table(home, capsys) if one["规则"] == "mine"]
    assert (line["能否照填"], why in line["备注"]) == ("否", True)


@pytest.mark.parametrize(
    ("where", "listed"),
    [
        ("{ channel: [kf] }", False),
        ("{ channel: [group, kf] }", True),
        ("{ group: [moms] }", False),
        ("{ store: [S003] }", False),
        ("{ store: [S012] }", True),
    ],
)
def test_rules_for_elsewhere_are_left_out(
    home: Path, capsys: pytest.CaptureFixture[str], where: str, listed: bool
) -> None:
    text = rule("mine", "{ any: [夜宵] }", f"  where: {where}\n")
    (home / "rules" / "mine.yaml").write_text(text, "utf-8")
    found = [one for one in table(home, capsys, "--pool", "pets") if one["规则"] == "mine"]
    assert bool(found) is listed


def test_a_formula_stays_text_in_a_spreadsheet(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = rule("mine", "{ any: [夜宵] }").replace("好的", "'=1+1'")
    (home / "rules" / "mine.yaml").write_text(text, "utf-8")
    (line,) = [one for one in table(home, capsys) if one["规则"] == "mine"]
    assert line["回复内容"] == "'=1+1"


def test_the_report_says_that_it_is_typed_by_hand(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = command(capsys, "groups", "replies", "--home", home)
    assert "没有接口" in told.out
    document = json.loads(command(capsys, "groups", "replies", "--home", home, "--json").out)
    assert (document["v"], document["by_hand"]) == (1, True)
    assert command(capsys, "groups", "replies", "--home", home, "--pool", "none").code == 2


# --- what rules add to words ---


def checked(home: Path, capsys: pytest.CaptureFixture[str], step: str) -> Told:
    text = f"- id: mine\n  say: {{ any: [夜宵] }}\n  do:\n    - reply: {step}\n"
    text += "  cases: [{ text: 有夜宵吗, hit: true }]\n"
    (home / "rules" / "mine.yaml").write_text(text, "utf-8")
    return command(capsys, "check", "--home", home)


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("{ text: 好, menu: [%s] }".replace("%s", ELEVEN), "最多 10 行"),
        ("{ text: 好, menu: [%s] }".replace("%s", "长" * 43), "超过 128 字节"),
        ("{ text: 好, menu: [同, 同] }", "重复的行"),
        ("{ text: 好, link: 'ftp://x', link_title: 题 }", "https://"),
        ("{ text: 好, link: 'https://x.example' }", "link_title"),
        ("{ text: 好, link_title: 题 }", "没有对应的 link"),
        ("{ text: 好, image: none.png }", "none.png"),
        ("{ text: 好, image: ../instance.key }", "不在家目录的 media/"),
    ],
)
def test_what_no_platform_takes_is_found_before_it_is_said(
    home: Path, capsys: pytest.CaptureFixture[str], step: str, why: str
) -> None:
    told = checked(home, capsys, step)
    assert (told.code, "rules/mine.yaml:4:" in told.out, why in told.out) == (1, True, True)


def test_a_menu_a_link_and_a_picture_that_are_there_are_fine(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "media").mkdir()
    (home / "media" / "map.png").write_bytes(PNG)
    step = "{ text: 好, menu: [领券], link: 'https://x.example', link_title: 题, image: map.png }"
    told = checked(home, capsys, step)
    assert "rules/mine.yaml" not in told.out


def test_patterns_beside_words_are_left_out_and_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = rule("milk", "{ any: [牛奶, { words: ['买.*奶'], mode: regex }] }")
    (home / "rules" / "milk.yaml").write_text(written, "utf-8")
    milk = [one for one in table(home, capsys, "--pool", "pets") if one["规则"] == "milk"]
    assert {one["关键词"] for one in milk} == {"牛奶"}
    assert all("正则没有填" in "".join(one.values()) for one in milk)
