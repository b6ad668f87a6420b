"""Callbacks in every mode of both platforms: to a small bot, and to our own server end to end."""

import json
from itertools import product
from pathlib import Path

import pytest

from tests.twin_bot import Delivery, Scene, node, on_stage, text_reply
from tests.twin_shop import twin_shop
from twin.world_file import BadWorld, load, override

OA, CORP = "oa-main", "wecom-main"
MODES = list(product(("plain", "compatible", "safe"), ("xml", "json")))


async def attacked(scene: Scene, account: str, how: str) -> object:
    """Send the last callback of an account again, changed; return the status."""
    return (await scene.do("tamper", account=account, how=how))["status"]


@pytest.mark.parametrize(("mode", "app_mode"), MODES)
async def test_a_bot_opens_both_platforms_in_every_mode(
    tmp_path: Path, mode: str, app_mode: str
) -> None:
    async with on_stage(tmp_path, mode=mode, app_mode=app_mode) as scene:
        await scene.do("follow", "甲")
        scene.bot.answer = lambda got: (200, _answer(got, mode))
        assert (await scene.do("type", "甲", text="在吗"))["delivered"] is True
        assert (await scene.do("add_contact", "甲", staff="xiaowang"))["delivered"] is True
        assert (await scene.do("app_type", "小王", text='他说"好"'))["delivered"] is True
        assert [await attacked(scene, OA, "signature"), await attacked(scene, CORP, "body")] == [
            403, 403,
        ]  # fmt: skip
        assert await attacked(scene, CORP, "signature") == 403
        posts = await scene.book("callback")
    assert [one["delivered"] for one in posts] == [True] * 4
    _, spoke, added, typed = scene.bot.received
    assert ("Encrypt" in spoke.body, "FromUserName" in spoke.body) == (
        mode != "plain", mode != "safe",
    )  # fmt: skip
    assert added.body.startswith("{") is (app_mode == "json")
    assert leaf(added, "ChangeType") == "add_external_contact"
    assert leaf(typed, "Content") == '他说"好"'
    assert leaf(typed, "MsgId").isdigit() and leaf(typed, "AgentID").isdigit()
    assert added.receiver == scene.twin.stage.world.wecom[0].corpid


def _answer(got: Delivery, mode: str) -> str:
    return text_reply(got, "您好") if got.account == OA and mode != "safe" else "success"


def leaf(got: Delivery, name: str) -> str:
    """Return a leaf of the inner message in either form."""
    if got.inner.startswith("{"):
        return str(json.loads(got.inner)[name])
    return node(got.inner, name)


async def test_json_names_its_parts_as_xml_does_and_lists_are_arrays(tmp_path: Path) -> None:
    async with on_stage(tmp_path, app_mode="json") as scene:
        corp = scene.twin.stage.world.wecom[0]
        await scene.do("add_contact", "甲", staff="xiaowang")
        await scene.do("join_group", "甲", chat_id="wrPETS_S012_1")
        added, joined = scene.bot.received
    outer = json.loads(joined.body)
    assert outer.keys() == {"tousername", "encrypt", "agentid"}
    assert (outer["tousername"], outer["agentid"]) == (corp.corpid, str(corp.agentid))
    told = json.loads(joined.inner)
    assert told["ToUserName"] == corp.corpid
    assert isinstance(told["CreateTime"], int)
    assert told["MemChangeList"] == [scene.external("甲")]
    assert json.loads(added.inner)["ExternalUserID"] == scene.external("甲")


async def test_a_clock_that_is_off_stamps_json_too(tmp_path: Path) -> None:
    async with on_stage(tmp_path, app_mode="json") as scene:
        asked = {"account": CORP, "trouble": "clock_off", "seconds": 3600}
        async with scene.http.post(scene.twin.control("/twin/plant"), json=asked) as got:
            assert got.status == 200
        await scene.do("add_contact", "甲", staff="xiaowang")
        (got_it,) = scene.bot.received
        ahead = json.loads(got_it.inner)["CreateTime"] - scene.twin.stage.now()
    assert 3_595 < ahead < 3_605


def test_a_mode_nobody_has_is_a_mistake_of_the_world() -> None:
    world = load(Path("yidian"))
    assert override(world, ("wecom-main.mode=json",)).wecom[0].mode == "json"
    with pytest.raises(BadWorld, match=r"wecom-main\.mode"):
        override(world, ("wecom-main.mode=yaml",))


@pytest.mark.parametrize(("mode", "app_mode"), MODES)
async def test_our_own_server_serves_both_platforms_in_every_mode(
    tmp_path: Path, mode: str, app_mode: str
) -> None:
    """A scan is answered, a contact welcomed, a bell answered; and forgeries are not."""
    async with twin_shop(tmp_path, mode=mode, app_mode=app_mode) as shop:
        await shop.act("scan_oa", "甲", poster="poster-S012-door")
        await shop.act("type", "甲", text="领券")
        await shop.read("甲", "20减5券")
        await shop.act("add_contact", "乙", code="staff-xiaowang-S012")
        await shop.act("enter_kf", "乙")
        await shop.act("app_type", "小王", text="帮助")
        await shop.settled()
        assert {one["channel"] for one in await shop.scene.phone("乙")} >= {"welcome", "kf"}
        for account, how in ((OA, "signature"), (CORP, "signature"), (CORP, "body")):
            assert await attacked(shop.scene, account, how) == 403
        assert (await shop.scene.do("replay_last", account=CORP))["status"] == 200
        judged = await shop.audited("甲", "乙")
        assert judged.ok, judged.explain()
        kept = await shop.rows("SELECT kind, state FROM inbox WHERE source = 'callback'")
    assert {row["state"] for row in kept} == {"done"}
    assert len(kept) == judged.sent
