"""«保存» on the callback page: which step fails when keys, path or speed are wrong."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.twin_bot import Json, Scene, on_stage
from twin.oa import console_save

OA, CORP = "oa-main", "wecom-main"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def save(scene: Scene, account: str, **rest: str) -> Json:
    return await scene.control("verify", {"account": account, **rest})


async def plant(scene: Scene, account: str, trouble: str, **rest: object) -> None:
    asked: Json = {"account": account, "trouble": trouble, **rest}
    async with scene.http.post(scene.twin.control("/twin/plant"), json=asked) as got:
        assert got.status == 200


@pytest.mark.parametrize("account", [OA, CORP])
async def test_a_good_callback_is_saved(scene: Scene, account: str) -> None:
    told = await save(scene, account)
    assert told["ok"] and told["console"] == "保存成功" and not told["slow_echo"]
    assert isinstance(told["elapsed_ms"], float) and told["elapsed_ms"] < 1000


async def test_the_platform_seals_with_another_token_than_the_bot_knows(scene: Scene) -> None:
    await plant(scene, OA, "wrong_token", value="Mistyped2026")
    await scene.do("follow", "甲")
    (entry, *_) = await scene.book("callback")
    assert (entry["status"], entry["delivered"]) == (403, False)
    assert scene.bot.received == []


async def test_another_key_or_receiver_is_inside_a_good_signature(scene: Scene) -> None:
    await plant(scene, OA, "wrong_receiver")
    await plant(scene, CORP, "wrong_receiver", value="wwOther")
    await scene.do("follow", "甲")
    await scene.do("add_contact", "甲", staff="xiaowang")
    oa, corp = scene.bot.received
    assert (oa.receiver, corp.receiver) == ("wx0000000000000000", "wwOther")
    assert "<ToUserName><![CDATA[ww5a1e0d1a9b7c3f20]]></ToUserName>" in corp.body


async def test_a_mistyped_aes_key_fails_the_echo_at_its_body(scene: Scene) -> None:
    await plant(scene, CORP, "wrong_aes_key")
    told = await save(scene, CORP)
    assert not told["ok"]
    assert (told["step"], str(told["console"])[:7]) in (
        ("body", "echostr"),
        ("status", "openapi"),
    )
    assert scene.twin.stage.callbacks[CORP].endswith(CORP)


async def test_a_rewritten_path_is_told_as_the_status_behind_the_proxy(scene: Scene) -> None:
    await plant(scene, OA, "path_rewritten")
    await plant(scene, CORP, "path_rewritten", suffix="/oops")
    oa, corp = await save(scene, OA), await save(scene, CORP)
    assert (oa["step"], oa["console"]) == ("status", "Token验证失败")
    assert "404" in str(oa["reason"])
    assert (corp["step"], corp["console"]) == ("status", "openapi回调地址请求不通过")
    await scene.do("follow", "甲")
    assert scene.bot.received == []


async def test_binding_names_the_step_under_a_planted_trouble_too(scene: Scene) -> None:
    await plant(scene, OA, "path_rewritten")
    told = await scene.control("wire", {OA: f"{scene.bot.url}/{OA}"})
    assert "'step': 'status'" in str(told[OA])


async def test_an_address_can_be_saved_and_a_bad_one_leaves_the_former(scene: Scene) -> None:
    bound = scene.twin.stage.callbacks[OA]
    told = await save(scene, OA, url="http://127.0.0.1:9/callback")
    assert (told["step"], told["console"]) == ("connect", "请求URL超时")
    assert scene.twin.stage.callbacks[OA] == bound
    scene.twin.stage.callbacks.clear()
    assert "还没有填回调地址" in str((await save(scene, OA))["error"])
    assert (await save(scene, OA, url=bound))["ok"]
    assert scene.twin.stage.callbacks[OA] == bound
    assert "error" in await save(scene, "nobody")


async def test_a_slow_echo_is_said_and_a_later_one_fails(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    verify = scene.bot.verify

    async def slowly(request: web.Request) -> web.Response:
        await asyncio.sleep(0.1)
        return await verify(request)

    app = web.Application()
    app.add_routes([web.get("/{account}", slowly)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/{CORP}"
        monkeypatch.setattr(console_save, "SLOW_MS", 50.0)
        told = await save(scene, CORP, url=url)
        assert told["ok"] and told["slow_echo"]
        monkeypatch.setattr(console_save, "LIMIT_S", 0.05)
        told = await save(scene, CORP, url=url)
        assert (told["ok"], told["step"], told["slow_echo"]) == (False, "timeout", False)
    finally:
        await runner.cleanup()
