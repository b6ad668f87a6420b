"""The twin's customer groups: welcome templates, what people say, and the archive of it."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.twin_bot import Json, Scene, on_stage
from twin.shape import records

PETS = "wrPETS_S012_1"
AT = "externalcontact/group_welcome_template"
TEMPLATE: Json = {
    "text": {"content": "%NICKNAME% 欢迎"},
    "link": {"title": "找店小二", "url": "https://work.weixin.qq.com/kf/x"},
    "notify": 0,
}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def code(scene: Scene, path: str, asked: Json) -> object:
    return (await scene.call("wecom", f"{AT}/{path}", asked))["errcode"]


async def added(scene: Scene, template: Json = TEMPLATE) -> str:
    return str((await scene.call("wecom", f"{AT}/add", template))["template_id"])


async def test_a_template_greets_nobody_until_the_owner_picks_it(scene: Scene) -> None:
    wanted = await added(scene)
    await scene.do("join_group", "甲", chat_id=PETS)
    assert await scene.phone("甲") == []
    assert "群主" in str((await scene.do("pick_group_welcome", "xiaoli", chat_id=PETS))["error"])
    picked = await scene.do("pick_group_welcome", "小王", chat_id=PETS, template_id="newest")
    assert picked["template_id"] == wanted
    await scene.do("join_group", "乙", chat_id=PETS)
    (seen,) = await scene.phone("乙")
    assert (seen["channel"], seen["via"], seen["text"], seen["from"], seen["chat_id"]) == (
        *("group", "group_welcome", "乙 欢迎"),
        *("小王", PETS),
    )
    link = TEMPLATE["link"]
    assert isinstance(link, dict)
    assert seen["attachments"] == [{"type": "link", **link}]
    assert await scene.phone("甲") == []
    assert scene.bot.texts("UpdateDetail") == ["add_member"] * 2


async def test_a_group_greets_once_in_its_interval(scene: Scene) -> None:
    await added(scene)
    await scene.do("pick_group_welcome", "xiaowang", chat_id=PETS)
    await scene.control("settings", {"group_welcome_interval_s": 600})
    for who in "甲乙":
        await scene.do("join_group", who, chat_id=PETS)
    assert [len(await scene.phone(who)) for who in "甲乙"] == [1, 0]
    await scene.control("clock", {"jump_s": 601})
    await scene.do("join_group", "丙", chat_id=PETS)
    assert len(await scene.phone("丙")) == 1


async def test_a_template_is_read_replaced_and_deleted(scene: Scene) -> None:
    wanted = await added(scene)
    told = await scene.call("wecom", f"{AT}/get", {"template_id": wanted})
    assert (told["text"], told["link"]) == (TEMPLATE["text"], TEMPLATE["link"])
    await scene.do("pick_group_welcome", "xiaowang", chat_id=PETS)
    assert await code(scene, "edit", {"template_id": wanted, "text": {"content": "你好"}}) == 0
    await scene.do("join_group", "甲", chat_id=PETS)
    assert [one["text"] for one in await scene.phone("甲")] == ["你好"]
    foreign: Json = {"template_id": wanted, "agentid": 1000099}
    assert await code(scene, "del", foreign) == 41058
    assert await code(scene, "del", {"template_id": wanted}) == 0
    assert await code(scene, "get", {"template_id": wanted}) == 40058
    await scene.do("join_group", "乙", chat_id=PETS)
    assert await scene.phone("乙") == []


@pytest.mark.parametrize(
    ("template", "errcode"),
    [
        ({}, 40063),
        ({"text": {"content": "长" * 1001}}, 45002),
        ({"image": {"media_id": "never-uploaded"}}, 40007),
        ({"link": {"url": "u"}, "image": {"media_id": "m"}}, 40058),
        ({"text": {"content": "好"}, "notify": 2}, 40058),
    ],
)
async def test_a_template_out_of_bounds_is_refused(
    scene: Scene, template: Json, errcode: int
) -> None:
    assert await code(scene, "add", template) == errcode


async def test_a_hundred_templates_are_enough(scene: Scene) -> None:
    for _ in range(100):
        await added(scene)
    assert await code(scene, "add", TEMPLATE) == 41055


async def test_owners_are_told_of_a_new_template_unless_told_not_to(scene: Scene) -> None:
    await added(scene)
    assert await scene.phone("xiaowang") == []
    await added(scene, {"text": {"content": "你好"}})
    told = [(one["channel"], one["via"]) for one in await scene.phone("xiaowang")]
    assert told == [("notice", "group_welcome_template")]


async def test_what_is_said_in_a_group_reaches_its_members_and_no_callback(scene: Scene) -> None:
    await scene.do("join_group", "甲", chat_id=PETS)
    await scene.do("join_group", "乙", chat_id=PETS)
    before = len(scene.bot.received)
    await scene.do("say_in_group", "甲", chat_id=PETS, text="猫粮在哪？")
    await scene.do("say_in_group", "小王", chat_id=PETS, text="三排")
    assert [one["text"] for one in await scene.phone("乙")] == ["猫粮在哪？", "三排"]
    assert [one["text"] for one in await scene.phone("甲")] == ["三排"]
    assert [one["from"] for one in await scene.phone("xiaowang")] == ["甲"]
    view = await scene.control(f"group/{PETS}")
    told = [(one["name"], one["text"], one["via"]) for one in records(view, "said")]
    assert told == [("甲", "猫粮在哪？", "group"), ("小王", "三排", "group")]
    assert view["kind"] == "customer"
    assert "不在群里" in str(
        (await scene.do("say_in_group", "丙", chat_id=PETS, text="在"))["error"]
    )
    assert "没有群" in str((await scene.control("group/nowhere"))["error"])
    assert len(scene.bot.received) == before


async def test_the_archive_tells_what_was_said_as_its_library_would(scene: Scene) -> None:
    await scene.do("join_group", "甲", chat_id=PETS)
    await scene.do("say_in_group", "甲", chat_id=PETS, text="领券")
    said = await scene.do("say_in_group", "xiaowang", chat_id=PETS, text="好的")
    assert said["seq"] == 2
    async with scene.http.get(scene.twin.control("/twin/archive?since=0")) as got:
        first, second = [json.loads(line) for line in (await got.text()).splitlines()]
    assert (first["from"], first["roomid"], first["action"]) == (scene.external("甲"), PETS, "send")
    assert (first["msgtype"], first["text"], first["seq"]) == ("text", {"content": "领券"}, 1)
    assert "xiaowang" in first["tolist"]
    assert first["msgid"].endswith("_external")
    assert first["msgtime"] <= second["msgtime"]
    assert second["from"] == "xiaowang"
    assert await scene.book("archive") == []


@asynccontextmanager
async def receiver(answers: list[int]) -> AsyncIterator[tuple[str, list[tuple[bytes, Json]]]]:
    """A place that takes pushes: its address, and what came; it answers with these statuses."""
    taken: list[tuple[bytes, Json]] = []

    async def take(request: web.Request) -> web.Response:
        taken.append((await request.read(), {**request.headers}))
        return web.Response(status=answers.pop(0) if answers else 200)

    app = web.Application()
    app.add_routes([web.post("/api/archive", take)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/api/archive", taken
    finally:
        await runner.cleanup()


async def test_the_archive_is_pushed_signed_and_again_after_a_refusal(scene: Scene) -> None:
    await scene.control("settings", {"archive_retry_s": 0.01})
    async with receiver([503, 500]) as (url, taken):
        told = await scene.control("wire", {"archive": url})
        assert told == {"archive": {"ok": True, "step": "", "reason": ""}}
        await scene.do("join_group", "甲", chat_id=PETS)
        await scene.do("say_in_group", "甲", chat_id=PETS, text="领券")
        assert await scene.control("idle", {"wait_s": 3}) == {"idle": True}
    feed = scene.twin.stage.world.archive[0]
    assert len(taken) == 3
    for body, headers in taken:
        stamp = str(headers["X-Xiaoer-Timestamp"])
        made = hmac.new(feed.secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256)
        assert headers["X-Xiaoer-Signature"] == made.hexdigest()
        assert headers["X-Xiaoer-Source"] == feed.source
        assert [one["text"] for one in json.loads(body)["items"]] == [{"content": "领券"}]
    booked = [
        (one["attempt"], one["status"], one["delivered"]) for one in await scene.book("archive")
    ]
    assert booked == [(1, 503, False), (2, 500, False), (3, 200, True)]


async def test_a_push_is_given_up_after_five_retries_and_can_still_be_pulled(scene: Scene) -> None:
    await scene.control("settings", {"archive_retry_s": 0.001})
    async with receiver([500] * 6) as (url, taken):
        await scene.control("wire", {"wecom-archive": url})
        await scene.do("join_group", "甲", chat_id=PETS)
        await scene.do("say_in_group", "甲", chat_id=PETS, text="一")
        await scene.control("idle", {"wait_s": 3})
        await scene.do("say_in_group", "甲", chat_id=PETS, text="二")
        await scene.control("idle", {"wait_s": 3})
    pushed = [json.loads(body)["items"][0]["seq"] for body, _ in taken]
    assert pushed == [1] * 6 + [2]
    assert len(scene.twin.stage.archive.since(0)) == 2
