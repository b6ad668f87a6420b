"""Customer service from the bell to the message: answered by us, unless a person is there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import micros_of
from bot.db import orphans
from tests.callbacks import followed, group_changed
from tests.kf_desk import SYNC
from tests.kf_items import ADA, said
from tests.kf_log import CARD, SEND, WELCOME, KfLog, desk_content
from tests.little_shop import NOW_US
from tests.rooms import Plans, installed

HALF_AN_HOUR_S = 30 * 60


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[KfLog]:
    async with installed(tmp_path, Plans(content=desk_content)) as shop:
        yield KfLog(shop=shop)


async def state(desk: KfLog) -> str:
    return str(await desk.shop.one("SELECT state FROM talk"))


# --- spoken to ---


async def test_a_bell_is_pulled_and_what_was_said_is_answered(desk: KfLog) -> None:
    (answer,) = await desk.types("领券")
    assert "新人券" in answer
    assert desk.said_and_done() == ["kf/service_state/trans 1", SEND]
    assert await state(desk) == "bot"


async def test_a_conversation_once_taken_is_not_taken_again(desk: KfLog) -> None:
    await desk.types("领券")
    await desk.types("退订")
    assert desk.said_and_done() == ["kf/service_state/trans 1", SEND]


async def test_one_bell_delivered_twice_and_bells_in_vain_change_nothing(desk: KfLog) -> None:
    await desk.types("领券")
    before = desk.said_and_done()
    bell = desk.bell()
    assert [(await desk.shop.deliver(bell)).duplicate for _ in range(2)] == [False, True]
    await desk.shop.settle_down()
    assert await desk.rings() == []
    assert desk.said_and_done() == before
    assert await desk.shop.one("SELECT count(*) FROM coupon_grant") == 1


async def test_many_lines_in_one_breath_are_answered_within_what_the_platform_takes(
    desk: KfLog,
) -> None:
    answers = await desk.types(*["领券"] * 6, "人工")
    assert len(answers) == 5
    assert answers[-1] == "马上叫人"
    assert await state(desk) == "pool"


async def test_lines_that_follow_an_answer_are_answered_again(desk: KfLog) -> None:
    for _ in range(6):
        assert len(await desk.types("领券")) == 1
        desk.shop.hand.move(2)


async def test_a_message_older_than_half_an_hour_is_kept_and_not_answered(desk: KfLog) -> None:
    assert await desk.types("领券", "人工", "啥", age_s=HALF_AN_HOUR_S + 1) == []
    assert desk.said_and_done() == []
    assert [asked.api for asked in desk.shop.platform.effects()] == [SYNC]
    assert await desk.shop.one("SELECT spoke_us FROM talk") == NOW_US - 1_801_000_000
    assert await desk.shop.one("SELECT count(*) FROM coupon_grant") == 0
    assert len(await desk.types("领券")) == 1


# --- the welcome ---


async def test_whoever_opens_by_an_entry_code_is_welcomed_in_time(desk: KfLog) -> None:
    assert await desk.opens("poster-S012-door", "WC1", age_s=3) == []
    (welcome,) = desk.shop.platform.to(WELCOME)
    assert (welcome.body["code"], welcome.body["text"]["content"]) == ("WC1", "良渚店的客服在")
    times = desk.shop.shop.times
    lives_us = micros_of(times.welcome_lives - times.welcome_margin)
    began_us = NOW_US - 3_000_000
    assert await desk.shop.one("SELECT deadline_us FROM effect WHERE kind = 'kf_welcome'") == (
        began_us + lives_us
    )
    assert await desk.shop.one("SELECT store FROM person") == "S012"
    tags = {row["name"] for row in await desk.shop.rows("SELECT name FROM tag")}
    assert tags == {"门店/S012", "来源/poster-S012-door", "客服来的"}


async def test_without_a_code_nobody_is_welcomed(desk: KfLog) -> None:
    assert await desk.opens("poster-S012-door") == []
    assert desk.said_and_done() == []
    assert await desk.shop.one("SELECT store FROM person") == "S012"


# --- a person outranks us ---


async def test_while_a_person_holds_the_conversation_we_are_silent(desk: KfLog) -> None:
    await desk.types("领券")
    assert await desk.person_types("您好，我是小王") == []
    assert await desk.types("鸡蛋", "人工", "啥") == []
    assert desk.said_and_done() == ["kf/service_state/trans 1", SEND]
    assert await state(desk) == "human"


async def test_half_an_hour_after_a_person_left_we_speak_again(desk: KfLog) -> None:
    await desk.person_types("您好，我是小王")
    await desk.changes(3)
    assert await desk.types("领券") == []
    desk.shop.hand.move(HALF_AN_HOUR_S)
    assert len(await desk.types("领券")) == 1
    assert desk.said_and_done() == ["kf/service_state/trans 1", SEND]


@pytest.mark.parametrize("change", [1, 2, 4])
async def test_a_conversation_that_a_person_takes_is_theirs(desk: KfLog, change: int) -> None:
    await desk.types("领券")
    await desk.changes(change)
    assert await desk.types("鸡蛋") == []


async def test_who_asks_for_a_person_reads_our_words_and_then_waits_for_one(desk: KfLog) -> None:
    assert await desk.types("人工") == ["马上叫人"]
    assert desk.said_and_done() == ["kf/service_state/trans 1", SEND, "kf/service_state/trans 2"]
    assert await state(desk) == "pool"
    assert await desk.types("领券") == []


async def test_after_two_misses_a_person_is_called(desk: KfLog) -> None:
    assert await desk.types("啥") == ["没听懂"]
    assert await desk.types("啥呀") == ["还是没听懂，帮您叫人"]
    assert desk.said_and_done()[-2:] == [SEND, "kf/service_state/trans 2"]
    gaps = [row["text"] for row in await desk.shop.rows("SELECT text FROM gap ORDER BY id")]
    assert gaps == ["啥", "啥呀"]


# --- groups ---


async def test_a_group_is_shown_by_a_card_and_by_a_link(desk: KfLog) -> None:
    (link,) = await desk.types("宠物群")
    assert "https://shop.example/j/" in link
    (card,) = desk.shop.platform.to(CARD)
    assert card.body["groupchat"] == {"chat_id": "wrPETS0", "wording": "点一下进「宠物总群」"}


async def joins(desk: KfLog, chat: str) -> None:
    desk.shop.platform.world.seats[chat] = [ADA]
    await desk.shop.deliver(group_changed(chat, ADA, at_s=int(desk.shop.hand())))
    await desk.shop.settle_down(wait_s=5)


async def test_the_in_group_benefit_goes_where_the_member_last_spoke(desk: KfLog) -> None:
    await desk.types("宠物群")
    await joins(desk, "wrPETS0")
    assert "欢迎来到宠物总群" in desk.sent()[-1]
    assert "进群礼" in desk.sent()[-1]
    assert await desk.shop.one("SELECT sent FROM talk") == 2


async def test_what_nobody_asked_for_stops_at_four_messages_and_answers_do_not(
    desk: KfLog,
) -> None:
    await desk.types("宠物群")
    await desk.shop.run("UPDATE talk SET sent = 4")
    await joins(desk, "wrPETS0")
    assert len(desk.sent()) == 1
    desk.shop.hand.move(1)
    assert len(await desk.types("领券")) == 1
    assert await desk.shop.one("SELECT sent FROM talk") == 1


# --- one person, many doors ---


async def test_a_conversation_moves_with_the_member_it_turns_out_to_be(desk: KfLog) -> None:
    desk.shop.platform.world.unionids |= {"ada": "U", ADA: "U"}
    await desk.shop.say("ada", followed("ada"))
    await desk.shop.settle_down()
    desk.shop.hand.move(1)
    await desk.types("领券")
    older = await desk.shop.one("SELECT id FROM person ORDER BY created_us")
    assert await desk.shop.one("SELECT count(*) FROM person WHERE merged_into IS NULL") == 1
    assert await desk.shop.one("SELECT person_id FROM talk") == older
    assert len(await desk.types("鸡蛋")) == 1


# --- pages, and kills between them ---


@pytest.mark.parametrize("answered", [False, True])
async def test_a_kill_between_pages_loses_nothing_and_doubles_nothing(
    desk: KfLog, answered: bool
) -> None:
    desk.page = 2
    for number, text in enumerate(("领券", "啥", "鸡蛋", "退订", "几点")):
        desk.put(said(f"m{number}", text))
    await desk.shop.deliver(desk.bell())
    while await desk.shop.decide_due() + await killed_once_at_each_pull(desk, answered):
        pass
    assert len(desk.shop.platform.to(SYNC)) == 3 * (2 if answered else 1)
    assert await desk.shop.one("SELECT count(*) FROM inbox WHERE kind = 'KfSaid'") == 5
    first, unknown, egg, no_hours = desk.sent()
    assert ("新人券" in first, "鸡蛋券" in egg) == (True, True)
    assert unknown == no_hours == "没听懂"
    assert await desk.shop.one("SELECT count(*) FROM coupon_grant") == 2
    assert await desk.shop.one("SELECT count(*) FROM effect WHERE state <> 'done'") == 0


async def killed_once_at_each_pull(desk: KfLog, answered: bool) -> int:
    """Perform what is due; each pull dies once, before it asked or with its answer unwritten."""
    shop = desk.shop
    claimed = await shop.performer.claim(1000, (0, 9))
    for row in claimed:
        if row["kind"] == "kf_pull":
            await shop.db.write(lambda tx: orphans.recover(tx, shop.shop.clock()))
            if answered:
                await shop.performer.perform(row)
            await shop.perform_due()
        else:
            await shop.performer.perform(row)
    return len(claimed)
