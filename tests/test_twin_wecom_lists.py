"""What a first hour asks WeCom: the app's scope, employees, their customers, codes, servicers."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage

KF = "wkYIDIAN_S012"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def ask(scene: Scene, path: str, asked: Json | None = None, **query: str) -> Json:
    return await scene.call("wecom", f"externalcontact/{path}", asked, **query)


def shrink(scene: Scene, *visible: str) -> None:
    """Take employees out of the app's scope."""
    stage = scene.twin.stage
    stage.world = replace(stage.world, wecom=(replace(stage.world.wecom[0], visible=visible),))


async def test_an_app_tells_its_scope(scene: Scene) -> None:
    told = await scene.call("wecom", "agent/get", agentid="1000002")
    assert told["name"] == "小二" and told["close"] == 0
    assert told["allow_userinfos"] == {
        "user": [{"userid": "xiaowang"}, {"userid": "xiaoli"}, {"userid": "dianzhang"}]
    }
    shrink(scene, "xiaoli")
    told = await scene.call("wecom", "agent/get", agentid="1000002")
    assert told["allow_userinfos"] == {"user": [{"userid": "xiaoli"}]}
    assert (await scene.call("wecom", "agent/get", agentid="1000003"))["errcode"] == 301002


async def test_an_employee_is_shown_inside_the_scope_only(scene: Scene) -> None:
    told = await scene.call("wecom", "user/get", userid="xiaowang")
    assert (told["name"], told["status"]) == ("小王", 1)
    assert (await scene.call("wecom", "user/get", userid="nobody"))["errcode"] == 60111
    shrink(scene, "xiaoli")
    assert (await scene.call("wecom", "user/get", userid="xiaowang"))["errcode"] == 60011
    assert (await ask(scene, "get_follow_user_list"))["follow_user"] == ["xiaoli"]
    assert (await ask(scene, "list", userid="xiaowang"))["errcode"] == 60030
    asked: Json = {"type": 1, "scene": 2, "user": ["xiaowang"]}
    assert (await ask(scene, "add_contact_way", asked))["errcode"] == 60030


async def test_an_employee_without_customer_contact_gets_no_code(scene: Scene) -> None:
    stage = scene.twin.stage
    staff = [replace(one, customer_contact=one.userid != "xiaoli") for one in stage.world.staff]
    stage.world = replace(stage.world, staff=tuple(staff))
    told = await ask(scene, "get_follow_user_list")
    assert told["follow_user"] == ["xiaowang", "dianzhang"]
    asked: Json = {"type": 1, "scene": 2, "user": ["xiaoli"]}
    assert (await ask(scene, "add_contact_way", asked))["errcode"] == 84074


async def test_customers_are_listed_by_employee(scene: Scene) -> None:
    assert (await ask(scene, "list", userid="xiaowang"))["errcode"] == 84061
    assert (await ask(scene, "list", userid="nobody"))["errcode"] == 60111
    for who in ("甲", "乙"):
        await scene.do("add_contact", who, code="staff-xiaowang-S012")
    told = await ask(scene, "list", userid="xiaowang")
    assert told["external_userid"] == [scene.external("甲"), scene.external("乙")]


async def test_customers_of_many_employees_come_page_by_page(scene: Scene) -> None:
    for who, staff in (("甲", "xiaowang"), ("乙", "xiaowang"), ("甲", "xiaoli")):
        await scene.do("add_contact", who, staff=staff)
    asked: Json = {"userid_list": ["xiaowang", "xiaoli"], "limit": 2}
    first = await ask(scene, "batch/get_by_user", asked)
    second = await ask(scene, "batch/get_by_user", asked | {"cursor": first["next_cursor"]})
    pages = [as_list(one["external_contact_list"]) for one in (first, second)]
    assert [len(one) for one in pages] == [2, 1] and second["next_cursor"] == ""
    names = [as_dict(one["external_contact"])["name"] for page in pages for one in page]
    assert names == ["甲", "乙", "甲"]
    assert as_dict(pages[1][0]["follow_info"]) | {"createtime": 0} == {
        "userid": "xiaoli",
        "remark": "",
        "description": "",
        "createtime": 0,
        "tag_id": [],
        "remark_corp_name": "",
        "remark_mobiles": [],
        "add_way": 1,
        "state": "",
        "oper_userid": "xiaoli",
    }
    for wrong, code in (
        ({"userid_list": []}, 40032),
        ({"userid_list": ["xiaowang"] * 101}, 40032),
        ({"userid_list": ["nobody"]}, 60111),
        (asked | {"cursor": "elsewhere"}, 40058),
    ):
        assert (await ask(scene, "batch/get_by_user", dict(wrong)))["errcode"] == code


async def test_codes_are_read_and_listed_the_printed_ones_too(scene: Scene) -> None:
    made = await ask(
        scene,
        "add_contact_way",
        {"type": 2, "scene": 2, "user": ["xiaowang", "xiaoli"], "state": "s1", "remark": "春"},
    )
    told = as_dict(
        (await ask(scene, "get_contact_way", {"config_id": made["config_id"]}))["contact_way"]
    )
    assert (told["type"], told["state"], told["remark"]) == (2, "s1", "春")
    assert told["user"] == ["xiaowang", "xiaoli"] and told["qr_code"] == made["qr_code"]
    assert (await ask(scene, "get_contact_way", {"config_id": "x"}))["errcode"] == 41044
    first = await ask(scene, "list_contact_way", {"limit": 3})
    second = await ask(scene, "list_contact_way", {"limit": 3, "cursor": first["next_cursor"]})
    listed = [one["config_id"] for page in (first, second) for one in as_list(page["contact_way"])]
    assert len(listed) == 4 and listed[-1] == made["config_id"]
    printed = as_dict(
        (await ask(scene, "get_contact_way", {"config_id": listed[0]}))["contact_way"]
    )
    assert printed["state"] == "staff-xiaowang-S012"
    await scene.control("clock", {"jump_s": 91 * 86_400})
    assert (await ask(scene, "list_contact_way", {}))["contact_way"] == []


async def test_kf_accounts_tell_who_manages_them_and_who_serves(scene: Scene) -> None:
    (account,) = as_list((await scene.call("wecom", "kf/account/list", {}))["account_list"])
    assert (account["open_kfid"], account["manage_privilege"]) == (KF, True)
    told = await scene.call("wecom", "kf/servicer/list", open_kfid=KF)
    assert told["servicer_list"] == [
        {"userid": "xiaowang", "status": 0},
        {"userid": "dianzhang", "status": 0},
    ]
    assert (await scene.call("wecom", "kf/servicer/list", open_kfid="wk0"))["errcode"] == 95004


def as_dict(found: object) -> Json:
    assert isinstance(found, dict)
    return found


def as_list(found: object) -> list[Json]:
    assert isinstance(found, list)
    return found
