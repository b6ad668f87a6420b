"""The twin's book, its planted faults, its world files and its command line."""

import asyncio
import dataclasses
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.twin_bot import Json, Scene, on_stage
from twin.control import ACTS, WIRE_ACTS
from twin.corp.host import WECOM_HOST
from twin.fault_kinds import KINDS
from twin.oa.host import OA_HOST
from twin.settings import Settings
from twin.world_file import BadWorld, load, override

SEND = "message/custom/send"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_every_happening_delivery_call_and_message_is_in_the_file(
    scene: Scene, tmp_path: Path
) -> None:
    await scene.do("scan_oa", "甲", poster="poster-S012-door")
    asked: Json = {"touser": scene.openid("甲"), "msgtype": "text", "text": {"content": "早"}}
    await scene.call("oa", SEND, asked)
    lines = (tmp_path / "book.jsonl").read_text("utf-8").splitlines()
    entries = [json.loads(one) for one in lines]
    assert [one["n"] for one in entries] == list(range(1, len(entries) + 1))
    told = [one["kind"] for one in entries if one["kind"] not in ("settings", "wire")]
    assert told == ["happening", "callback", "call", "call", "shown"]
    happening, callback, token, send, shown = entries[-5:]
    assert happening["inner"] == scene.bot.received[0].inner
    assert callback["happening"] == happening["id"]
    assert callback["digest"] == happening["digest"]
    assert "secret" not in token["args"]
    assert (send["who"], send["errcode"], send["effect"]) == ("甲", 0, {"shown": "早"})
    assert "access_token" not in json.dumps(send)
    assert (shown["who"], shown["call"]) == ("甲", send["n"])
    summary = await scene.control("book/summary")
    counts = {key: summary[key] for key in ("sent", "answered", "asked", "shown")}
    assert counts == {"sent": 1, "answered": 1, "asked": 2, "shown": 1}


async def test_a_cut_before_the_effect_differs_from_one_after_it(scene: Scene) -> None:
    await scene.do("follow", "甲")
    asked: Json = {"touser": scene.openid("甲"), "msgtype": "text", "text": {"content": "早"}}
    for kind in ("reset_before", "reset_after"):
        fault: Json = {"path": f"/cgi-bin/{SEND}", "kind": kind}
        await scene.control("faults", fault)
        with pytest.raises(aiohttp.ClientError):
            await scene.call("oa", SEND, asked)
    booked = [one for one in await scene.book("call") if one["api"] == f"/cgi-bin/{SEND}"]
    assert [(bool(one["effect"]), one["connection"], one["answered"]) for one in booked] == [
        (False, "reset", False),
        (True, "reset", False),
    ]
    assert len(await scene.phone("甲")) == 1


async def test_planted_faults_spoil_as_many_calls_as_told(scene: Scene) -> None:
    path = "/cgi-bin/tags/get"
    await scene.control("faults", {"path": path, "kind": "errcode", "code": 45009, "times": 2})
    codes = [(await scene.call("oa", "tags/get")).get("errcode", 0) for _ in range(3)]
    assert codes == [45009, 45009, 0]
    url = f"{scene.twin.stage.bases['oa']}{path}?access_token={await scene.token('oa')}"
    seen = []
    for kind, code in (("http", 502), ("html", -1), ("truncated", -1)):
        await scene.control("faults", {"path": path, "kind": kind, "code": code})
        async with scene.http.get(url) as got:
            seen.append((got.status, (await got.text())[:6]))
    assert [status for status, _ in seen] == [502, 200, 200]
    assert seen[1][1] == "<html>"
    assert "error" in await scene.control("faults", {"path": path, "kind": "no such"})


async def test_what_nobody_can_do_is_said_in_words(scene: Scene) -> None:
    assert "不认识的动作" in str((await scene.do("fly", "甲"))["error"])
    assert "没有 无名" in str((await scene.do("follow", "无名"))["error"])
    assert "没有海报" in str((await scene.do("scan_oa", "甲", poster="x"))["error"])
    assert "act" in str((await scene.control("do", {}))["error"])
    assert "error" in await scene.control("settings", {"no_such_knob": 1})


async def test_customers_without_a_name_appear_when_asked_for(scene: Scene) -> None:
    assert (await scene.do("follow", "客001"))["delivered"] is True
    first = scene.twin.stage.crowd.person("客001")
    assert first is not None
    assert scene.twin.stage.crowd.by_external(first.external_userid) is first


def test_every_mistake_in_a_world_is_listed_with_its_place(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "id: x\nname: y\nunionids: maybe\ncolour: red\n"
        "staff:\n  - {userid: a}\nposters:\n  - {id: p, account: o, scene: s, scene: t}\n",
        "utf-8",
    )
    with pytest.raises(BadWorld) as caught:
        load(bad)
    told = str(caught.value).splitlines()
    assert [one.removeprefix(f"{bad}:").split(" ")[0] for one in told] == [
        "3:11:",
        "4:1:",
        "6:5:",
        "8:35:",
    ]


def test_keys_of_a_world_can_be_overridden_but_not_spoilt() -> None:
    world = load(Path("yidian"))
    assert override(world, ("oa-main.token=other",)).oa[0].token == "other"
    for change in ("oa-main.aes_key=short", "oa-main.no=1", "none.token=1", "oa-main.mode=loud"):
        with pytest.raises(BadWorld):
            override(world, (change,))


async def test_the_program_reports_its_ports_and_stops_when_told(tmp_path: Path) -> None:
    book = str(tmp_path / "b.jsonl")
    argv = ["-m", "twin", "--world", "yidian", "--book", book, "--ports", "0,0,0"]
    program = await asyncio.create_subprocess_exec(
        sys.executable, *argv, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[1]
    )
    assert program.stdout is not None
    ready = json.loads(await program.stdout.readline())
    async with aiohttp.ClientSession() as http, http.get(f"{ready['control']}/twin/clock") as got:
        assert (await got.json())["offset_s"] == 0
    program.terminate()
    assert await program.wait() == 0


def test_the_page_about_the_twin_names_every_act_api_fault_and_knob() -> None:
    page = (Path(__file__).parents[1] / "docs/reference/twin.md").read_text("utf-8")
    paths = [*OA_HOST.endpoints, *OA_HOST.open_endpoints]
    paths += [*WECOM_HOST.endpoints, *WECOM_HOST.open_endpoints]
    apis = [one.removeprefix("/cgi-bin/externalcontact/") for one in paths]
    knobs = [one.name for one in dataclasses.fields(Settings)]
    named = [*ACTS, *WIRE_ACTS, *KINDS, *knobs, *apis]
    assert [one for one in named if f"`{one}`" not in page] == []
