"""The twin's customer-service messages of every msgtype, and what a fan can say and tap."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage

SEND = "message/custom/send"
MENU: Json = {
    "head_content": "满意吗",
    "list": [{"id": "101", "content": "满意"}, {"id": 102, "content": "不满意"}],
    "tail_content": "",
}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        await one.do("follow", "甲")
        await one.do("type", "甲", text="在吗")
        yield one


async def send(scene: Scene, kind: str, inside: Json, **rest: object) -> object:
    asked: Json = {"touser": scene.openid("甲"), "msgtype": kind, kind: inside, **rest}
    return (await scene.call("oa", SEND, asked))["errcode"]


async def uploaded(scene: Scene, kind: str, name: str) -> str:
    told = await scene.upload("oa", "media/upload", (name, b"file"), type=kind)
    return str(told.get("media_id") or told["thumb_media_id"])


async def test_pictures_voices_videos_and_music_need_an_upload_of_their_kind(scene: Scene) -> None:
    image, thumb = await uploaded(scene, "image", "a.png"), await uploaded(scene, "thumb", "t.jpg")
    voice, video = await uploaded(scene, "voice", "a.mp3"), await uploaded(scene, "video", "a.mp4")
    assert await send(scene, "image", {"media_id": image}) == 0
    assert await send(scene, "voice", {"media_id": image}) == 40007
    assert await send(scene, "voice", {"media_id": voice}) == 0
    clip: Json = {"media_id": video, "thumb_media_id": thumb, "title": "猫", "description": ""}
    assert await send(scene, "video", clip) == 0
    assert await send(scene, "video", {**clip, "thumb_media_id": "none"}) == 40007
    song: Json = {"title": "歌", "musicurl": "https://a/", "hqmusicurl": "https://a/"}
    assert await send(scene, "music", {**song, "thumb_media_id": thumb}) == 0
    assert await send(scene, "music", song) == 40035
    kinds = [seen["attachments"][0]["type"] for seen in await scene.phone("甲")]  # type: ignore[index]  # a list
    assert kinds == ["image", "voice", "video", "music"]


@pytest.mark.parametrize(
    ("kind", "inside", "errcode"),
    [
        ("mpnews", {"media_id": "TwinNewsMediaId"}, 0),
        ("mpnews", {"media_id": "x"}, 40007),
        ("mpnewsarticle", {"article_id": "TwinArticleId"}, 0),
        ("mpnewsarticle", {"article_id": "x"}, 53600),
        ("wxcard", {"card_id": "pTwinCardId"}, 0),
        ("wxcard", {"card_id": "x"}, 40072),
        ("sticker", {}, 40008),
    ],
)
async def test_what_the_console_made_can_be_sent(
    scene: Scene, kind: str, inside: Json, errcode: int
) -> None:
    assert await send(scene, kind, inside) == errcode


async def test_a_menu_item_is_tapped_and_comes_back_as_text(scene: Scene) -> None:
    assert await send(scene, "msgmenu", MENU) == 0
    await scene.do("tap_reply", "甲", content="满意")
    await scene.do("tap_reply", "甲", id="102")
    assert scene.bot.texts("Content")[-2:] == ["满意", "不满意"]
    assert scene.bot.texts("bizmsgmenuid")[-2:] == ["101", "102"]
    assert "error" in await scene.do("tap_reply", "甲", content="一般")


async def test_a_test_account_has_no_menu_messages(scene: Scene) -> None:
    stage = scene.twin.stage
    stage.world = replace(stage.world, oa=(replace(stage.world.oa[0], is_test_account=True),))
    assert await send(scene, "msgmenu", MENU) == 48001


async def test_a_mini_program_card_needs_its_page_and_its_picture(scene: Scene) -> None:
    card: Json = {"title": "领券", "appid": "wxmini", "pagepath": "pages/x"}
    assert await send(scene, "miniprogrampage", card) == 40035
    cover = await uploaded(scene, "image", "a.png")
    assert await send(scene, "miniprogrampage", {**card, "thumb_media_id": cover}) == 0


async def test_an_agent_must_exist_and_generated_words_are_marked(scene: Scene) -> None:
    words: Json = {"content": "在的"}
    for agent, errcode in (("xiaowang@yidian", 0), ("nobody@yidian", 61452), ("x", 61451)):
        asked = {"kf_account": agent}
        assert await send(scene, "text", words, customservice=asked) == errcode
    assert await send(scene, "text", words, aimsgcontext={"is_ai_msg": 1}) == 0
    seen = await scene.phone("甲")
    assert [one["attachments"] for one in seen] == [
        [],
        [{"type": "ai_mark", "text": "内容由第三方 AI 生成"}],
    ]


@pytest.mark.parametrize(
    ("kind", "field"),
    [("image", "PicUrl"), ("voice", "Format"), ("video", "ThumbMediaId"), ("location", "Label")],
)
async def test_a_fan_sends_more_than_words_and_opens_the_long_window(
    scene: Scene, kind: str, field: str
) -> None:
    await scene.control("clock", {"jump_s": 172_801})
    assert await send(scene, "text", {"content": "早"}) == 45015
    assert (await scene.do("oa_send", "甲", msgtype=kind))["delivered"] is True
    assert (scene.bot.texts("MsgType")[-1], bool(scene.bot.texts(field)[-1])) == (kind, True)
    assert await send(scene, "text", {"content": "早"}) == 0
    assert "error" in await scene.do("oa_send", "甲", msgtype="sticker")


async def test_what_a_fan_sent_can_be_fetched_for_three_days(scene: Scene) -> None:
    await scene.do("oa_send", "甲")
    media_id = scene.bot.texts("MediaId")[-1]
    url = f"{scene.twin.stage.bases['oa']}/cgi-bin/media/get"
    query = {"media_id": media_id, "access_token": await scene.token("oa")}
    async with scene.http.get(url, params=query) as got:
        assert (got.content_type, await got.read()) == ("image/jpeg", b"from a fan")
    await scene.control("clock", {"jump_s": 259_201})
    assert (await scene.call("oa", "media/get", media_id=media_id))["errcode"] == 40007


async def test_a_video_is_told_by_its_address(scene: Scene) -> None:
    video = await uploaded(scene, "video", "a.mp4")
    told = await scene.call("oa", "media/get", media_id=video)
    async with scene.http.get(str(told["video_url"])) as got:
        assert (got.content_type, await got.read()) == ("video/mp4", b"file")
