"""The twin's customer groups: seats, lateness, ways in, and what their callbacks say."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.twin_bot import Json, Scene, node, on_stage

PETS, NEXT = "wrPETS_S012_1", "wrPETS_S012_2"
AT = "externalcontact/groupchat"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def way(scene: Scene, *chats: str, **rest: object) -> str:
    asked: Json = {"scene": 2, "chat_id_list": list(chats), "auto_create_room": 0, **rest}
    return str((await scene.call("wecom", f"{AT}/add_join_way", asked))["config_id"])


async def members(scene: Scene, chat: str) -> list[Json]:
    told = await scene.call("wecom", f"{AT}/get", {"chat_id": chat, "need_name": 1})
    group = told["group_chat"]
    assert isinstance(group, dict)
    listed: list[Json] = group["member_list"]
    return listed


async def test_a_join_by_qr_tells_who_came_and_keeps_the_state(scene: Scene) -> None:
    config = await way(scene, PETS, NEXT, state="jw-pets")
    told = await scene.do("join_group", "甲", config_id=config)
    assert told["chat_id"] == PETS
    inner = scene.bot.received[0].inner
    assert node(inner, "UpdateDetail") == "add_member"
    assert node(inner, "JoinScene") == "3"
    assert f"<Item><![CDATA[{scene.external('甲')}]]></Item>" in inner
    newest = (await members(scene, PETS))[-1]
    assert (newest["state"], newest["join_scene"], newest["name"]) == ("jw-pets", 3, "甲")
    assert newest["unionid"]
    assert "error" in await scene.do("join_group", "甲", config_id=config)


async def test_scanning_stops_at_two_hundred_and_the_next_group_is_used(scene: Scene) -> None:
    config = await way(scene, PETS, NEXT)
    filled = await scene.do("join_many", chat_id=PETS, count=179, batch=60)
    assert filled["size"] == 200
    assert scene.bot.texts("MemChangeCnt") == ["60", "60", "59"]
    assert (await scene.do("join_group", "甲", config_id=config))["chat_id"] == NEXT
    assert "上限" in str((await scene.do("join_group", "乙", chat_id=PETS))["error"])
    invited = await scene.do("join_group", "乙", chat_id=PETS, invited_by="xiaowang")
    assert invited["delivered"] is True
    assert node(scene.bot.received[-1].inner, "JoinScene") == "0"


async def test_a_way_with_all_groups_full_refuses_or_opens_another_group(scene: Scene) -> None:
    await scene.control("settings", {"scan_limit": 2})
    closed = await way(scene, NEXT)
    assert (await scene.do("join_group", "甲", config_id=closed))["chat_id"] == NEXT
    assert "上限" in str((await scene.do("join_group", "乙", config_id=closed))["error"])
    opening = await way(scene, NEXT, auto_create_room=1, room_base_name="宠物群", room_base_id=3)
    told = await scene.do("join_group", "乙", config_id=opening)
    assert told["chat_id"] != NEXT
    assert scene.bot.texts("ChangeType") == ["update", "create", "update"]
    assert scene.twin.stage.groups.by_id[str(told["chat_id"])].name == "宠物群3"


async def test_the_member_list_is_read_a_little_late(scene: Scene) -> None:
    await scene.control("settings", {"group_stale_s": 2})
    before = len(await members(scene, PETS))
    await scene.do("join_group", "甲", chat_id=PETS)
    assert len(await members(scene, PETS)) == before
    await scene.control("clock", {"jump_s": 2})
    assert len(await members(scene, PETS)) == before + 1
    await scene.do("leave_group", "甲")
    assert len(await members(scene, PETS)) == before + 1
    await scene.control("clock", {"jump_s": 2})
    assert len(await members(scene, PETS)) == before


@pytest.mark.parametrize("encoding", ["comma", "none"])
async def test_the_member_list_of_an_event_has_older_forms(scene: Scene, encoding: str) -> None:
    await scene.control("settings", {"member_list": encoding})
    await scene.do("join_many", chat_id=NEXT, count=2)
    inner = scene.bot.received[0].inner
    assert "<Item>" not in inner
    assert node(inner, "MemChangeList").count(",") == (1 if encoding == "comma" else 0)


async def test_a_join_way_is_checked_read_changed_and_removed(scene: Scene) -> None:
    add = f"{AT}/add_join_way"
    asked: Json = {"scene": 2, "chat_id_list": [PETS]}
    refusals: list[tuple[Json, int]] = [
        ({"chat_id_list": [PETS] * 6}, 41091),
        ({"chat_id_list": []}, 40063),
        ({"chat_id_list": ["wrNONE"]}, 40050),
        ({"state": "长" * 31}, 40058),
        ({"scene": 3}, 40058),
    ]
    for change, code in refusals:
        assert (await scene.call("wecom", add, {**asked, **change}))["errcode"] == code
    config = await way(scene, PETS)
    changed: Json = {**asked, "config_id": config, "chat_id_list": [NEXT], "state": "s"}
    assert (await scene.call("wecom", f"{AT}/update_join_way", changed))["errcode"] == 0
    told = (await scene.call("wecom", f"{AT}/get_join_way", {"config_id": config}))["join_way"]
    assert isinstance(told, dict)
    assert (told["chat_id_list"], told["state"]) == ([NEXT], "s")
    async with scene.http.get(str(told["qr_code"])) as got:
        assert (await got.read()).startswith(b"\x89PNG")
    assert (await scene.do("join_group", "甲", qr=told["qr_code"]))["chat_id"] == NEXT
    await scene.call("wecom", f"{AT}/del_join_way", {"config_id": config})
    assert "失效" in str((await scene.do("join_group", "乙", qr=told["qr_code"]))["error"])
    gone = await scene.call("wecom", f"{AT}/get_join_way", {"config_id": config})
    assert gone["errcode"] == 41044


async def test_groups_are_listed_in_pages_opened_and_dissolved(scene: Scene) -> None:
    first = await scene.call("wecom", f"{AT}/list", {"limit": 2})
    rest = await scene.call("wecom", f"{AT}/list", {"limit": 99, "cursor": first["next_cursor"]})
    assert "next_cursor" not in rest
    assert (await scene.call("wecom", f"{AT}/list", {}))["errcode"] == 40058
    await scene.do("create_group", name="新群", owner="xiaoli", chat_id="wrNEW")
    await scene.do("dismiss_group", chat_id="wrNEW")
    assert scene.bot.texts("ChangeType") == ["create", "dismiss"]
    assert (await scene.call("wecom", f"{AT}/get", {"chat_id": "wrNEW"}))["errcode"] == 90501


async def test_a_phone_opens_a_page_and_finds_its_qr_pictures(scene: Scene) -> None:
    async def page(request: web.Request) -> web.Response:
        html = '<img src="/a.png"><div data-qr="http://x/qr/1.png"></div>'
        return web.Response(text=html, content_type="text/html")

    app = web.Application()
    app.router.add_get("/join", page)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    told = await scene.do("open_link", "甲", url=f"{base}/join")
    away = await scene.do("open_link", "甲", url="http://192.0.2.1/")
    await runner.cleanup()
    assert (told["status"], told["pictures"]) == (200, [f"{base}/a.png", "http://x/qr/1.png"])
    assert "本机" in str(away["error"])
