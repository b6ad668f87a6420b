"""The twin's Official Account host: tokens, windows, users, tags and codes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage

SEND = "message/custom/send"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


def message(scene: Scene, words: str, who: str = "甲") -> Json:
    return {"touser": scene.openid(who), "msgtype": "text", "text": {"content": words}}


async def test_wrong_credentials_get_the_platforms_codes(scene: Scene) -> None:
    oa = scene.twin.stage.world.oa[0]
    asked: Json = {"grant_type": "client_credential", "appid": oa.appid, "secret": "x"}
    assert (await scene.bare("oa", "stable_token", asked))["errcode"] == 40125
    assert (await scene.bare("oa", "stable_token", {**asked, "appid": "wx"}))["errcode"] == 40013
    assert (await scene.bare("oa", "stable_token", {**asked, "grant_type": "?"}))[
        "errcode"
    ] == 40002
    assert (await scene.bare("oa", "stable_token"))["errcode"] == 43002


async def test_a_stable_token_is_shared_and_a_classic_one_replaced(scene: Scene) -> None:
    oa = scene.twin.stage.world.oa[0]
    assert await scene.token("oa") == await scene.token("oa")
    asked = {"grant_type": "client_credential", "appid": oa.appid, "secret": oa.secret}
    first = str((await scene.bare("oa", "token", **asked))["access_token"])
    second = str((await scene.bare("oa", "token", **asked))["access_token"])
    assert first != second
    assert "tags" in await scene.call("oa", "tags/get", access_token=first)
    await scene.control("clock", {"jump_s": 301})
    assert (await scene.call("oa", "tags/get", access_token=first))["errcode"] == 40001
    assert "tags" in await scene.call("oa", "tags/get", access_token=second)


async def test_a_token_is_missing_invented_expired_or_revoked(scene: Scene) -> None:
    assert (await scene.bare("oa", "tags/get"))["errcode"] == 41001
    assert (await scene.call("oa", "tags/get", access_token="made-up"))["errcode"] == 40014
    token = await scene.token("oa")
    await scene.control("clock", {"jump_s": 7201})
    assert (await scene.call("oa", "tags/get", access_token=token))["errcode"] == 42001
    fresh = await scene.token("oa")
    assert await scene.control("revoke", {"account": "oa-main"}) == {"revoked": 1}
    assert (await scene.call("oa", "tags/get", access_token=fresh))["errcode"] == 40001


async def test_an_unknown_path_and_broken_json_are_refused(scene: Scene) -> None:
    assert (await scene.call("oa", "no/such/api"))["errcode"] == 40066
    url = f"{scene.twin.stage.bases['oa']}/cgi-bin/{SEND}?access_token={await scene.token('oa')}"
    async with scene.http.post(url, data=b"{not json") as got:
        assert (await got.json())["errcode"] == 47001


async def test_a_follow_opens_three_messages_for_a_minute(scene: Scene) -> None:
    assert (await scene.call("oa", SEND, message(scene, "早")))["errcode"] == 45015
    await scene.do("follow", "甲")
    codes = [(await scene.call("oa", SEND, message(scene, "早")))["errcode"] for _ in range(4)]
    assert codes == [0, 0, 0, 45047]
    await scene.control("clock", {"jump_s": 61})
    assert (await scene.call("oa", SEND, message(scene, "早")))["errcode"] == 45015
    await scene.do("type", "甲", text="在吗")
    codes = [(await scene.call("oa", SEND, message(scene, "在")))["errcode"] for _ in range(6)]
    assert codes == [0] * 5 + [45047]
    seen = await scene.phone("甲")
    calls = {one["n"]: one for one in await scene.book("call")}
    assert len(seen) == 8
    assert all(calls[one["call"]]["api"] == f"/cgi-bin/{SEND}" for one in seen)


async def test_custom_messages_are_checked_before_they_are_shown(scene: Scene) -> None:
    await scene.do("follow", "甲")
    assert (await scene.call("oa", SEND, message(scene, "长" * 683)))["errcode"] == 45002
    assert (await scene.call("oa", SEND, message(scene, "")))["errcode"] == 44004
    stranger = message(scene, "早") | {"touser": "oNobody"}
    assert (await scene.call("oa", SEND, stranger))["errcode"] == 40003
    article: Json = {"title": "进群", "url": "http://127.0.0.1/", "description": "", "picurl": ""}
    news = {"touser": scene.openid("甲"), "msgtype": "news", "news": {"articles": [article] * 2}}
    assert (await scene.call("oa", SEND, news))["errcode"] == 45008
    news["news"] = {"articles": [article]}
    assert (await scene.call("oa", SEND, news))["errcode"] == 0
    assert [one["text"] for one in await scene.phone("甲")] == ["进群"]


@pytest.mark.parametrize("unionids", [True, False])
async def test_the_unionid_is_told_only_where_the_world_has_them(
    tmp_path: Path, unionids: bool
) -> None:
    async with on_stage(tmp_path, unionids=unionids) as scene:
        openid = scene.openid("甲")
        assert (await scene.call("oa", "user/info", openid=openid))["subscribe"] == 0
        await scene.do("scan_oa", "甲", poster="poster-S012-door")
        told = await scene.call("oa", "user/info", openid=openid)
        assert told["subscribe"] == 1
        assert told["qr_scene_str"] == "poster-S012-door"
        assert ("unionid" in told) is unionids


async def test_fan_tags_keep_their_limits(scene: Scene) -> None:
    await scene.do("follow", "甲")
    ids = []
    for number in range(21):
        told = await scene.call("oa", "tags/create", {"tag": {"name": f"标签{number}"}})
        tag = told["tag"]
        assert isinstance(tag, dict)
        ids.append(tag["id"])
    assert (await scene.call("oa", "tags/create", {"tag": {"name": "标签1"}}))["errcode"] == 45157
    long = {"tag": {"name": "一二三四五六七八九十长"}}
    assert (await scene.call("oa", "tags/create", long))["errcode"] == 45158
    put, off = "tags/members/batchtagging", "tags/members/batchuntagging"
    fan: Json = {"openid_list": [scene.openid("甲")]}
    codes = [(await scene.call("oa", put, {**fan, "tagid": one}))["errcode"] for one in ids]
    assert codes == [0] * 20 + [45059]
    assert (await scene.call("oa", put, {**fan, "tagid": 999}))["errcode"] == 45159
    many: Json = {"openid_list": ["o"] * 51, "tagid": ids[0]}
    assert (await scene.call("oa", put, many))["errcode"] == 40032
    await scene.call("oa", off, {**fan, "tagid": ids[0]})
    worn = await scene.call("oa", "tags/getidlist", {"openid": scene.openid("甲")})
    assert worn["tagid_list"] == ids[1:20]


async def test_a_created_code_can_be_scanned_and_seen(scene: Scene) -> None:
    asked: Json = {"action_name": "QR_STR_SCENE", "expire_seconds": 60}
    told = await scene.call(
        "oa", "qrcode/create", {**asked, "action_info": {"scene": {"scene_str": "活动1"}}}
    )
    await scene.do("scan_oa", "甲", ticket=told["ticket"])
    assert scene.bot.texts("EventKey") == ["qrscene_活动1"]
    url = f"{scene.twin.stage.bases['oa']}/cgi-bin/showqrcode"
    async with scene.http.get(url, params={"ticket": str(told["ticket"])}) as got:
        assert (await got.read()).startswith(b"\x89PNG")
    async with scene.http.get(url, params={"ticket": "none"}) as got:
        assert got.status == 404


async def test_who_left_can_neither_type_nor_be_written_to(scene: Scene) -> None:
    await scene.do("follow", "甲")
    await scene.do("unfollow", "甲")
    assert "error" in await scene.do("type", "甲", text="在吗")
    assert (await scene.call("oa", SEND, message(scene, "早")))["errcode"] == 45015
    assert scene.bot.texts("Event") == ["subscribe", "unsubscribe"]
