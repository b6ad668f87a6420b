"""The twin's kf accounts by API: made, named, staffed, deleted; their links work meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, on_stage
from tests.twin_kf import KF, about, code, post, spoken

ADD, UPDATE, DELETE = "kf/account/add", "kf/account/update", "kf/account/del"
SERVE, LEAVE = "kf/servicer/add", "kf/servicer/del"


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def listed(scene: Scene, **asked: object) -> list[Json]:
    found = (await post(scene, "kf/account/list", dict(asked)))["account_list"]
    assert isinstance(found, list)
    return found


async def results(scene: Scene, path: str, **asked: object) -> list[Json]:
    found = (await post(scene, path, {"open_kfid": KF, **asked}))["result_list"]
    assert isinstance(found, list)
    return found


async def servicers(scene: Scene) -> object:
    return (await scene.call("wecom", "kf/servicer/list", open_kfid=KF))["servicer_list"]


async def test_a_new_account_has_a_link_that_opens_it(scene: Scene) -> None:
    picture = await scene.media_id()
    made = await post(scene, ADD, {"name": "壹店客服", "media_id": picture})
    kf = made["open_kfid"]
    assert [one["name"] for one in await listed(scene, offset=1)] == ["壹店客服"]
    url = (await post(scene, "kf/add_contact_way", {"open_kfid": kf, "scene": "door"}))["url"]
    assert (await scene.do("enter_kf", "甲", url=url))["kf"] == kf
    assert await code(scene, UPDATE, {"open_kfid": kf, "name": "新名字"}) == 0
    assert [one["name"] for one in await listed(scene, offset=1, limit=1)] == ["新名字"]
    assert await code(scene, DELETE, {"open_kfid": kf}) == 0
    assert "无效" in str((await scene.do("enter_kf", "乙", url=url))["error"])
    assert await code(scene, UPDATE, {"open_kfid": kf, "name": "晚了"}) == 95004


async def test_an_account_that_cannot_be_is_refused(scene: Scene) -> None:
    assert await code(scene, ADD, {"name": ""}) == 95006
    assert await code(scene, ADD, {"name": "长" * 17}) == 95006
    assert await code(scene, ADD, {"name": "客服", "media_id": "M"}) == 40007
    assert await code(scene, UPDATE, {"open_kfid": KF}) == 40063
    await scene.control("settings", {"kf_most": 1})
    assert await code(scene, ADD, {"name": "客服"}) == 95005


async def test_servicers_are_judged_one_by_one(scene: Scene) -> None:
    told = await results(scene, SERVE, userid_list=["xiaoli", "xiaowang", "nobody"])
    assert [(one["errcode"], one["errmsg"]) for one in told] == [
        (0, "success"),
        (0, "ignored"),
        (60111, "userid not found"),
    ]
    told = await results(scene, LEAVE, userid_list=["dianzhang", "xiaoli", "xiaoli"])
    assert [one["errmsg"] for one in told] == ["success", "success"]
    assert await servicers(scene) == [{"userid": "xiaowang", "status": 0}]
    many = [f"u{number}" for number in range(101)]
    assert await code(scene, SERVE, {"open_kfid": KF, "userid_list": many}) == 40058
    assert await code(scene, SERVE, {"open_kfid": KF}) == 40063


async def test_the_people_of_a_department_serve(scene: Scene) -> None:
    told = await results(scene, SERVE, department_id_list=[1, 8])
    assert [(one["department_id"], one["errcode"]) for one in told] == [(1, 0), (8, 40066)]
    serving = await servicers(scene)
    assert isinstance(serving, list) and {"department_id": 1} in serving
    await spoken(scene)
    human = about(scene, service_state=3, servicer_userid="xiaoli")
    assert await code(scene, "kf/service_state/trans", human) == 0
    await results(scene, LEAVE, department_id_list=[1])
    human = about(scene, service_state=3, servicer_userid="xiaoli")
    assert await code(scene, "kf/service_state/trans", human) in (95014, 95016)
