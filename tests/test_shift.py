"""A store's day as its employees ask about it, read from what really happened."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from config.nouns import Content, Staff
from tests.bot_letters import asked
from tests.callbacks import contact_added, followed, group_changed, said, scanned
from tests.little_shop import NOW_S, shop_content
from tests.rooms import Installed, Plans, installed

DAY_S = 24 * 3600
UNTIL_MIDNIGHT_S = 7 * 3600 + 400  # and a little longer, from 16:53:20 in Shanghai


def day_content() -> Content:
    staff = {
        "xiaowang": Staff(userid="xiaowang", name="小王", store="S012"),
        "xiaoli": Staff(userid="xiaoli", name="小李", store="S001"),
    }
    return replace(shop_content(), newcomer_campaign="newcomer", staff=staff)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(content=day_content)) as one:
        yield one


async def answer(shop: Installed, question: str, staff: str = "xiaowang") -> str:
    """Ask the bot as one employee, and return its words."""
    name = f"{question}{staff}{shop.hand()}"
    accepted = await shop.deliver(asked(question, name, staff=staff), "bot")
    told = await shop.worker.answer(accepted)
    assert told is not None
    return str(orjson.loads(told)["stream"]["content"])


def now_s(shop: Installed) -> int:
    return int(shop.hand())


async def test_who_came_without_a_coupon_is_told_by_tail_time_and_door(shop: Installed) -> None:
    await shop.say("ada", followed("ada", "poster-S012-door"))
    await shop.say("bo", followed("bo", "poster-S012-door"))
    await shop.say("bo", said("bo", "领券", 1))
    await shop.deliver(contact_added("wmCY", state="staff-xiaowang"))
    await shop.settle_down()
    ada = str(await shop.one("SELECT person_id FROM alias WHERE value = 'ada'"))

    text = await answer(shop, "今天谁没领券")

    assert text.splitlines()[0] == "良渚店今天到店 3 位会员，2 位还没有「新人券」："
    assert f"尾号 {ada[-4:]}，16:53 扫 poster-S012-door" in text
    assert ada not in text
    for name in ("wmCY", "oada", "bo"):
        assert name not in text
    assert (await answer(shop, "今天谁没领券", "xiaoli")).startswith("文三店今天还没有会员")


async def test_who_comes_twice_is_one_and_yesterday_is_not_today(shop: Installed) -> None:
    await shop.say("ada", followed("ada", "poster-S012-door"))
    shop.hand.move(60)
    await shop.say("ada", scanned("ada", "poster-S012-till", at_s=now_s(shop)))
    await shop.settle_down()
    today = await answer(shop, "今天谁没领券")
    shop.hand.move(UNTIL_MIDNIGHT_S)
    tomorrow = await answer(shop, "今天谁没领券")
    shop.hand.move(60)
    await shop.say("ada", scanned("ada", "poster-S012-till", at_s=now_s(shop)))
    again = await answer(shop, "今天谁没领券")

    assert "今天到店 1 位会员，1 位" in today
    assert "扫 poster-S012-door" in today
    assert "今天还没有会员" in tomorrow
    assert "扫 poster-S012-till" in again


async def test_a_member_of_another_store_who_drops_in_is_theirs(shop: Installed) -> None:
    await shop.say("ada", followed("ada", "poster-S012-door"))
    await shop.settle_down()
    await shop.run("UPDATE person SET store = 'S001'")

    assert "今天还没有会员" in await answer(shop, "今天谁没领券")


async def test_the_twenty_first_is_only_counted(shop: Installed) -> None:
    for number in range(21):
        await shop.say(f"a{number}", followed(f"a{number}", "poster-S012-door"))

    lines = (await answer(shop, "今天谁没领券")).splitlines()

    assert len(lines) == 22
    assert lines[0].startswith("良渚店今天到店 21 位会员，21 位")
    assert lines[-1] == "还有 1 位没有列出"


async def test_coupons_given_and_taken_in_are_counted_by_store(shop: Installed) -> None:
    await shop.say("ada", followed("ada", "poster-S012-door"))
    await shop.say("ada", said("ada", "领券", 1))
    await shop.settle_down()
    day_us = NOW_S * 1_000_000
    await shop.run(
        "INSERT INTO redemption(coupon_id, code, store, cashier, request, inbox_id, at_us)"
        " SELECT coupon_id, 'C', 'S001', '', 'r1', 1, ? FROM coupon_grant",
        day_us,
    )

    assert "新人券 1 张，面值 5 元" in await answer(shop, "今天领券")
    assert await answer(shop, "今天核销") == "良渚店今天还没有核销。"
    assert "今天核销 1 张，面值 5 元" in await answer(shop, "今天核销", "xiaoli")
    assert "还没有领券" in await answer(shop, "今天领券", "xiaoli")
    await shop.run("UPDATE redemption SET undone = id")
    shop.hand.move(1)
    assert await answer(shop, "今天核销", "xiaoli") == "文三店今天还没有核销。"


async def test_groups_are_those_of_the_store_with_who_sits_there(shop: Installed) -> None:
    shop.platform.world.seats["wrPETS1"] = ["wmADA", "wmBO"]
    await shop.deliver(group_changed("wrPETS1", "wmADA", "wmBO"))
    await shop.settle_down(wait_s=5)

    text = await answer(shop, "群满了吗")

    assert "良渚宠物一群：2/3，还有 1 个位置" in text
    assert "宠物总群" not in text
    assert await answer(shop, "群满了吗", "xiaoli") == "文三店没有登记的群。"


async def test_friends_gained_today_count_while_they_stay(shop: Installed) -> None:
    for number in range(3):
        await shop.deliver(contact_added(f"wm{number}", code=""))
    await shop.deliver(contact_added("wmX", code="", staff="xiaoli"))
    await shop.settle_down()
    await shop.run("UPDATE reach SET is_on = 0 WHERE address = 'wm0'")

    assert await answer(shop, "今天加了几个") == "良渚店今天加了 2 位好友：小王 2"
    shop.hand.move(DAY_S)
    assert await answer(shop, "今天加了几个") == "良渚店今天还没有加到好友。"


async def test_open_proposals_wait_for_the_stores_employees(shop: Installed) -> None:
    expired = [("xiaowang", "open", DAY_S)] * 21
    for number, (staff, state, ago_s) in enumerate(
        [*expired, ("xiaowang", "open", 0), ("xiaowang", "sent", 0), ("xiaoli", "open", 0)]
    ):
        await shop.run(
            "INSERT INTO proposal(task, account, chat, staff, person_id, text, state, inbox_id,"
            " at_us) VALUES(?, 'corp', 'wrPETS1', ?, '01ABCDEF3F7K', '私下的话', ?, 1, ?)",
            f"t{number}", staff, state, (NOW_S - ago_s) * 1_000_000,
        )  # fmt: skip

    text = await answer(shop, "待确认")

    assert text.splitlines()[0] == "良渚店待确认 1 条："
    assert "「良渚宠物一群」里给尾号 3F7K 的话，等小王" in text
    assert "私下的话" not in text


async def test_a_question_reads_and_changes_nothing(shop: Installed) -> None:
    await shop.say("ada", followed("ada", "poster-S012-door"))
    await shop.settle_down()
    before = await shop.one("SELECT count(*) FROM person"), len(shop.platform.effects())
    for question in ("今天谁没领券", "今天领券", "群满了吗", "待确认", "今天加了几个"):
        await answer(shop, question)
    await shop.settle_down()

    assert (await shop.one("SELECT count(*) FROM person"), len(shop.platform.effects())) == before
