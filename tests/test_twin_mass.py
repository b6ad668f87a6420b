"""The twin's mass-send tasks: nothing is sent before a member taps, and never past the cap."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage

PETS, NEXT = "wrPETS_S012_1", "wrPETS_S012_2"
DAY_S = 86_400


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        for who in ("甲", "乙"):
            await one.do("add_contact", who, staff="xiaowang")
        yield one


async def ask(scene: Scene, path: str, asked: Json) -> Json:
    return await scene.call("wecom", f"externalcontact/{path}", asked)


async def make(scene: Scene, **rest: object) -> Json:
    asked: Json = {"chat_type": "single", "sender": "xiaowang", "text": {"content": "周末会员日"}}
    return await ask(scene, "add_msg_template", {**asked, **rest})


async def results(scene: Scene, msgid: object, userid: str = "xiaowang") -> list[Json]:
    told = await ask(scene, "get_groupmsg_send_result", {"msgid": msgid, "userid": userid})
    return listed(told, "send_list")


async def fates(scene: Scene, msgid: object, userid: str = "xiaowang") -> list[object]:
    return [one["status"] for one in await results(scene, msgid, userid)]


def listed(told: Json, key: str) -> list[Json]:
    found = told[key]
    assert isinstance(found, list), told
    return found


async def test_nothing_is_sent_before_the_member_taps(scene: Scene) -> None:
    made = await make(scene, external_userid=[scene.external("甲"), "wmNOBODY"])
    assert (made["errcode"], made["fail_list"]) == (0, ["wmNOBODY"])
    (notice,) = await scene.phone("xiaowang")
    assert notice["via"] == "mass_task" and "周末会员日" in str(notice["text"])
    assert await scene.phone("甲") == [] and await fates(scene, made["msgid"]) == [0]
    told = await scene.do("confirm_mass", "小王")
    assert (told["sent"], told["msgid"]) == (1, made["msgid"])
    (seen,) = await scene.phone("甲")
    assert (seen["text"], seen["from"], seen["via"]) == ("周末会员日", "xiaowang", "mass")
    assert await scene.phone("乙") == []
    (result,) = await results(scene, made["msgid"])
    assert result["external_userid"] == scene.external("甲") and result["status"] == 1
    assert "send_time" in result and "chat_id" not in result
    assert "已经发送" in str((await scene.do("confirm_mass", "小王", task=made["msgid"]))["error"])
    (booked,) = await scene.book("mass")
    assert (booked["who"], booked["sent"], booked["capped"]) == ("xiaowang", 1, 0)


async def test_each_customer_gets_it_from_the_member_who_wrote_with_them_last(
    scene: Scene,
) -> None:
    await scene.control("clock", {"jump_s": 60})
    await scene.do("add_contact", "甲", staff="xiaoli")
    ids = [scene.external("甲"), scene.external("乙"), scene.external("甲")]
    made = await make(scene, sender="", external_userid=ids)
    tasks = listed(await ask(scene, "get_groupmsg_task", {"msgid": made["msgid"]}), "task_list")
    assert {str(one["userid"]): one["status"] for one in tasks} == {"xiaoli": 0, "xiaowang": 0}
    for staff in ("xiaoli", "xiaowang"):
        assert (await scene.do("confirm_mass", staff))["sent"] == 1
    assert [one["from"] for one in await scene.phone("甲")] == ["xiaoli"]
    tasks = listed(await ask(scene, "get_groupmsg_task", {"msgid": made["msgid"]}), "task_list")
    assert [one["status"] for one in tasks] == [2, 2] and all("send_time" in one for one in tasks)


async def test_tags_are_or_inside_a_group_and_and_between_groups(scene: Scene) -> None:
    tags: Json = {"group_name": "兴趣", "tag": [{"name": "猫"}, {"name": "狗"}, {"name": "老客"}]}
    made = (await ask(scene, "add_corp_tag", tags))["tag_group"]
    assert isinstance(made, dict)
    cat, dog, old = (str(one["id"]) for one in made["tag"])
    for who, worn in (("甲", [cat, old]), ("乙", [dog])):
        pair: Json = {"userid": "xiaowang", "external_userid": scene.external(who)}
        await ask(scene, "mark_tag", {**pair, "add_tag": worn})
    both = await make(scene, tag_filter={"group_list": [{"tag_list": [cat, dog]}]})
    assert len(await results(scene, both["msgid"])) == 2
    one = [{"tag_list": [cat, dog]}, {"tag_list": [old]}]
    narrow = await make(scene, tag_filter={"group_list": one})
    assert [item["external_userid"] for item in await results(scene, narrow["msgid"])] == [
        scene.external("甲")
    ]
    nobody = await make(scene, tag_filter={"group_list": [{"tag_list": [dog]}, one[1]]})
    assert nobody["errcode"] == 41048
    strange = await make(scene, tag_filter={"group_list": [{"tag_list": ["etNO"]}]})
    assert strange["errcode"] == 40068
    ids = [f"et{number}" for number in range(101)]
    assert (await make(scene, tag_filter={"group_list": [{"tag_list": ids}]}))["errcode"] == 40058


async def test_a_group_message_goes_to_the_owners_groups(scene: Scene) -> None:
    group = scene.twin.stage.groups.by_id[PETS]
    asked: Json = {"chat_type": "group", "sender": group.owner}
    made = await make(scene, **asked, chat_id_list=[PETS, "wrNONE"])
    assert made["fail_list"] == ["wrNONE"]
    await scene.do("join_group", "甲", chat_id=PETS)
    assert (await scene.do("confirm_mass", group.owner))["sent"] == 1
    (seen,) = [one for one in await scene.phone("甲") if one["chat_id"] == PETS]
    assert (seen["via"], seen["text"]) == ("mass", "周末会员日")
    (result,) = await results(scene, made["msgid"], group.owner)
    assert (result["chat_id"], result["status"]) == (PETS, 1)
    assert "external_userid" not in result
    open_task = await make(scene, **asked)
    assert "选要发的群" in str((await scene.do("confirm_mass", group.owner))["error"])
    told = await scene.do("confirm_mass", group.owner, chats=[PETS])
    assert (told["msgid"], told["sent"]) == (open_task["msgid"], 1)
    foreign = await make(scene, chat_type="group", sender="xiaoli", chat_id_list=["wrNONE"])
    assert foreign["errcode"] == 41048


async def test_who_left_and_who_had_their_share_get_nothing(scene: Scene) -> None:
    await scene.control("settings", {"mass_most": 1})
    for expected in ([1, 2], [3, 2]):
        made = await make(scene)
        await scene.do("delete_staff", "乙", staff="xiaowang")
        await scene.do("confirm_mass", "xiaowang")
        assert await fates(scene, made["msgid"]) == expected
    assert len(await scene.phone("甲")) == 1 and await scene.phone("乙") == []
    await scene.control("clock", {"jump_s": 31 * DAY_S})
    made = await make(scene, external_userid=[scene.external("甲")])
    await scene.do("confirm_mass", "xiaowang")
    assert await fates(scene, made["msgid"]) == [1]


@pytest.mark.parametrize(("rule", "most"), [("day", 1), ("week", 7)])
async def test_a_corp_may_have_another_rule_for_the_cap(scene: Scene, rule: str, most: int) -> None:
    await scene.control("settings", {"mass_cap": rule})
    sent = 0
    for _ in range(most + 1):
        await make(scene, external_userid=[scene.external("甲")])
        sent = int(str((await scene.do("confirm_mass", "xiaowang"))["sent"]))
    assert sent == 0 and len(await scene.phone("甲")) == most


async def test_a_month_has_as_many_messages_as_days(scene: Scene) -> None:
    stage = scene.twin.stage
    february = 1_769_918_400.0  # 2026-02-01 12:00 in China
    for _ in range(28):
        assert not stage.masses.capped("wm", february, stage.settings)
        stage.masses.received("wm", february)
    assert stage.masses.capped("wm", february + 27 * DAY_S, stage.settings)
    assert not stage.masses.capped("wm", february + 28 * DAY_S, stage.settings)


async def test_a_member_may_choose_again_only_where_the_task_lets_them(scene: Scene) -> None:
    await make(scene)
    told = await scene.do("confirm_mass", "xiaowang", only=["乙"])
    assert "不能改选" in str(told["error"])
    await scene.do("confirm_mass", "xiaowang")
    made = await make(scene, allow_select=True)
    assert (await scene.do("confirm_mass", "xiaowang", only=["乙"]))["sent"] == 1
    assert sorted(map(str, await fates(scene, made["msgid"]))) == ["0", "1"]


async def test_three_reminders_in_a_day_and_none_after_a_cancelling(scene: Scene) -> None:
    made = {"msgid": (await make(scene))["msgid"]}
    remind, cancel = "remind_groupmsg_send", "cancel_groupmsg_send"
    codes = [(await ask(scene, remind, dict(made)))["errcode"] for _ in range(4)]
    assert codes == [0, 0, 0, 41094]
    assert len(await scene.phone("xiaowang")) == 4
    await scene.control("clock", {"jump_s": DAY_S})
    assert (await ask(scene, remind, dict(made)))["errcode"] == 0
    codes = [(await ask(scene, path, dict(made)))["errcode"] for path in (cancel, cancel, remind)]
    assert codes == [0, 41093, 41093]
    told = await scene.do("confirm_mass", "xiaowang", task=made["msgid"])
    assert "已取消" in str(told["error"])
    assert await scene.phone("甲") == []


async def test_a_task_in_dispatch_is_refused_for_a_while(scene: Scene) -> None:
    await scene.control("settings", {"mass_dispatch_s": 30})
    made = {"msgid": (await make(scene))["msgid"]}
    assert (await ask(scene, "get_groupmsg_task", dict(made)))["errcode"] == 41063
    assert "派发" in str((await scene.do("confirm_mass", "xiaowang"))["error"])
    await scene.control("clock", {"jump_s": 30})
    assert (await ask(scene, "get_groupmsg_task", dict(made)))["errcode"] == 0


async def test_tasks_are_listed_by_time_kind_and_creator(scene: Scene) -> None:
    now = int(scene.twin.stage.now())
    link = {"msgtype": "link", "link": {"title": "t", "url": "http://127.0.0.1/"}}
    first = (await make(scene, attachments=[link]))["msgid"]
    second = (await make(scene))["msgid"]
    span: Json = {"chat_type": "single", "start_time": now - 60, "end_time": now + 60}
    path = "get_groupmsg_list_v2"
    page = await ask(scene, path, {**span, "limit": 1, "creator": "xiaowang"})
    rest = await ask(scene, path, {**span, "limit": 1, "cursor": page["next_cursor"]})
    found = [one for told in (page, rest) for one in listed(told, "group_msg_list")]
    assert [one["msgid"] for one in found] == [second, first] and rest["next_cursor"] == ""
    assert found[1]["attachments"] == [link] and found[1]["text"] == {"content": "周末会员日"}
    assert (found[1]["creator"], found[1]["create_type"]) == ("xiaowang", 0)
    for change in ({"creator": "xiaoli"}, {"chat_type": "group"}, {"filter_type": 1}):
        assert listed(await ask(scene, path, {**span, **change}), "group_msg_list") == []
    late: Json = {**span, "end_time": now + 32 * DAY_S}
    assert (await ask(scene, path, late))["errcode"] == 40058
    await scene.control("settings", {"mass_creator": 0})
    assert "creator" not in listed(await ask(scene, path, span), "group_msg_list")[0]


async def test_a_task_that_nobody_could_carry_out_is_refused(scene: Scene) -> None:
    refusals: list[tuple[Json, int]] = [
        ({"sender": ""}, 40063),
        ({"sender": "nobody"}, 60111),
        ({"chat_type": "group", "sender": ""}, 40063),
        ({"chat_type": "moment"}, 40058),
        ({"external_userid": ["wm"] * 10_001}, 40032),
        ({"external_userid": ["wmNOBODY"]}, 41048),
        ({"sender": "xiaoli"}, 41048),
        ({"chat_type": "group", "chat_id_list": ["wr"] * 2001}, 40058),
        ({"text": {"content": "长" * 1334}}, 45002),
        ({"text": {}}, 40063),
        ({"attachments": [{"msgtype": "file", "file": {"media_id": "M"}}] * 10}, 41064),
    ]
    for change, code in refusals:
        assert (await make(scene, **change))["errcode"] == code, change
    assert await scene.phone("xiaowang") == []
    for path in ("get_groupmsg_task", "remind_groupmsg_send", "cancel_groupmsg_send"):
        assert (await ask(scene, path, {}))["errcode"] == 41046
        assert (await ask(scene, path, {"msgid": "msgNO"}))["errcode"] == 41047
    made = {"msgid": (await make(scene))["msgid"], "userid": "xiaoli"}
    assert (await ask(scene, "get_groupmsg_send_result", made))["errcode"] == 40003
