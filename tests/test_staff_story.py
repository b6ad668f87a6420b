"""Employees served, against the twin: asked in a group, alone and in the app; answered there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import Button, SendCard, UpdateCard
from bot.db import ledger
from tests.twin_shop import TwinShop, twin_shop

CHAT = "wrINNER_S012"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[TwinShop]:
    async with twin_shop(tmp_path) as one:
        await one.scene.control("settings", {"stream_poll_s": 0.02})
        yield one


async def clean(shop: TwinShop) -> None:
    """Nothing lost, nothing doubled, nothing from nowhere, by the twin's own book."""
    await shop.settled()
    told = await shop.audited("xiaowang", "dianzhang", "甲")
    assert (told.lost, told.doubled, told.ghosts, told.wrong) == ((), (), (), ())


async def test_a_question_in_the_group_is_answered_before_everybody(shop: TwinShop) -> None:
    await shop.act("scan_oa", "甲", poster="poster-S012-door")
    await shop.act("mention_bot", "小王", chat_id=CHAT, text="今天谁没领券")

    for who in ("xiaowang", "dianzhang"):
        seen = await shop.read(who, "今天到店 1 位会员")
        assert "尾号" in seen["text"]
        assert shop.scene.openid("甲") not in seen["text"]
    await clean(shop)


async def test_alone_with_the_bot_an_employee_is_greeted_and_answered(shop: TwinShop) -> None:
    await shop.act("enter_bot", "小王")
    await shop.act("ask_bot", "小王", text="群满了吗")

    assert "可以问我" in (await shop.read("xiaowang", "您好，我是店小二"))["text"]
    assert "还有" in (await shop.read("xiaowang", "的群："))["text"]
    await clean(shop)


async def test_a_slow_answer_ends_the_stream_it_began(shop: TwinShop) -> None:
    shop.worker.able.clear()
    shop.worker._times = type(shop.worker._times)(answer_within_s=0.05)
    await shop.act("ask_bot", "小王", text="帮助", wait_s=0.3)
    assert "今天谁没领券" not in str(await shop.scene.phone("xiaowang"))
    shop.worker.able.set()

    seen = await shop.read("xiaowang", "今天谁没领券")

    (stream,) = seen["attachments"]
    assert (stream["type"], stream["finish"]) == ("stream", True)
    assert stream["steps"] >= 1
    await clean(shop)


async def test_the_app_answers_who_types_to_it(shop: TwinShop) -> None:
    await shop.act("app_type", "小王", text="今天核销")

    seen = await shop.read("xiaowang", "今天还没有核销")

    assert seen["via"] == "app"
    await clean(shop)


async def test_an_employee_outside_the_sheet_is_told_so(shop: TwinShop) -> None:
    await shop.act("app_type", "dianzhang", text="群满了吗")

    assert "没有企业微信账号「dianzhang」" in (await shop.read("dianzhang", "staff.csv"))["text"]


async def test_redelivered_questions_are_answered_once(shop: TwinShop) -> None:
    await shop.scene.control("settings", {"redeliver_share": 1.0})
    await shop.act("mention_bot", "小王", chat_id=CHAT, text="帮助")
    await shop.act("app_type", "小王", text="今天领券")
    await shop.read("xiaowang", "可以问我")
    await shop.read("xiaowang", "今天还没有领券")

    said = await shop.rows(
        "SELECT id FROM effect WHERE kind = 'aibot_reply' OR key LIKE '%:send:%'"
    )
    assert len(said) == 2
    await clean(shop)


async def test_a_card_is_sent_tapped_and_updated(shop: TwinShop) -> None:
    card = SendCard(
        account="wecom-main", staff="xiaowang", task="task-1", title="请在群里回复",
        text="7 点开门", buttons=(Button(key="sent", text="已发送"),),
    )  # fmt: skip
    await owe(shop, card)
    seen = await shop.read("xiaowang", "请在群里回复")
    told = await shop.act("tap_button", "小王", key="sent")
    await shop.settled()
    (event,) = await shop.rows("SELECT body FROM inbox WHERE kind = 'CardSent'")
    code = event["body"].decode().split('"response_code":"')[1].split('"')[0]
    await owe(
        shop,
        UpdateCard(
            account="wecom-main",
            staff="xiaowang",
            task="task-1",
            response_code=code,
            text="已发送 ✓",
        ),
    )
    await shop.settled()

    assert seen["attachments"][0]["task_id"] == told["task_id"] == "task-1"
    newest = await shop.read("xiaowang", "请在群里回复")
    assert newest["attachments"][0]["replace_name"] == "已发送 ✓"
    states = await shop.rows("SELECT state FROM effect")
    assert {row["state"] for row in states} == {"done"}


async def owe(shop: TwinShop, action: SendCard | UpdateCard) -> None:
    owing = ledger.Owing(inbox=0, event_id=f"E-{action.kind}", person=None, now_us=1)
    await shop.db.write(lambda tx: ledger.owe(tx, action, owing))
