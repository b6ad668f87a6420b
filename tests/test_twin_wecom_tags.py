"""The twin's corp labels changed and deleted, and ids that lead to other ids."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage

PETS = "wrPETS_S012_1"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def ask(scene: Scene, path: str, asked: Json) -> Json:
    return await scene.call("wecom", f"externalcontact/{path}", asked)


async def made(scene: Scene, group: str, **names: int) -> tuple[str, list[str]]:
    """Make labels with these orders; return the id of the group and theirs."""
    tags = [{"name": name, "order": order} for name, order in names.items()]
    told = (await ask(scene, "add_corp_tag", {"group_name": group, "tag": tags}))["tag_group"]
    assert isinstance(told, dict)
    assert "deleted" not in told
    return str(told["group_id"]), [str(one["id"]) for one in told["tag"]]


async def groups(scene: Scene, **asked: object) -> list[Json]:
    listed = (await ask(scene, "get_corp_tag_list", dict(asked)))["tag_group"]
    assert isinstance(listed, list)
    return listed


def names(group: Json) -> list[object]:
    tags = group["tag"]
    assert isinstance(tags, list)
    return [one["name"] for one in tags]


async def test_the_larger_order_stands_first(scene: Scene) -> None:
    group, (cat, dog) = await made(scene, "兴趣", 猫=1, 狗=2)
    assert names((await groups(scene))[0]) == ["狗", "猫"]
    assert (await ask(scene, "edit_corp_tag", {"id": cat, "order": 3}))["errcode"] == 0
    await made(scene, "门店", S012=0)
    await ask(scene, "edit_corp_tag", {"id": group, "name": "爱好", "order": 1})
    listed = await groups(scene)
    assert [one["group_name"] for one in listed] == ["爱好", "门店"]
    assert names(listed[0]) == ["猫", "狗"]
    assert (await ask(scene, "edit_corp_tag", {"id": dog, "name": "猫"}))["errcode"] == 40071
    assert (await ask(scene, "edit_corp_tag", {"id": group, "name": "门店"}))["errcode"] == 40071


async def test_a_deleted_label_is_worn_by_nobody_and_told_to_who_asks_for_it(scene: Scene) -> None:
    group, (cat, dog) = await made(scene, "兴趣", 猫=0, 狗=0)
    await scene.do("add_contact", "甲", staff="xiaowang")
    pair: Json = {"userid": "xiaowang", "external_userid": scene.external("甲")}
    await ask(scene, "mark_tag", {**pair, "add_tag": [cat, dog]})
    assert (await ask(scene, "del_corp_tag", {"tag_id": [cat]}))["errcode"] == 0
    assert (await scene.control("contact/甲"))["labels"] == ["狗"]
    assert (await ask(scene, "mark_tag", {**pair, "add_tag": [cat]}))["errcode"] == 40068
    assert names((await groups(scene))[0]) == ["狗"]
    (told,) = await groups(scene, tag_id=[cat])
    tags = told["tag"]
    assert isinstance(tags, list)
    assert (tags[0]["deleted"], told["deleted"]) == (True, False)
    assert (await ask(scene, "del_corp_tag", {"tag_id": [dog]}))["errcode"] == 0
    assert await groups(scene) == [] and (await groups(scene, group_id=[group]))[0]["deleted"]
    assert len(scene.bot.received) == 1
    again, (new,) = await made(scene, "兴趣", 猫=0)
    assert again != group and new != cat


async def test_a_group_is_deleted_with_its_labels(scene: Scene) -> None:
    group, _ = await made(scene, "兴趣", 猫=0, 狗=0)
    both: Json = {"group_id": [group], "tag_id": ["etNO"]}
    assert (await ask(scene, "del_corp_tag", both))["errcode"] == 40068
    assert (await ask(scene, "del_corp_tag", {}))["errcode"] == 40063
    assert (await ask(scene, "del_corp_tag", {"group_id": [group]}))["errcode"] == 0
    assert await groups(scene) == []


async def test_a_label_that_cannot_be_is_refused(scene: Scene) -> None:
    _, (cat,) = await made(scene, "兴趣", 猫=0)
    assert (await ask(scene, "edit_corp_tag", {"id": cat}))["errcode"] == 40063
    assert (await ask(scene, "edit_corp_tag", {"id": "etNO", "name": "鱼"}))["errcode"] == 40068
    assert (await ask(scene, "edit_corp_tag", {"id": cat, "name": "长" * 31}))["errcode"] == 40058
    assert (await ask(scene, "edit_corp_tag", {"id": cat, "order": 2**32}))["errcode"] == 40058
    await scene.control("settings", {"label_most": 1})
    asked: Json = {"group_name": "兴趣", "tag": [{"name": "狗"}]}
    assert (await ask(scene, "add_corp_tag", asked))["errcode"] == 45024


async def test_a_unionid_leads_to_a_customer_only(scene: Scene) -> None:
    person = scene.twin.stage.crowd.person("甲")
    assert person is not None
    asked: Json = {"unionid": person.unionid, "openid": scene.openid("甲")}
    path = "unionid_to_external_userid"
    assert (await ask(scene, path, asked))["errcode"] == 84061
    await scene.do("add_contact", "甲", staff="xiaowang")
    assert (await ask(scene, path, asked))["external_userid"] == person.external_userid
    assert (await ask(scene, path, {"unionid": person.unionid}))["errcode"] == 40063


async def test_an_opengid_leads_to_its_group(scene: Scene) -> None:
    opengid = (await scene.control(f"group/{PETS}"))["opengid"]
    assert (await ask(scene, "opengid_to_chatid", {"opengid": opengid}))["chat_id"] == PETS
    assert (await ask(scene, "opengid_to_chatid", {"opengid": "tGNO"}))["errcode"] == 90511


async def test_everybody_served_is_listed_strangers_with_a_masked_name(scene: Scene) -> None:
    await scene.do("add_contact", "甲", staff="xiaowang")
    for who in ("甲", "乙"):
        await scene.do("join_group", who, chat_id=PETS)
    served: list[Json] = []
    cursor: object = ""
    while not served or cursor:
        told = await ask(scene, "contact_list", {"limit": 40, "cursor": cursor})
        page, cursor = told["info_list"], told["next_cursor"]
        assert isinstance(page, list)
        served += page
    mine = [one for one in served if one.get("external_userid") == scene.external("甲")]
    assert [sorted(one) for one in mine] == [
        ["add_time", "external_userid", "follow_userid", "is_customer", "tmp_openid"],
        ["add_time", "chat_id", "external_userid", "is_customer", "tmp_openid"],
    ]
    assert len({one["tmp_openid"] for one in mine}) == 1
    (stranger,) = [one for one in served if one.get("name") == "***乙"]
    assert stranger["is_customer"] is False and "external_userid" not in stranger


async def test_every_field_of_a_remark_is_read_back(scene: Scene) -> None:
    await scene.do("add_contact", "甲", staff="xiaowang")
    pair: Json = {"userid": "xiaowang", "external_userid": scene.external("甲")}
    written: Json = {"remark": "甲", "description": "养猫", "remark_company": "壹店"}
    written |= {"remark_mobiles": ["13000000000"], "remark_pic_mediaid": await scene.media_id()}
    for _ in range(2):
        assert (await ask(scene, "remark", {**pair, **written}))["errcode"] == 0
    asked = {"external_userid": scene.external("甲")}
    told = await scene.call("wecom", "externalcontact/get", **asked)
    follows = told["follow_user"]
    assert isinstance(follows, list) and told["next_cursor"] == ""
    assert {key: follows[0][key] for key in ("remark", "remark_corp_name", "remark_mobiles")} == {
        "remark": "甲",
        "remark_corp_name": "壹店",
        "remark_mobiles": ["13000000000"],
    }
    refusals: tuple[tuple[Json, int], ...] = (
        ({"remark_company": "长" * 21}, 40058),
        ({"description": "长" * 151}, 40058),
        ({"remark_pic_mediaid": "M"}, 40007),
        ({}, 40063),
    )
    for change, code in refusals:
        assert (await ask(scene, "remark", {**pair, **change}))["errcode"] == code
    calls = [one for one in await scene.book("call") if str(one["api"]).endswith("/remark")]
    assert [bool(one["effect"]) for one in calls] == [True, *[False] * 5]
