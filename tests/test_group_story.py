"""Members of groups served, against the twin: welcomed there, answered one to one."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.pictures import PNG
from tests.twin_shop import TwinShop, twin_shop

PETS, OWNER = "wrPETS_S012_1", "xiaowang"
KF = "wkYIDIAN_S012"
WELCOME = '"%NICKNAME% 欢迎来{group_name}，口令{passphrase|没有}"'
RULES = """
- id: show-map
  say: { any: [画张地图], mode: contains }
  do:
    - reply:
        { text: 地图在下面, image: map.png, link: "https://shop.example/map", link_title: 地图 }
"""


def furnished(home: Path) -> None:
    pool = home / "pools" / "pets.yaml"
    pool.write_text(pool.read_text("utf-8") + f"kf: {KF}\ngroup_welcome: {WELCOME}\n", "utf-8")
    (home / "rules" / "map.yaml").write_text(RULES, "utf-8")
    (home / "media").mkdir()
    (home / "media" / "map.png").write_bytes(PNG)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[TwinShop]:
    async with twin_shop(tmp_path, furnished) as one:
        await one.settled()
        yield one


async def clean(shop: TwinShop) -> None:
    """Nothing lost, nothing doubled, nothing from nowhere, by the twin's own book."""
    await shop.settled()
    told = await shop.audited("xiaowang", "xiaoli", "甲", "乙")
    assert (told.lost, told.doubled, told.ghosts, told.wrong) == ((), (), (), ())


async def in_group(shop: TwinShop) -> list[tuple[str, str]]:
    """Return who said what in the group."""
    async with shop.scene.http.get(shop.scene.twin.control(f"/twin/group/{PETS}")) as got:
        told: dict[str, Any] = await got.json()
    return [(one["name"], one["text"]) for one in told["said"]]


async def template_of(shop: TwinShop, chat: str) -> str:
    rows = await shop.rows("SELECT chat, welcome FROM chat_group")
    return next(str(row["welcome"]) for row in rows if row["chat"] == chat)


async def picked(shop: TwinShop) -> None:
    """Let the owner pick the welcome that was made for the group."""
    await shop.act(
        "pick_group_welcome", OWNER, chat_id=PETS, template_id=await template_of(shop, PETS)
    )


async def asked(shop: TwinShop, who: str, text: str) -> None:
    """Let a member of the group ask there, and wait until that is decided."""
    before = len(await shop.rows("SELECT id FROM inbox WHERE kind = 'GroupSaid'"))
    await shop.act("say_in_group", who, chat_id=PETS, text=text)
    for _ in range(2):
        await shop.scene.control("idle", {"wait_s": 5})
    await wait_for(shop, "GroupSaid", before + 1)


async def wait_for(shop: TwinShop, kind: str, count: int) -> None:
    """Wait until so many events of a kind are decided."""
    for _ in range(250):
        found = await shop.rows("SELECT kind FROM inbox WHERE state <> 'new'")
        if sum(row["kind"] == kind for row in found) >= count:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{kind} never came {count} times")


async def test_the_owner_is_asked_to_pick_a_welcome_that_nobody_sees_before(
    shop: TwinShop,
) -> None:
    seen = await shop.read(OWNER, "良渚店宠物 1 群")
    assert (seen["via"], "入群欢迎语" in seen["text"]) == ("app", True)
    await shop.act("join_group", "甲", chat_id=PETS)
    assert [one for one in await shop.scene.phone("甲") if one["via"] == "group_welcome"] == []
    await clean(shop)


async def test_a_joiner_taps_the_welcomes_link_and_is_answered_knowing_group_and_store(
    shop: TwinShop,
) -> None:
    await picked(shop)
    await shop.act("join_group", "甲", chat_id=PETS)
    seen = await shop.read("甲", "甲 欢迎来良渚店宠物 1 群，口令良渚喵呜")
    (card,) = seen["attachments"]

    await shop.act("enter_kf", "甲", url=card["url"])
    hello = await shop.read("甲", "我是良渚店宠物 1 群的福利官小度哥")
    assert "壹店便利良渚店" in hello["text"]
    await shop.act("kf_type", "甲", text="营业时间")
    await shop.read("甲", "壹店便利良渚店06:30-23:00开着")

    names = {row["name"] for row in await shop.rows("SELECT name FROM tag")}
    assert {"群友/pets", "门店/S012", "渠道/群欢迎语"} <= names
    bound = "SELECT p.store FROM person p JOIN talk t ON t.person_id = p.id"
    assert [row["store"] for row in await shop.rows(bound)] == ["S012"]
    assert [row["chat"] for row in await shop.rows("SELECT chat FROM talk")] == [PETS]
    await clean(shop)


async def test_each_group_has_a_link_of_its_own_and_one_message_to_its_owner(
    shop: TwinShop,
) -> None:
    rows = await shop.rows("SELECT kf_link, welcome FROM chat_group WHERE kf_link <> ''")
    assert len({row["kf_link"] for row in rows}) == len({row["welcome"] for row in rows}) == 4
    told = [one for who in ("xiaowang", "xiaoli") for one in await shop.scene.phone(who)]
    assert len(told) == 4
    await clean(shop)


async def test_a_question_in_the_group_becomes_a_card_and_only_the_owner_speaks(
    shop: TwinShop,
) -> None:
    await shop.act("join_group", "甲", chat_id=PETS)
    await asked(shop, "甲", "你们几点关门")
    card = await shop.read(OWNER, "：你们几点关门")
    assert card["attachments"][0]["sub_title_text"].startswith("咱壹店便利良渚店")
    assert "甲" not in card["text"]
    assert await in_group(shop) == [("甲", "你们几点关门")]

    (row,) = await shop.rows("SELECT task, text, state, staff FROM proposal")
    assert (row["state"], row["staff"]) == ("open", OWNER)
    await shop.settled()
    await shop.act("say_in_group", OWNER, chat_id=PETS, text="我们营业到晚上哦")
    await shop.act("tap_button", OWNER, text="已发送")
    await wait_for(shop, "event.template_card_event", 1)
    await shop.settled()

    (row,) = await shop.rows("SELECT state, done_by FROM proposal")
    assert (row["state"], row["done_by"]) == ("sent", OWNER)
    assert "已发送 ✓" in str(await shop.scene.phone(OWNER))
    assert [who for who, _ in await in_group(shop)] == ["甲", "小王"]
    await clean(shop)


async def test_an_owner_who_says_the_words_need_not_tap(shop: TwinShop) -> None:
    await shop.act("join_group", "甲", chat_id=PETS)
    await asked(shop, "甲", "地址在哪里")
    await shop.read(OWNER, "良渚")
    await shop.settled()
    (row,) = await shop.rows("SELECT text FROM proposal")

    await shop.act("say_in_group", OWNER, chat_id=PETS, text=row["text"])
    await wait_for(shop, "ProposalSaid", 1)
    await shop.settled()

    assert [r["state"] for r in await shop.rows("SELECT state FROM proposal")] == ["sent"]
    assert "已发送 ✓" in str(await shop.scene.phone(OWNER))
    bodies = await shop.rows("SELECT body FROM inbox WHERE kind = 'ProposalSaid'")
    assert row["text"].encode() not in bytes(bodies[0]["body"])
    await clean(shop)


async def test_a_coupon_is_never_given_in_a_group(shop: TwinShop) -> None:
    await shop.act("join_group", "甲", chat_id=PETS)
    await shop.settled()
    before = await shop.rows("SELECT coupon_id FROM coupon_grant")
    await asked(shop, "甲", "领券")
    card = await shop.read(OWNER, "：领券")
    assert "点群欢迎语里的客服" in card["attachments"][0]["sub_title_text"]
    assert len(await shop.rows("SELECT coupon_id FROM coupon_grant")) == len(before)
    await clean(shop)


async def test_words_a_link_and_a_picture_are_three_messages(shop: TwinShop) -> None:
    await shop.act("enter_kf", "甲", kf=KF)
    await shop.act("kf_type", "甲", text="画张地图")
    await shop.read("甲", "地图在下面")
    await shop.settled()
    shown = [one["attachments"] for one in await shop.scene.phone("甲")]
    kinds = [card["type"] for cards in shown if isinstance(cards, list) for card in cards]
    assert kinds == ["link", "image"]
    assert [row["sent"] for row in await shop.rows("SELECT sent FROM talk")] == [3]
    await clean(shop)


async def test_a_menu_is_tapped_and_its_line_answered(shop: TwinShop) -> None:
    await shop.act("enter_kf", "甲", kf=KF)
    await shop.act("kf_type", "甲", text="帮助")
    menu = await shop.read("甲", "可以这样问我")
    assert menu["attachments"][0]["type"] == "msgmenu"
    await shop.act("kf_tap", "甲", content="营业时间")
    await shop.read("甲", "营业")
    await clean(shop)
