"""Acquisition links by one command, against the twin: made once, bound to the store, counted."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.events import ContactAdded
from bot.platforms.wecom.gate import decode
from commands.links import changing, looking, making
from commands.parts.compose import open_home
from commands.parts.problems import FINDINGS, FINE, UNREACHABLE, USAGE, Stop
from tests.homes import command
from tests.twin_bot import Scene, on_stage

KEY = "a" * 43
CREATE = "/cgi-bin/externalcontact/customer_acquisition/create_link"
SETTINGS = """accounts:
  - {{id: wecom-main, kind: wecom, corpid: {corpid}, agentid: 1000002, token: abc, aes_key: {key}, \
secret: "{secret}", api_base: "{base}"}}
"""


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


@pytest.fixture
def home(scene: Scene, tmp_path: Path) -> Path:
    """A home at the twin with one store and two employees, one of them of no store."""
    home = tmp_path / "home"
    home.mkdir()
    corp, base = scene.twin.stage.world.wecom[0], scene.twin.stage.bases["wecom"]
    written = SETTINGS.format(key=KEY, corpid=corp.corpid, secret=corp.secret, base=base)
    (home / "settings.yaml").write_text(written, "utf-8")
    (home / "stores.csv").write_text("id,name\nS012,良渚店\n", "utf-8")
    (home / "staff.csv").write_text(
        "userid,name,store\nxiaowang,小王,S012\nxiaoli,小李,\n", "utf-8"
    )
    return home


async def made(home: Path, **rest: Any) -> int:
    """Run `links make` as a person does, while the twin answers."""
    return await asyncio.to_thread(making.run, home, making.Asked(**rest), pace_s=0)


async def links_of(home: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what `links list --json` tells of the links."""
    capsys.readouterr()
    await asyncio.to_thread(looking.show_all, home, "", as_json=True, pace_s=0)
    return json.loads(capsys.readouterr().out)["links"]


async def test_every_employee_gets_a_link_with_their_entry_code(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await made(home, as_json=True) == FINE
    told = json.loads(capsys.readouterr().out)
    first = told["links"][0]
    assert (first["staff"], first["store"]) == ("xiaowang", "S012")
    assert first["url"].startswith("https://work.weixin.qq.com/ca/")
    assert first["url"].endswith("?customer_channel=staff-xiaowang-S012")
    assert told["quota"]["balance"] and told["written"] and not told["failed"]
    known = open_home(home, with_rules=False).content.entry_codes
    assert known["staff-xiaowang-S012"].store == "S012"


async def test_a_second_run_makes_no_second_link(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await made(home)
    first = await links_of(home, capsys)
    assert await made(home) == FINE
    said = capsys.readouterr().out
    assert "小王  良渚店  https://work.weixin.qq.com/ca/" in said
    assert "获客额度还剩" in said
    assert await links_of(home, capsys) == first
    assert len(first) == 2


async def test_a_customer_who_comes_by_a_link_is_the_stores(
    scene: Scene, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await made(home, staff=("xiaowang",), as_json=True)
    (link,) = json.loads(capsys.readouterr().out)["links"]
    told = await scene.do("open_link", "甲", url=link["url"])
    assert "error" not in told
    corp = scene.twin.stage.world.wecom[0].corpid
    events = [decode("wecom-main", corp, one.inner) for one in scene.bot.received]
    (added,) = [one for one in events if isinstance(one, ContactAdded)]
    assert (added.state, added.staff) == (link["key"], "xiaowang")
    assert added.state in open_home(home, with_rules=False).content.entry_codes


async def test_each_link_tells_what_it_has_brought(
    scene: Scene, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await made(home, as_json=True)
    url = json.loads(capsys.readouterr().out)["links"][0]["url"]
    for who in ("甲", "乙"):
        await scene.do("open_link", who, url=url)
    await asyncio.to_thread(looking.count, home, "", "", 7, as_json=False, pace_s=0)
    said = capsys.readouterr().out
    assert "staff-xiaowang-S012  点击 2  新增 2  顾客 2  说过话 0" in said
    name = "staff-xiaowang-S012"
    await asyncio.to_thread(looking.count, home, "", name, 7, as_json=True, pace_s=0)
    (only,) = json.loads(capsys.readouterr().out)["links"]
    assert (only["name"], only["clicked"], only["customers"]) == (name, 2, 2)


async def test_a_printed_link_gets_another_employee_and_goes(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await made(home)
    before = {one["name"]: one for one in await links_of(home, capsys)}
    name = "staff-xiaowang-S012"
    await asyncio.to_thread(changing.update, home, "", name, ("xiaoli",), pace_s=0)
    after = {one["name"]: one for one in await links_of(home, capsys)}
    assert after[name]["staff"] == ["xiaoli"] and after[name]["url"] == before[name]["url"]
    with pytest.raises(Stop, match="印出去的链接会失效"):
        await asyncio.to_thread(changing.delete, home, "", name, yes=False, pace_s=0)
    assert await asyncio.to_thread(changing.delete, home, "", name, yes=True, pace_s=0) == FINE
    assert [one["name"] for one in await links_of(home, capsys)] == ["staff-xiaoli"]


async def test_a_link_that_is_not_there_is_told_with_the_nearest(home: Path) -> None:
    await made(home)
    with pytest.raises(Stop, match="是不是 staff-xiaoli") as stopped:
        await asyncio.to_thread(changing.delete, home, "", "staff-xiaolii", yes=True, pace_s=0)
    assert stopped.value.code == USAGE


async def test_links_above_what_a_corp_may_have_fail_alone(
    scene: Scene, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await scene.control("settings", {"link_most": 1})
    assert await made(home, as_json=True) == FINDINGS
    told = json.loads(capsys.readouterr().out)
    assert told["failed"]["staff-xiaoli"]["code"] == 41095
    assert told["links"][0]["url"] and told["links"][1]["url"] is None


@pytest.mark.parametrize("fault", ["reset_after", "truncated"])
async def test_a_link_whose_answer_was_cut_off_is_looked_for_at_once(
    scene: Scene, home: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    await scene.control("faults", {"path": CREATE, "kind": fault})
    assert await made(home, staff=("xiaowang",)) == FINE
    assert "https://work.weixin.qq.com/ca/" in capsys.readouterr().out
    assert len(await links_of(home, capsys)) == 1


@pytest.mark.parametrize("fault", ["reset_before", "html"])
async def test_a_link_that_was_never_made_is_made_by_the_next_run(
    scene: Scene, home: Path, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    await scene.control("faults", {"path": CREATE, "kind": fault})
    assert await made(home, staff=("xiaowang",)) == FINDINGS
    assert await made(home, staff=("xiaowang",)) == FINE
    assert len(await links_of(home, capsys)) == 1


async def test_employees_who_left_do_not_keep_the_others_from_their_links(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = "".join(f"gone{n},走了{n},S012\n" for n in range(4))
    (home / "staff.csv").write_text(f"userid,name,store\n{gone}xiaoli,小李,\n", "utf-8")
    assert await made(home, as_json=True) == FINDINGS
    told = json.loads(capsys.readouterr().out)
    assert {one["code"] for one in told["failed"].values()} == {60111}
    assert (len(told["failed"]), told["left"]) == (4, 0)
    assert told["links"][-1]["url"]


async def test_after_the_same_trouble_three_times_the_rest_is_not_tried_and_says_so(
    scene: Scene, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("xiaowang", "chenjie", "laozhou", "xiaoli", "amei")
    rows = "".join(f"{name},{name},S012\n" for name in names)
    (home / "staff.csv").write_text(f"userid,name,store\n{rows}", "utf-8")
    refusal = {"path": CREATE, "kind": "errcode", "code": 48002, "times": -1}
    await scene.control("faults", refusal)
    assert await made(home) == FINDINGS
    said = capsys.readouterr().out
    assert "还有 2 条没有试" in said
    assert said.count("没做成") == 3


async def test_a_quota_that_cannot_be_read_hides_no_link(
    scene: Scene, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = "/cgi-bin/externalcontact/customer_acquisition_quota"
    refusal = {"path": path, "kind": "errcode", "code": 48002, "times": -1}
    await scene.control("faults", refusal)
    assert await made(home) == FINE
    said = capsys.readouterr().out
    assert said.count("https://work.weixin.qq.com/ca/") == 2
    assert "获客额度读不出来：应用没有该接口权限" in said
    await asyncio.to_thread(looking.show_all, home, "", as_json=True, pace_s=0)
    told = json.loads(capsys.readouterr().out)
    assert (len(told["links"]), told["quota"]) == (2, None)


async def test_a_trial_neither_writes_nor_asks(
    scene: Scene, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await made(home, dry_run=True) == FINE
    assert "只是试算" in capsys.readouterr().out
    assert not (home / "entry_codes.csv").exists()
    assert not await scene.book("call")


async def test_a_platform_out_of_reach_is_told(scene: Scene, home: Path) -> None:
    settings = home / "settings.yaml"
    base = scene.twin.stage.bases["wecom"]
    settings.write_text(settings.read_text("utf-8").replace(base, "http://127.0.0.1:9"), "utf-8")
    with pytest.raises(Stop, match="连不上平台") as stopped:
        await made(home)
    assert stopped.value.code == UNREACHABLE


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["make", "--staff", "xiaowan"], "staff.csv 里没有 xiaowan（是不是 xiaowang？）"),
        (["make", "--stores", "S01"], "没有门店 S01"),
        (["update", "x"], "要说明换成谁"),
        (["list"], "没有带 secret 的 wecom 账号"),
    ],
)
def test_a_mistake_names_what_there_is(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "stores.csv").write_text("id,name\nS012,良渚店\n", "utf-8")
    (tmp_path / "staff.csv").write_text("userid,name,store\nxiaowang,小王,S012\n", "utf-8")
    told = command(capsys, "links", words[0], "--home", tmp_path, *words[1:])
    assert told.code == USAGE
    assert says in told.err
