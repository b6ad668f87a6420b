"""Faults on API endpoints: planted at once as a script, spoilt as told, the same for a seed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.twin_bot import Json, Scene, on_stage
from twin.fault_kinds import KINDS
from twin.faults import Faults
from twin.shape import BadShape

TAGS = "/cgi-bin/tags/get"
SEND = "message/custom/send"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def codes(scene: Scene, calls: int) -> list[object]:
    return [(await scene.call("oa", "tags/get")).get("errcode", 0) for _ in range(calls)]


async def plant(scene: Scene, **fault: object) -> Json:
    return await scene.control("faults", fault)


async def planted(scene: Scene, *script: Json, seed: int = 1) -> Json:
    return await scene.control("faults", {"script": list(script), "seed": seed})


def words(who: str, text: str = "早") -> Json:
    return {"touser": who, "msgtype": "text", "text": {"content": text}}


async def test_a_script_is_planted_at_once_and_each_line_waits_for_its_calls(scene: Scene) -> None:
    await planted(
        scene,
        {"path": "/cgi-bin/tags/*", "kind": "errcode", "code": 45009, "after": 1},
        {"host": "oa", "path": TAGS, "kind": "errcode", "code": 45033, "after": 3, "times": 2},
    )
    assert await codes(scene, 6) == [0, 45009, 0, 45033, 45033, 0]


async def test_a_fault_can_begin_at_a_moment_of_the_platforms_clock(scene: Scene) -> None:
    await planted(scene, {"path": TAGS, "kind": "errcode", "at": 60, "times": -1})
    assert await codes(scene, 2) == [0, 0]
    await scene.control("clock", {"jump_s": 61})
    assert await codes(scene, 2) == [-1, -1]


def spoilt(seed: int, calls: int = 200) -> list[bool]:
    faults = Faults(lambda: 0.0)
    one: Json = {"kind": "slow", "share": 0.3, "times": -1}
    faults.plant({"script": [one], "seed": seed})
    return [faults.take("oa", TAGS) is not None for _ in range(calls)]


def test_a_share_is_the_same_again_for_the_same_seed_and_another_for_another() -> None:
    assert spoilt(7) == spoilt(7) != spoilt(8)
    assert 40 < sum(spoilt(7)) < 80


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"kind": "slowly"}, "kind slowly，是不是 slow？"),
        ({"kind": "slow", "secnds": 1}, "secnds，是不是 seconds？"),
        ({"kind": "lost", "path": "*"}, "path，"),
        ({"kind": "slow", "acount": "oa"}, "acount，"),
        ({"kind": "http", "code": 200}, "code（HTTP 状态应为 400 到 599）"),
        ({"kind": "slow", "share": 2}, "share"),
        ({"kind": "slow", "times": -2}, "times"),
        ({"kind": "slow", "after": -1}, "after"),
        ({"kind": "slow", "seconds": -1}, "seconds"),
        ({"path": TAGS}, "kind"),
    ],
)
def test_a_name_nobody_has_is_refused_with_the_nearest(bad: Json, said: str) -> None:
    faults = Faults(lambda: 0.0)
    with pytest.raises(BadShape) as caught:
        faults.plant(bad)
    assert said in caught.value.key
    assert faults.told() == []


async def test_every_mistake_of_a_script_is_told_and_nothing_of_it_planted(scene: Scene) -> None:
    told = await planted(scene, {"kind": "nevr"}, {"kind": "slow"}, {"kind": "htlm"})
    assert "第 1 项 kind nevr，是不是 never？" in str(told["error"])
    assert "第 3 项 kind htlm，是不是 html？" in str(told["error"])
    assert "第 2 项" not in str(told["error"])
    assert "sript，是不是 script？" in str(
        (await scene.control("faults", {"script": [], "sript": []}))["error"]
    )
    async with scene.http.get(scene.twin.control("/twin/faults")) as got:
        assert await got.json() == []


async def test_a_late_effect_is_answered_with_yes_and_applied_later(scene: Scene) -> None:
    await scene.do("follow", "甲")
    await plant(scene, path=f"/cgi-bin/{SEND}", kind="late_effect", seconds=30)
    await scene.control("clock", {"stop": True})
    told = await scene.call("oa", SEND, words(scene.openid("甲")))
    assert told == {"errcode": 0, "errmsg": "ok"}
    assert await scene.phone("甲") == []
    await scene.control("clock", {"jump_s": 30})
    assert await scene.control("idle", {"wait_s": 2}) == {"idle": True}
    assert [one["text"] for one in await scene.phone("甲")] == ["早"]
    call = (await scene.book("call"))[-1]
    (late,) = await scene.book("late")
    (shown,) = await scene.book("shown")
    assert (call["fault"], call["errcode"], call["effect"]) == ("late_effect", 0, None)
    assert (late["call"], late["errcode"], late["effect"]) == (call["n"], 0, {"shown": "早"})
    assert shown["call"] == call["n"]


async def test_a_late_effect_can_be_cut_and_come_to_nothing(scene: Scene) -> None:
    """By the time it is applied the customer has gone."""
    await scene.do("follow", "甲")
    await plant(scene, path=f"/cgi-bin/{SEND}", kind="late_effect", seconds=30, cut=True)
    await scene.control("clock", {"stop": True})
    with pytest.raises(aiohttp.ClientError):
        await scene.call("oa", SEND, words(scene.openid("甲")))
    assert (await scene.book("call"))[-1]["connection"] == "reset"
    await scene.do("unfollow", "甲")
    await scene.control("clock", {"jump_s": 30})
    await scene.control("idle", {"wait_s": 2})
    (late,) = await scene.book("late")
    assert (late["errcode"], late["effect"]) == (45015, None)
    assert await scene.phone("甲") == []


async def test_a_late_effect_leaves_alone_what_changes_nothing(scene: Scene) -> None:
    """A token, a GET, and a call that is refused at once."""
    await plant(scene, kind="late_effect", times=-1)
    assert "tags" in await scene.call("oa", "tags/get")
    refused = await scene.call("oa", SEND, words("nobody"), access_token="bad")
    assert refused["errcode"] == 40014
    assert await scene.book("late") == []


async def test_a_token_is_revoked_in_the_middle(scene: Scene) -> None:
    token = await scene.token("oa")
    await plant(scene, path=TAGS, kind="token_revoked", after=1)
    told = [await scene.call("oa", "tags/get", access_token=token) for _ in range(3)]
    assert [one.get("errcode", 0) for one in told] == [0, 40001, 40001]
    assert await scene.token("oa") != token


async def test_every_kind_spoils_a_call_in_its_own_way(scene: Scene) -> None:
    token = await scene.token("oa")
    url = f"{scene.twin.stage.bases['oa']}{TAGS}?access_token={token}"
    for kind in ("http", "html", "truncated", "errcode"):
        await plant(scene, path=TAGS, kind=kind)
    seen = []
    for _ in range(4):
        async with scene.http.get(url) as got:
            seen.append((got.status, (await got.text())[:9]))
    assert [status for status, _ in seen] == [500, 200, 200, 200]
    assert [text for _, text in seen[1:]] == ["<html><bo", '{"tags": ', '{"errcode']


async def test_an_answer_can_be_spoilt_after_the_effect(scene: Scene) -> None:
    url = (
        f"{scene.twin.stage.bases['oa']}/cgi-bin/tags/create?access_token={await scene.token('oa')}"
    )
    seen = []
    for kind in ("errcode_missing", "charset", "huge", "redirect"):
        await plant(scene, path="/cgi-bin/tags/create", kind=kind)
        asked = {"tag": {"name": kind}}
        async with scene.http.post(url, json=asked, allow_redirects=False) as got:
            seen.append((got.status, len(await got.read()) > 10_000_000))
    assert seen == [(200, False), (200, False), (200, True), (302, False)]
    made = str(await scene.call("oa", "tags/get"))
    assert [one in made for one in ("errcode_missing", "charset", "huge", "redirect")] == [
        True,
        True,
        True,
        False,
    ]


async def test_an_errcode_can_come_as_a_text_or_not_at_all(scene: Scene) -> None:
    await scene.do("follow", "甲")
    for kind in ("errcode_text", "errcode_missing"):
        await plant(scene, path=f"/cgi-bin/{SEND}", kind=kind)
    told = [await scene.call("oa", SEND, words(scene.openid("甲"))) for _ in range(2)]
    assert told == [{"errcode": "0", "errmsg": "ok"}, {}]
    assert len(await scene.phone("甲")) == 2


async def test_calls_of_one_api_beyond_so_many_at_once_are_refused(scene: Scene) -> None:
    await scene.control("settings", {"api_at_once": 2})
    await plant(scene, path=TAGS, kind="slow", seconds=0.2, times=-1)
    told = await asyncio.gather(*(scene.call("oa", "tags/get") for _ in range(4)))
    assert sorted(str(one.get("errcode", 0)) for one in told) == ["0", "0", "45033", "45033"]


async def test_a_call_is_cut_or_never_answered_before_it_does_anything(scene: Scene) -> None:
    url = f"{scene.twin.stage.bases['oa']}{TAGS}?access_token={await scene.token('oa')}"
    limit = aiohttp.ClientTimeout(total=0.2)
    troubles = {"reset_before": aiohttp.ClientError, "never": asyncio.TimeoutError}
    for kind, trouble in troubles.items():
        await plant(scene, path=TAGS, kind=kind, times=-1)  # a GET that is cut is tried again
        with pytest.raises(trouble):
            async with scene.http.get(url, timeout=limit) as got:
                await got.read()
        async with scene.http.delete(scene.twin.control("/twin/faults")) as got:
            assert await got.json() == []
    cut = [one for one in await scene.book("call") if one["fault"]]
    assert {one["fault"] for one in cut} == troubles.keys()
    assert not any(one["answered"] for one in cut)


async def test_an_unknown_path_is_40066_and_a_line_in_the_book(scene: Scene) -> None:
    for host in ("oa", "wecom"):
        told = await scene.bare(host, "no/such/api", access_token="any")
        assert told["errcode"] == 40066
    booked = [one["api"] for one in await scene.book("call") if one["errcode"] == 40066]
    assert booked == ["/cgi-bin/no/such/api"] * 2


def test_the_page_tells_each_kind_of_fault_in_its_table() -> None:
    page = (Path(__file__).parents[1] / "docs/reference/twin.md").read_text("utf-8")
    assert [one for one in KINDS if f"| `{one}`" not in page] == []
