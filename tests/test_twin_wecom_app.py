"""The twin's app messages of every type, to whom they go, and how they are taken back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage

PAGE: Json = {"title": "周报", "url": "http://127.0.0.1/", "description": "本周"}
PROGRAM: Json = {
    "appid": "wx5a1e0d1a9b7c3f21",
    "title": "待办",
    "content_item": [{"key": "门店", "value": "良渚店"}],
}
OPTIONS: list[Json] = [{"id": f"o{number}", "text": str(number)} for number in range(21)]
VOTE: Json = {
    "card_type": "vote_interaction",
    "task_id": "vote-1",
    "main_title": {"title": "选一个"},
    "checkbox": {"question_key": "q", "mode": 1, "option_list": OPTIONS[:20]},
    "submit_button": {"text": "提交", "key": "go"},
}
SELECT: Json = {"question_key": "q", "option_list": OPTIONS[:10]}
MULTIPLE: Json = {
    **VOTE,
    "card_type": "multiple_interaction",
    "task_id": "multi-1",
    "select_list": [SELECT] * 3,
}
NEWS: Json = {
    "card_type": "news_notice",
    "main_title": {"title": "上新"},
    "card_image": {"url": "http://127.0.0.1/a.png", "aspect_ratio": 2.25},
    "card_action": {"type": 1, "url": "http://127.0.0.1/"},
    "source": {"desc": "店小二", "desc_color": 3},
}


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def send(scene: Scene, kind: str, body: Json, **rest: object) -> Json:
    agent = scene.twin.stage.world.wecom[0].agentid
    asked: Json = {"touser": "xiaowang", "agentid": agent, "msgtype": kind, kind: body}
    return await scene.call("wecom", "message/send", {**asked, **rest})


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("news", {"articles": [PAGE, PAGE]}, "周报\n周报"),
        ("news", {"articles": [{"title": "卡", "appid": "wx1", "pagepath": "p"}]}, "卡"),
        ("miniprogram_notice", PROGRAM, "待办\n门店：良渚店"),
        ("template_card", VOTE, "选一个"),
        ("template_card", MULTIPLE, "选一个"),
        ("template_card", NEWS, "上新"),
    ],
)
async def test_every_type_shows(scene: Scene, kind: str, body: Json, words: str) -> None:
    assert (await send(scene, kind, body))["errcode"] == 0
    (seen,) = await scene.phone("xiaowang")
    assert (seen["text"], seen["via"]) == (words, "app")


@pytest.mark.parametrize(
    ("kind", "name"),
    [("image", "a.png"), ("voice", "a.amr"), ("video", "a.mp4"), ("file", "a.csv")],
)
async def test_an_uploaded_file_is_sent_as_what_it_is(scene: Scene, kind: str, name: str) -> None:
    media = await scene.media_id(kind, name)
    assert (await send(scene, kind, {"media_id": media}))["errcode"] == 0
    other = "file" if kind != "file" else "image"
    assert (await send(scene, other, {"media_id": media}))["errcode"] == 40007
    assert len(await scene.phone("xiaowang")) == 1


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("news", {"articles": []}, 40058),
        ("news", {"articles": [PAGE] * 9}, 40058),
        ("news", {"articles": [{"url": "http://127.0.0.1/"}]}, 40063),
        ("mpnews", {"articles": [{"title": "t", "thumb_media_id": "M", "content": "c"}]}, 40007),
        ("miniprogram_notice", {"appid": "wx1"}, 40063),
        ("template_card", {**VOTE, "submit_button": {}}, 40058),
        ("template_card", {**VOTE, "checkbox": {"option_list": OPTIONS}}, 40058),
        ("template_card", {**VOTE, "checkbox": {"mode": 2, "option_list": OPTIONS[:1]}}, 40058),
        ("template_card", {**MULTIPLE, "select_list": [SELECT] * 4}, 40058),
        ("template_card", {**MULTIPLE, "select_list": [{"option_list": OPTIONS[:11]}]}, 40058),
        ("template_card", {**NEWS, "card_image": {"aspect_ratio": 2.3}}, 40058),
        ("template_card", {**NEWS, "source": {"desc_color": 4}}, 40058),
        ("template_card", {**NEWS, "jump_list": [{"type": 9}]}, 40058),
        ("template_card", {**NEWS, "action_menu": {"action_list": []}}, 40058),
        ("text", {"content": "a"}, 0),
    ],
)
async def test_what_is_out_of_bounds_is_refused(
    scene: Scene, kind: str, body: Json, code: int
) -> None:
    assert (await send(scene, kind, body))["errcode"] == code


async def test_a_department_stands_for_its_people(scene: Scene) -> None:
    said: Json = {"content": "盘点"}
    told = await send(scene, "text", said, touser="nobody", toparty="1|7", totag="3")
    assert told["errcode"] == 0
    missed = (told["invaliduser"], told["invalidparty"], told["invalidtag"])
    assert missed == ("nobody", "7", "3")
    assert len(await scene.phone("dianzhang")) == 1
    assert (await send(scene, "text", said, touser="", totag="3"))["errcode"] == 81013
    many = "|".join(str(number) for number in range(101))
    assert (await send(scene, "text", said, toparty=many))["errcode"] == 40032
    assert (await send(scene, "text", said, safe=2))["errcode"] == 40058


async def test_a_message_is_taken_back_within_a_day(scene: Scene) -> None:
    first = await send(scene, "template_card", VOTE)
    asked: Json = {"msgid": first["msgid"]}
    for _ in range(2):
        assert (await scene.call("wecom", "message/recall", asked))["errcode"] == 0
    assert [one["via"] for one in await scene.phone("xiaowang")] == ["app", "app_recall"]
    assert "没有这张卡片" in str((await scene.do("tap_button", "xiaowang", key="go"))["error"])
    late: Json = {"msgid": (await send(scene, "text", {"content": "a"}))["msgid"]}
    await scene.control("clock", {"jump_s": 86_401})
    for wrong in (late, {"msgid": "MSGNO"}):
        assert (await scene.call("wecom", "message/recall", wrong))["errcode"] == 40058


async def test_files_for_moments_and_albums_have_their_own_upload(scene: Scene) -> None:
    path = "media/upload_attachment"
    good = {"media_type": "image", "attachment_type": "1"}
    told = await scene.upload("wecom", path, ("a.png", b"picture"), **good)
    assert (told["errcode"], told["type"]) == (0, "image")
    for wrong in ({"media_type": "voice"}, {"attachment_type": "3"}):
        told = await scene.upload("wecom", path, ("a.png", b"picture"), **{**good, **wrong})
        assert told["errcode"] == 41072
    large = b"x" * 10_485_761
    assert (await scene.upload("wecom", path, ("a.png", large), **good))["errcode"] == 41080
