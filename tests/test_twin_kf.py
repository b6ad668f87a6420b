"""The twin's customer service: bells, reading in pages, states, servicers, links."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from tests.twin_bot import Json, Scene, node, on_stage
from tests.twin_kf import (
    KF,
    MENU,
    ON_EVENT,
    SEND,
    SYNC,
    TRANS,
    about,
    code,
    post,
    spoken,
    state,
    sync,
    words,
)
from twin.world_file import BadWorld, load


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def test_the_bell_says_only_where_to_look(scene: Scene) -> None:
    told = await scene.do("enter_kf", "甲", kf=KF, scene="receipt-S012", scene_param="a=1")
    assert told["delivered"] is True
    inner = scene.bot.received[0].inner
    assert node(inner, "Event") == "kf_msg_or_event"
    assert node(inner, "OpenKfId") == KF
    assert "FromUserName" not in inner
    ((entered,), _, _) = await sync(scene, token=node(inner, "Token"))
    assert (entered["origin"], entered["msgtype"], "open_kfid" in entered) == (4, "event", False)
    event = entered["event"]
    assert isinstance(event, dict)
    assert event["external_userid"] == scene.external("甲")
    assert (event["scene"], event["scene_param"]) == ("receipt-S012", "a=1")
    assert event["welcome_code"] == told["welcome_code"]


async def test_a_token_opens_the_log_for_ten_minutes(scene: Scene) -> None:
    await scene.do("enter_kf", "甲")
    token = node(scene.bot.received[0].inner, "Token")
    asked: Json = {"open_kfid": KF, "token": token}
    assert await code(scene, SYNC, asked) == 0
    assert await code(scene, SYNC, {**asked, "token": "ENCno"}) == 95007
    await scene.control("clock", {"jump_s": 601})
    assert await code(scene, SYNC, asked) == 95007
    assert await code(scene, SYNC, {"open_kfid": KF}) == 0
    assert await code(scene, SYNC, {"open_kfid": KF, "cursor": "no such"}) == 40058
    assert await code(scene, SYNC, {}) == 95004
    assert await code(scene, SYNC, {"open_kfid": "x"}) == 95000


async def test_the_log_is_read_in_pages_and_each_cursor_goes_on(scene: Scene) -> None:
    await scene.control("settings", {"kf_page": 2})
    await spoken(scene, "一")
    await scene.do("kf_type", "甲", text="二")
    first, cursor, more = await sync(scene)
    rest, end, done = await sync(scene, cursor)
    assert (len(first), more, len(rest), done) == (2, 1, 1, 0)
    assert rest[0]["text"] == {"content": "二"}
    assert (await sync(scene, cursor))[0] == rest
    assert await sync(scene, end) == ([], end, 0)
    await scene.do("kf_type", "甲", text="三")
    assert [one["text"] for one in (await sync(scene, end))[0]] == [{"content": "三"}]
    assert len({str(one["msgid"]) for one in first + rest}) == 3


async def test_an_empty_page_may_say_that_there_is_more(scene: Scene) -> None:
    await scene.control("settings", {"kf_blank_pages": 1})
    await spoken(scene)
    empty, cursor, more = await sync(scene)
    assert (empty, more) == ([], 1)
    assert len((await sync(scene, cursor))[0]) == 2


async def test_only_three_days_can_be_read(scene: Scene) -> None:
    await spoken(scene)
    _, cursor, _ = await sync(scene, limit=1)
    await scene.control("clock", {"jump_s": 259_300})
    await scene.do("kf_type", "甲", text="还在吗")
    for since in ("", cursor):
        kept = [one for one in (await sync(scene, since))[0] if one["origin"] == 3]
        assert [one["text"] for one in kept] == [{"content": "还在吗"}]


async def test_a_read_cut_in_the_middle_can_be_repeated(scene: Scene) -> None:
    await scene.control("settings", {"kf_page": 1})
    await spoken(scene)
    _, cursor, _ = await sync(scene)
    await scene.control("faults", {"path": f"/cgi-bin/{SYNC}", "kind": "reset_after"})
    with pytest.raises(aiohttp.ClientError):
        await sync(scene, cursor)
    assert (await sync(scene, cursor))[0][0]["text"] == {"content": "在吗"}


async def test_news_close_together_may_share_a_bell(scene: Scene) -> None:
    await scene.control("settings", {"kf_merge_s": 0.2})
    for text in ("一", "二", "三"):
        await scene.do("kf_type" if text != "一" else "enter_kf", "甲", text=text, wait_s=0)
    await scene.control("idle", {})
    assert len(scene.bot.received) == 1
    assert len((await sync(scene, token=node(scene.bot.received[0].inner, "Token")))[0]) == 3
    booked = await scene.book("kf")
    assert len({str(one["happening"]) for one in booked}) == 1


async def test_pictures_and_recalls_are_in_the_log(scene: Scene) -> None:
    await spoken(scene)
    await scene.do("kf_send", "甲")
    await scene.do("kf_send", "甲", msgtype="note", body={"x": 1})
    await scene.do("kf_recall", "甲")
    *_, picture, note, recall = (await sync(scene))[0]
    assert (picture["msgtype"], note["note"]) == ("image", {"x": 1})
    event = recall["event"]
    assert isinstance(event, dict)
    assert (event["event_type"], event["recall_msgid"]) == ("user_recall_msg", note["msgid"])


async def test_a_servicer_takes_answers_hands_over_and_ends(scene: Scene) -> None:
    await spoken(scene, "人工")
    pool = await post(scene, TRANS, about(scene, service_state=2))
    asked = words(scene, "请稍等", code=pool["msg_code"])
    assert await code(scene, SEND, words(scene)) == 95018
    assert await code(scene, ON_EVENT, asked) == 0
    await scene.do("kf_take", "甲", staff="小王")
    assert await state(scene) == (3, "xiaowang")
    await scene.do("kf_type", "甲", text="我的券呢")
    assert [one["text"] for one in await scene.phone("小王")] == ["我的券呢"]
    await scene.do("kf_say", "甲", staff="小王", text="我看看")
    await scene.do("kf_transfer", "甲", staff="小王", to="dianzhang")
    assert "没有在接待" in str((await scene.do("kf_end", "甲", staff="小王"))["error"])
    await scene.do("kf_end", "甲", staff="dianzhang")
    *_, taken, _, said, transferred, ended = (await sync(scene))[0]
    assert (said["origin"], said["servicer_userid"]) == (5, "xiaowang")
    events = [one["event"] for one in (taken, transferred, ended)]
    assert [one["change_type"] for one in events if isinstance(one, dict)] == [1, 2, 3]
    closing = events[-1]
    assert isinstance(closing, dict)
    assert await code(scene, SEND, words(scene)) == 95013
    menu = words(scene, code=closing["msg_code"], msgtype="msgmenu", msgmenu=MENU)
    assert await code(scene, ON_EVENT, menu) == 0
    vias = [one["via"] for one in await scene.phone("甲")]
    assert vias == ["kf_event", "kf_staff", "kf_event"]
    await scene.do("kf_take", "甲", staff="小王")
    assert await state(scene) == (3, "xiaowang")


async def test_wrong_changes_of_state_are_refused(scene: Scene) -> None:
    assert await code(scene, TRANS, about(scene, service_state=1)) == 95016
    await spoken(scene)
    to_human = about(scene, service_state=3, servicer_userid="xiaowang")
    assert await code(scene, TRANS, about(scene, service_state=1)) == 0
    for wrong in (0, 1):
        assert await code(scene, TRANS, about(scene, service_state=wrong)) == 95016
    assert await code(scene, TRANS, {**to_human, "servicer_userid": "xiaoli"}) == 95014
    assert "msg_code" in await post(scene, TRANS, to_human)
    assert await code(scene, TRANS, to_human) == 95016
    handed = await post(scene, TRANS, {**to_human, "servicer_userid": "dianzhang"})
    assert (handed["errcode"], "msg_code" in handed) == (0, False)
    ended = await post(scene, TRANS, about(scene, service_state=4))
    await scene.do("kf_type", "甲", text="等等")
    assert await code(scene, ON_EVENT, words(scene, code=ended["msg_code"])) == 95018
    assert await code(scene, TRANS, about(scene, service_state=9)) == 40058


async def test_customers_are_known_once_they_consulted(scene: Scene) -> None:
    batch = "kf/customer/batchget"
    await scene.do("enter_kf", "甲", scene="receipt-S012")
    asked: Json = {"external_userid_list": [scene.external("甲"), "wmNONE"]}
    assert await code(scene, batch, asked) == 95031
    await scene.do("kf_type", "甲", text="在吗")
    told = await post(scene, batch, {**asked, "need_enter_session_context": 1})
    assert told["invalid_external_userid"] == ["wmNONE"]
    listed = told["customer_list"]
    assert isinstance(listed, list)
    person = scene.twin.stage.crowd.person("甲")
    assert person is not None
    assert (listed[0]["nickname"], listed[0]["unionid"]) == ("甲", person.unionid)
    assert listed[0]["enter_session_context"]["scene"] == "receipt-S012"
    assert await code(scene, batch, {"external_userid_list": []}) == 40058


async def test_a_link_made_by_api_opens_its_account_and_scene(scene: Scene) -> None:
    listed = await post(scene, "kf/account/list", {})
    accounts = listed["account_list"]
    assert isinstance(accounts, list)
    assert [one["open_kfid"] for one in accounts] == [KF]
    made = await post(scene, "kf/add_contact_way", {"open_kfid": KF, "scene": "grp-1"})
    await scene.do("enter_kf", "甲", url=f"{made['url']}&scene_param=a%3D1")
    event = (await sync(scene))[0][0]["event"]
    assert isinstance(event, dict)
    assert (event["scene"], event["scene_param"]) == ("grp-1", "a=1")
    assert await code(scene, "kf/add_contact_way", {"open_kfid": KF, "scene": "群"}) == 40058
    for wrong in ({"scene": "never-made"}, {"url": "https://x"}, {"kf": "wkNONE"}):
        assert "链接无效" in str((await scene.do("enter_kf", "甲", **wrong))["error"])


async def test_the_bell_of_a_silent_bot_rings_four_times(scene: Scene) -> None:
    scene.bot.answer = lambda _: (500, "")
    told = await scene.do("enter_kf", "甲")
    assert (told["delivered"], len(scene.bot.received)) == (False, 4)


def test_a_world_whose_kf_account_hangs_in_the_air_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "id: x\nname: y\naccounts:\n  kf:\n    - {open_kfid: wk1, name: n, servicers: [z]}\n"
        "upgrade_chats: [wrNONE]\nupgrade_staff: [z]\n",
        "utf-8",
    )
    with pytest.raises(BadWorld) as caught:
        load(bad)
    assert len(str(caught.value).splitlines()) == 4
