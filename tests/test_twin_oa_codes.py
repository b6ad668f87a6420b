"""The twin's parametric codes, refusals with a rid, and counts that can be cleared."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def code(scene: Scene, path: str, asked: Json) -> object:
    return (await scene.call("oa", path, asked)).get("errcode", 0)


def wanted(action: str, scene: Json, **rest: object) -> Json:
    return {"action_name": action, "action_info": {"scene": scene}, **rest}


@pytest.mark.parametrize(
    ("asked", "errcode"),
    [
        (wanted("QR_SCENE", {"scene_id": 2**32 - 1}), 0),
        (wanted("QR_SCENE", {"scene_id": 0}), 40053),
        (wanted("QR_SCENE", {"scene_id": 1}, expire_seconds=2_592_000), 0),
        (wanted("QR_SCENE", {"scene_id": 1}, expire_seconds=2_592_001), 40035),
        (wanted("QR_LIMIT_SCENE", {"scene_id": 100_000}), 0),
        (wanted("QR_LIMIT_SCENE", {"scene_id": 100_001}), 40053),
        (wanted("QR_STR_SCENE", {"scene_str": "a" * 64}), 0),
        (wanted("QR_LIMIT_STR_SCENE", {"scene_str": "a" * 65}), 40053),
        (wanted("QR_STR_SCENE", {}), 40053),
        (wanted("QR_CARD", {}), 40035),
    ],
)
async def test_a_code_has_its_limits(scene: Scene, asked: Json, errcode: int) -> None:
    assert await code(scene, "qrcode/create", asked) == errcode


async def test_a_temporary_code_lives_a_minute_and_a_permanent_one_for_ever(scene: Scene) -> None:
    short = await scene.call("oa", "qrcode/create", wanted("QR_SCENE", {"scene_id": 7}))
    long = await scene.call("oa", "qrcode/create", wanted("QR_LIMIT_SCENE", {"scene_id": 8}))
    assert (short["expire_seconds"], "expire_seconds" in long) == (60, False)
    await scene.do("scan_oa", "甲", ticket=short["ticket"])
    told = await scene.call("oa", "user/info", openid=scene.openid("甲"))
    assert (told["qr_scene"], told["qr_scene_str"]) == (7, "")
    await scene.control("clock", {"jump_s": 61})
    assert "过期" in str((await scene.do("scan_oa", "乙", ticket=short["ticket"]))["error"])
    await scene.do("scan_oa", "乙", ticket=long["ticket"])
    assert scene.bot.texts("EventKey") == ["qrscene_7", "qrscene_8"]


async def test_every_refusal_ends_with_a_rid_that_is_explained_for_a_week(scene: Scene) -> None:
    refused = await scene.call("oa", "message/custom/send", {"touser": "oNobody"})
    words, _, rid = str(refused["errmsg"]).partition(" rid: ")
    assert (refused["errcode"], words, [len(one) for one in rid.split("-")]) == (
        40003,
        "invalid openid",
        [8, 8, 8],
    )
    told = await scene.call("oa", "openapi/rid/get", {"rid": rid})
    request = told["request"]
    assert isinstance(request, dict)
    assert "40003" in request["response_body"] and "custom/send" in request["request_url"]
    for asked, errcode in (("0-0-0", 76001), ("", 76002)):
        assert await code(scene, "openapi/rid/get", {"rid": asked}) == errcode
    await scene.control("clock", {"jump_s": 604_801})
    assert await code(scene, "openapi/rid/get", {"rid": rid}) == 76004


async def test_a_refusal_of_nobody_in_particular_is_explained_to_nobody(scene: Scene) -> None:
    refused = await scene.bare("oa", "tags/get")
    rid = str(refused["errmsg"]).partition(" rid: ")[2]
    assert await code(scene, "openapi/rid/get", {"rid": rid}) == 76003


async def test_the_count_of_one_api_is_cleared_fifty_times_a_month(scene: Scene) -> None:
    path: Json = {"cgi_path": "/cgi-bin/tags/get"}
    await scene.call("oa", "tags/get")
    codes = [await code(scene, "openapi/quota/clear", path) for _ in range(51)]
    assert codes == [0] * 50 + [48006]
    told = (await scene.call("oa", "openapi/quota/get", path))["quota"]
    assert isinstance(told, dict) and told["used"] == 0
    for wrong, errcode in (("tags/get", 76021), ("/sns/userinfo", 76022)):
        assert await code(scene, "openapi/quota/clear", {"cgi_path": wrong}) == errcode


@pytest.mark.parametrize(("planted", "errcode"), [({}, 89503), ({"code": 40243}, 40243)])
async def test_an_administrator_can_keep_tokens_back(
    scene: Scene, planted: Json, errcode: int
) -> None:
    await scene.control("plant", {"account": "oa-main", "trouble": "token_refused", **planted})
    oa = scene.twin.stage.world.oa[0]
    asked: Json = {"grant_type": "client_credential", "appid": oa.appid, "secret": oa.secret}
    assert (await scene.bare("oa", "stable_token", asked))["errcode"] == errcode
