"""What a first hour asks an Official Account: its fans, quotas, addresses, and «typing»."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage

TYPING = "message/custom/typing"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def typing(scene: Scene, command: str = "Typing") -> object:
    asked: Json = {"touser": scene.openid("甲"), "command": command}
    return (await scene.call("oa", TYPING, asked))["errcode"]


async def test_typing_needs_a_recent_interaction_and_lasts_fifteen_seconds(scene: Scene) -> None:
    assert await typing(scene) == 45015
    await scene.do("follow", "甲")
    assert await typing(scene, "Sleeping") == 45072
    assert [await typing(scene), await typing(scene)] == [0, 45081]
    await scene.control("clock", {"jump_s": 16})
    assert await typing(scene) == 0
    await scene.control("clock", {"jump_s": 16})
    assert await typing(scene) == 45080


async def test_any_message_or_a_cancel_ends_typing(scene: Scene) -> None:
    await scene.do("follow", "甲")
    said: Json = {"touser": scene.openid("甲"), "msgtype": "text", "text": {"content": "早"}}
    assert await typing(scene) == 0
    assert (await scene.call("oa", "message/custom/send", said))["errcode"] == 0
    assert [await typing(scene), await typing(scene, "CancelTyping")] == [0, 0]
    assert await typing(scene) == 0


async def test_fans_are_listed_in_the_order_they_came(scene: Scene) -> None:
    assert await scene.call("oa", "user/get") == {"total": 0, "count": 0, "next_openid": ""}
    for who in ("乙", "甲"):
        await scene.do("follow", who)
        await scene.control("clock", {"jump_s": 1})
    listed = [scene.openid("乙"), scene.openid("甲")]
    told = await scene.call("oa", "user/get")
    assert told["data"] == {"openid": listed}
    assert (told["total"], told["count"], told["next_openid"]) == (2, 2, listed[1])
    rest = await scene.call("oa", "user/get", next_openid=listed[0])
    assert rest["data"] == {"openid": listed[1:]}
    end = await scene.call("oa", "user/get", next_openid=listed[1])
    assert end == {"total": 2, "count": 0, "next_openid": ""}
    assert (await scene.call("oa", "user/get", next_openid="oNobody"))["errcode"] == 40003


async def test_profiles_come_a_hundred_at_a_time_and_only_of_fans(scene: Scene) -> None:
    await scene.do("follow", "甲")
    fan = {"openid": scene.openid("甲"), "lang": "zh_CN"}
    told = await scene.call("oa", "user/info/batchget", {"user_list": [fan]})
    assert told == {
        "user_info_list": [await scene.call("oa", "user/info", openid=scene.openid("甲"))]
    }
    stranger = {"openid": scene.openid("乙")}
    for users, code in (([fan] * 101, 40032), ([], 40032), ([fan, stranger], 40003)):
        asked: Json = {"user_list": users}
        assert (await scene.call("oa", "user/info/batchget", asked))["errcode"] == code


async def test_a_quota_counts_the_calls_of_the_day(scene: Scene) -> None:
    await scene.call("oa", "tags/get")
    await scene.call("oa", "user/get")
    asked: Json = {"cgi_path": "/cgi-bin/user/get"}
    told = await scene.call("oa", "openapi/quota/get", asked)
    assert told["quota"] == {"daily_limit": 500, "used": 1, "remain": 499}
    assert told["rate_limit"] == {"call_count": 10000, "refresh_second": 60}
    for path, code in (("user/get", 76021), ("https://a/cgi-bin/x", 76021), ("/wxa/x", 76022)):
        wrong: Json = {"cgi_path": path}
        assert (await scene.call("oa", "openapi/quota/get", wrong))["errcode"] == code
    await scene.control("clock", {"jump_s": 86_400})
    told = await scene.call("oa", "openapi/quota/get", asked)
    assert told["quota"] == {"daily_limit": 500, "used": 0, "remain": 500}


async def test_counts_are_cleared_ten_times_a_month_with_or_without_a_token(scene: Scene) -> None:
    oa = scene.twin.stage.world.oa[0]
    assert (await scene.call("oa", "clear_quota", {"appid": "wx"}))["errcode"] == 40013
    by_secret: Json = {"appid": oa.appid, "appsecret": oa.secret}
    wrong = by_secret | {"appsecret": "x"}
    assert (await scene.bare("oa", "clear_quota/v2", wrong))["errcode"] == 40125
    codes = [(await scene.bare("oa", "clear_quota/v2", by_secret))["errcode"] for _ in range(9)]
    codes += [(await scene.call("oa", "clear_quota", by_secret))["errcode"] for _ in range(2)]
    assert codes == [0] * 10 + [48006]
    assert all("appsecret" not in str(one["args"]) for one in await scene.book("call"))


async def test_a_callbacks_host_is_named_and_pinged(scene: Scene) -> None:
    told = await scene.call("oa", "callback/check", {"action": "all", "check_operator": "DEFAULT"})
    assert told["dns"] == [{"ip": "127.0.0.1", "real_operator": "DEFAULT"}]
    assert "0%" in str(told["ping"])
    only = await scene.call("oa", "callback/check", {"action": "dns"})
    assert set(only) == {"dns"}
    assert (await scene.call("oa", "callback/check", {"action": "trace"}))["errcode"] == 40202
    asked: Json = {"action": "all", "check_operator": "NOBODY"}
    assert (await scene.call("oa", "callback/check", asked))["errcode"] == 40203
    scene.twin.stage.callbacks.clear()
    assert (await scene.call("oa", "callback/check", {"action": "all"}))["errcode"] == 40201


@pytest.mark.parametrize("host", ["oa", "wecom"])
async def test_addresses_are_told(scene: Scene, host: str) -> None:
    for path in ("getcallbackip", "get_api_domain_ip"):
        assert (await scene.call(host, path))["ip_list"] == ["127.0.0.1"]
