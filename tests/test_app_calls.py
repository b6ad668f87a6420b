"""The app's messages to employees: text, cards with buttons, and the one update of each."""

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.actions import Button, Receipt, Remote, SendApp, SendCard, State, UpdateCard
from bot.codec import action_from_json, action_to_json
from bot.events import CardSent, CardTapped, GroupGrew, Notice, StaffSaid
from bot.platforms.wecom.gate import decode
from bot.platforms.wire import Answer, Phase
from tests.bot_letters import app_said, app_tapped
from tests.callbacks import CORP, group_changed
from tests.platform import fine, refused
from tests.rooms import AGENTID, Installed, installed

SEND, UPDATE = "message/send", "message/update_template_card"
TEXT = SendApp(account="corp", staff="xiaowang", text="您好")
CARD = SendCard(
    account="corp", staff="xiaowang", task="task-1", title="请在群里回复", text="7 点开门",
    buttons=(Button(key="sent", text="已发送"), Button(key="skip", text="不用发")),
)  # fmt: skip
UPDATED = UpdateCard(
    account="corp", staff="xiaowang", task="task-1", response_code="RC", text="已发送 ✓"
)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


async def performed(shop: Installed, action: Remote, attempts: int = 1) -> Receipt:
    door = shop.performer._doors["corp"]
    return await door.call(action, door.port, attempts)


def body(shop: Installed, api: str) -> Any:
    (call,) = shop.platform.to(api)
    return call.body


# --- what comes in ---


def test_an_employee_types_to_the_app() -> None:
    event = decode("corp", CORP, app_said("今天领券", 7_000_000_000_000_000_001))

    assert isinstance(event, StaffSaid)
    assert (event.staff, event.text) == ("xiaowang", "今天领券")
    assert (event.msg_id, event.who, event.occasion) == ("7000000000000000001", None, "text")


def test_an_employee_taps_a_button() -> None:
    event = decode("corp", CORP, app_tapped("task-1", "sent"))

    assert isinstance(event, CardTapped)
    assert (event.staff, event.task, event.key) == ("xiaowang", "task-1", "sent")
    assert event.response_code == "RC"


@pytest.mark.parametrize(
    "message",
    [
        app_said("hi", 1).replace("<AgentID>1000002</AgentID>", ""),
        app_said("hi", 1).replace("<MsgId>1</MsgId>", ""),
        app_said("hi", 1, staff="sys"),
        app_said("hi", 1, staff=""),
        app_said("hi", 1).replace(">text<", ">image<"),
        app_tapped("", "sent"),
        app_tapped("task-1", "sent").replace("template_card_event", "enter_agent"),
    ],
)
def test_what_no_employee_said_to_the_app_is_kept_as_it_is(message: str) -> None:
    assert isinstance(decode("corp", CORP, message), Notice)


def test_what_customers_do_is_still_read() -> None:
    assert isinstance(decode("corp", CORP, group_changed("wr1", "wm1")), GroupGrew)


# --- what goes out ---


async def test_a_text_goes_to_one_employee_from_our_app(shop: Installed) -> None:
    receipt = await performed(shop, TEXT)

    assert receipt.state is State.DONE
    assert body(shop, SEND) == {
        "touser": "xiaowang",
        "agentid": AGENTID,
        "safe": 0,
        "msgtype": "text",
        "text": {"content": "您好"},
    }


async def test_a_long_text_is_cut_at_a_character_and_says_so(shop: Installed) -> None:
    await performed(shop, dataclasses.replace(TEXT, text="券" * 1_000))

    content = body(shop, SEND)["text"]["content"]
    assert len(content.encode()) <= 2048
    assert content.endswith("券…")


async def test_a_card_fits_the_platform_and_tells_the_code_that_updates_it(
    shop: Installed,
) -> None:
    shop.platform.answers[SEND] = lambda _: fine(response_code="RC9", invaliduser="")
    long = dataclasses.replace(CARD, title="题" * 40, text="字" * 200)

    receipt = await performed(shop, long)

    card = body(shop, SEND)["template_card"]
    assert card["card_type"] == "button_interaction"
    assert card["task_id"] == "task-1"
    assert (len(card["main_title"]["title"]), len(card["sub_title_text"])) == (26, 112)
    assert [(one["text"], one["key"]) for one in card["button_list"]] == [
        ("已发送", "sent"),
        ("不用发", "skip"),
    ]
    assert receipt.events == (CardSent(account="corp", task="task-1", response_code="RC9"),)


async def test_a_card_that_no_code_came_with_is_still_sent(shop: Installed) -> None:
    receipt = await performed(shop, CARD)

    assert (receipt.state, receipt.events) == (State.DONE, ())


async def test_an_employee_the_platform_does_not_know_was_not_reached(shop: Installed) -> None:
    shop.platform.answers[SEND] = lambda _: fine(invaliduser="xiaoli|xiaowang")

    receipt = await performed(shop, TEXT)

    assert receipt.state is State.FAILED
    assert "xiaowang" in receipt.meaning


@pytest.mark.parametrize(
    ("code", "words"), [(81013, "成员"), (301002, "agentid"), (40056, "agentid")]
)
async def test_a_refusal_says_what_to_do(shop: Installed, code: int, words: str) -> None:
    shop.platform.answers[SEND] = lambda _: refused(code)

    receipt = await performed(shop, TEXT)

    assert (receipt.state, receipt.code) == (State.FAILED, code)
    assert words in receipt.meaning


async def test_over_the_limit_we_wait(shop: Installed) -> None:
    shop.platform.answers[SEND] = lambda _: refused(45009)

    receipt = await performed(shop, TEXT)

    assert (receipt.state, receipt.retry_s) == (State.READY, 60)


@pytest.mark.parametrize("action", [TEXT, CARD])
async def test_a_message_whose_answer_was_lost_is_unknown(shop: Installed, action: Remote) -> None:
    shop.platform.answers[SEND] = lambda _: Answer(phase=Phase.WRITTEN, trouble="cut")

    assert (await performed(shop, action)).state is State.UNKNOWN


async def test_the_buttons_of_a_card_become_a_word(shop: Installed) -> None:
    receipt = await performed(shop, UPDATED)

    assert receipt.state is State.DONE
    assert body(shop, UPDATE) == {
        "userids": ["xiaowang"],
        "agentid": AGENTID,
        "response_code": "RC",
        "button": {"replace_name": "已发送 ✓"},
    }


@pytest.mark.parametrize(("attempts", "state"), [(1, State.FAILED), (2, State.DONE)])
async def test_a_code_that_our_first_try_spent_is_no_failure(
    shop: Installed, attempts: int, state: State
) -> None:
    shop.platform.answers[UPDATE] = lambda _: refused(40058)

    assert (await performed(shop, UPDATED, attempts)).state is state


@pytest.mark.parametrize("action", [TEXT, CARD, UPDATED])
def test_every_effect_survives_the_row_it_waits_in(action: Remote) -> None:
    assert action_from_json(action.kind, action_to_json(action)) == action


# --- both ways ---


async def test_an_employee_who_types_to_the_app_is_answered_there_once(shop: Installed) -> None:
    for _ in range(2):
        await shop.deliver(app_said("群满了吗", 1), "corp")
    await shop.settle_down()

    assert "良渚宠物一群" in body(shop, SEND)["text"]["content"]
    assert await shop.one("SELECT count(*) FROM inbox") == 1
    assert await shop.one("SELECT count(*) FROM person") == 0
