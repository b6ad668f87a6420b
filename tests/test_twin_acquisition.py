"""The twin's acquisition links: who comes by one, what it costs, and what is told of it."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json, Scene, node, on_stage

DAY_S = 86_400


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path) as one:
        yield one


async def ask(scene: Scene, path: str, asked: Json) -> Json:
    return await scene.call("wecom", f"externalcontact/customer_acquisition/{path}", asked)


async def quota(scene: Scene) -> Json:
    return await scene.call("wecom", "externalcontact/customer_acquisition_quota")


async def make(scene: Scene, *staff: str, **rest: object) -> Json:
    asked: Json = {"link_name": "朋友圈", "range": {"user_list": list(staff or ("xiaowang",))}}
    made = (await ask(scene, "create_link", {**asked, **rest}))["link"]
    assert isinstance(made, dict)
    return made


def changes(scene: Scene) -> Counter[str]:
    """Count the callbacks so far; those of one act overtake each other."""
    return Counter(scene.bot.texts("ChangeType"))


def newest(scene: Scene, change: str) -> str:
    told = [one.inner for one in scene.bot.received if node(one.inner, "ChangeType") == change]
    return told[-1]


async def test_a_customer_who_opens_a_link_comes_with_its_channel_as_state(scene: Scene) -> None:
    link = await make(scene)
    url = f"{link['url']}?customer_channel=moments-S012"
    told = await scene.do("open_link", "甲", url=url)
    assert (told["staff"], told["state"]) == ("xiaowang", "moments-S012")
    assert changes(scene) == {"friend_request": 1, "add_external_contact": 1}
    applied, added = newest(scene, "friend_request"), newest(scene, "add_external_contact")
    assert (node(applied, "LinkId"), node(applied, "State")) == (link["link_id"], "moments-S012")
    assert node(added, "State") == "moments-S012" and node(added, "WelcomeCode")
    asked = {"external_userid": scene.external("甲")}
    follows = (await scene.call("wecom", "externalcontact/get", **asked))["follow_user"]
    assert isinstance(follows, list)
    assert (follows[0]["add_way"], follows[0]["state"]) == (16, "moments-S012")
    left = await quota(scene)
    assert (left["total"], left["balance"]) == (1000, 999)
    again = await scene.do("open_link", "甲", link=link["link_id"])
    assert "已经是好友" in str(again["error"]) and (await quota(scene))["balance"] == 999


async def test_a_channel_longer_than_sixty_four_bytes_is_cut(scene: Scene) -> None:
    link = await make(scene)
    told = await scene.do("open_link", "甲", link=link["link_id"], customer_channel="店" * 22)
    assert told["state"] == "店" * 21


async def test_a_link_that_wants_a_confirmation_adds_after_it(scene: Scene) -> None:
    link = await make(scene, skip_verify=False)
    await scene.do("open_link", "甲", link=link["link_id"])
    assert changes(scene) == {"friend_request": 1}
    await scene.do("confirm_contact", "甲", staff="xiaowang")
    assert changes(scene) == {"friend_request": 1, "add_external_contact": 1}


async def test_customers_of_a_link_are_listed_and_counted(scene: Scene) -> None:
    link = await make(scene, "xiaowang", "xiaoli")
    named: Json = {"link_id": link["link_id"]}
    for who, staff in (("甲", "xiaowang"), ("乙", "xiaoli"), ("丙", "xiaowang")):
        await scene.do("open_link", who, link=link["link_id"], staff=staff)
    await scene.do("open_link", "丙", link=link["link_id"])
    await scene.do("write_staff", "乙", staff="xiaoli", text="在吗")
    first = await ask(scene, "customer", {**named, "limit": 2})
    second = await ask(scene, "customer", {**named, "cursor": first["next_cursor"]})
    found: list[Json] = []
    for page in (first, second):
        listed = page["customer_list"]
        assert isinstance(listed, list)
        found += listed
    assert [(one["userid"], one["chat_status"]) for one in found] == [
        ("xiaowang", 0),
        ("xiaoli", 1),
        ("xiaowang", 0),
    ]
    now = int(scene.twin.stage.now())
    span: Json = {**named, "start_time": now - 60, "end_time": now + 60}
    told = await ask(scene, "statistic", span)
    assert (told["click_link_customer_cnt"], told["new_customer_cnt"]) == (3, 3)
    late = await ask(scene, "statistic", {**span, "start_time": now + 30})
    assert late["click_link_customer_cnt"] == 0


async def test_messages_of_a_customer_are_told_without_their_words(scene: Scene) -> None:
    link = await make(scene)
    await scene.do("open_link", "甲", link=link["link_id"], customer_channel="moments")
    told: Json = {}
    for _ in range(3):
        told = await scene.do("write_staff", "甲", staff="xiaowang", text="有猫粮吗")
    started, spoken = newest(scene, "customer_start_chat"), newest(scene, "message_from_customer")
    assert changes(scene).total() == 4
    assert node(started, "ExternalUserID") == scene.external("甲")
    assert node(spoken, "ChatKey") == told["chat_key"] and not node(spoken, "UserID")
    assert all("猫粮" not in one.inner for one in scene.bot.received)
    assert len(await scene.phone("xiaowang")) == 3
    asked: Json = {"chat_key": told["chat_key"]}
    info = await ask(scene, "get_chat_info", asked)
    assert (info["userid"], info["external_userid"]) == ("xiaowang", scene.external("甲"))
    assert info["chat_info"] == {
        "recv_msg_cnt": 3,
        "link_id": link["link_id"],
        "state": "moments",
    }
    await scene.control("clock", {"jump_s": 1801})
    assert (await ask(scene, "get_chat_info", asked))["errcode"] == 40058


async def test_who_came_otherwise_writes_without_a_callback(scene: Scene) -> None:
    await scene.do("add_contact", "甲", staff="xiaowang")
    await scene.do("write_staff", "甲", staff="xiaowang", text="在吗")
    assert changes(scene) == {"add_external_contact": 1}
    await scene.do("delete_staff", "甲", staff="xiaowang")
    told = await scene.do("write_staff", "甲", staff="xiaowang", text="在吗")
    assert "不是好友" in str(told["error"])


async def test_a_customer_of_a_link_who_leaves_is_told_twice(scene: Scene) -> None:
    link = await make(scene)
    await scene.do("open_link", "甲", link=link["link_id"])
    await scene.do("delete_staff", "甲", staff="xiaowang")
    told = [one.inner for one in scene.bot.received[-2:]]
    assert sorted(node(one, "LinkId") for one in told) == ["", link["link_id"]]
    assert {node(one, "ChangeType") for one in told} == {"del_follow_user"}


async def test_quota_that_gets_scarce_is_told_and_without_it_no_link_opens(scene: Scene) -> None:
    await scene.control("settings", {"link_low": 1})
    scene.twin.stage.links.quotas[0].balance = 2
    link = (await make(scene))["link_id"]
    await scene.do("open_link", "甲", link=link)
    await scene.do("open_link", "乙", link=link)
    told = changes(scene)
    assert (told["friend_request"], told["balance_low"], told["balance_exhausted"]) == (2, 1, 1)
    assert "额度已用完" in str((await scene.do("open_link", "丙", link=link))["error"])
    await scene.do("buy_quota", count=5, days=20)
    assert changes(scene)["balance_increased"] == 1
    assert (await scene.do("open_link", "丙", link=link))["delivered"] is True
    left = await quota(scene)
    assert (left["total"], left["balance"]) == (1005, 4)


async def test_quota_about_to_expire_is_told_once_for_each_mark(scene: Scene) -> None:
    await scene.do("buy_quota", count=5, days=20)
    await scene.control("clock", {"jump_s": 5 * DAY_S})
    assert changes(scene) == {"balance_increased": 1}
    for days in (2, 0, 10):
        await scene.control("clock", {"jump_s": days * DAY_S})
        await scene.control("idle", {})
    assert changes(scene) == {"balance_increased": 1, "quota_expire_soon": 2}
    assert scene.bot.texts("ExpireQuotaNum")[1:] == ["5", "5"]
    await scene.control("clock", {"jump_s": 5 * DAY_S})
    assert (await quota(scene))["balance"] == 1000


async def test_a_link_is_read_changed_listed_and_deleted_without_a_callback(scene: Scene) -> None:
    first, second = await make(scene), await make(scene, "xiaoli")
    named: Json = {"link_id": first["link_id"]}
    change: Json = {**named, "link_name": "抖音", "range": {"department_list": [1]}}
    assert (await ask(scene, "update_link", {**change, "skip_verify": False}))["errcode"] == 0
    told = await ask(scene, "get", named)
    link = told["link"]
    assert isinstance(link, dict)
    assert (link["link_name"], link["url"]) == ("抖音", first["url"])
    assert told["range"] == {"user_list": [], "department_list": [1]}
    assert told["skip_verify"] is False
    page = await ask(scene, "list_link", {"limit": 1})
    rest = await ask(scene, "list_link", {"limit": 1, "cursor": page["next_cursor"]})
    ids = [page["link_id_list"], rest["link_id_list"]]
    assert ids == [[first["link_id"]], [second["link_id"]]] and rest["next_cursor"] == ""
    assert (await scene.do("open_link", "甲", link=first["link_id"]))["staff"] == "xiaowang"
    assert (await ask(scene, "delete_link", named))["errcode"] == 0
    assert "没有获客链接" in str((await scene.do("open_link", "乙", url=first["url"]))["error"])
    assert changes(scene) == {"friend_request": 1}
    await scene.do("drop_link", link=second["link_id"], unavailable=True)
    assert "失效" in str((await scene.do("open_link", "乙", link=second["link_id"]))["error"])
    await scene.do("drop_link", link=second["link_id"])
    assert (changes(scene)["link_unavailable"], changes(scene)["delete_link"]) == (1, 1)


async def test_a_link_that_cannot_be_is_refused(scene: Scene) -> None:
    await make(scene)
    await scene.control("settings", {"link_most": 1})
    good: Json = {"link_name": "朋友圈", "range": {"user_list": ["xiaowang"]}}
    refusals: list[tuple[Json, int]] = [
        ({}, 41095),
        ({"link_name": ""}, 40063),
        ({"range": {}}, 40063),
        ({"range": {"user_list": ["nobody"]}}, 60111),
        ({"range": {"department_list": [7]}}, 40066),
    ]
    for change, code in refusals:
        assert (await ask(scene, "create_link", {**good, **change}))["errcode"] == code, change
    for path in ("get", "update_link", "delete_link", "customer"):
        assert (await ask(scene, path, {"link_id": "caNO"}))["errcode"] == 40058
