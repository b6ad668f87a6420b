"""Customer service: each effect leaves as the platform takes it, and comes to one receipt."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import (
    Choice,
    InviteKf,
    PullKf,
    ReadKfCustomer,
    Remote,
    Reply,
    SendKf,
    State,
    TransKf,
    WelcomeKf,
)
from bot.db import ledger
from bot.events import Alias, AliasKind, ProfileRead
from bot.platforms.kf import calls
from tests.callbacks import CORP
from tests.kf_desk import PULL, SYNC, Desk, customer_service, never_answered
from tests.kf_items import ADA, KF
from tests.little_shop import NOW_US
from tests.platform import fine, refused

SEND = SendKf(account="corp", kf=KF, member=ADA, text="您好")
WELCOME = WelcomeKf(account="corp", code="WC", text="欢迎")
TRANS = TransKf(account="corp", kf=KF, member=ADA, state=1)
INVITE = InviteKf(account="corp", kf=KF, member=ADA, chat="wrPETS", wording="来宠物群")
ADA_HERE = Alias(AliasKind.EXTERNAL_USERID, CORP, ADA)
READ = ReadKfCustomer(account="corp", alias=ADA_HERE)
SENDING, STATE = "kf/send_msg", "kf/service_state/get"
API = {
    PullKf: SYNC,
    SendKf: SENDING,
    WelcomeKf: "kf/send_msg_on_event",
    TransKf: "kf/service_state/trans",
    InviteKf: "kf/customer/upgrade_service",
    ReadKfCustomer: "kf/customer/batchget",
}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with customer_service(tmp_path) as one:
        yield one


# --- sending ---


async def test_a_message_leaves_under_an_id_of_its_own(desk: Desk) -> None:
    assert (await desk.do(SEND)).state is State.DONE
    await desk.do(SEND)

    first, second = (asked.body for asked in desk.platform.to(SENDING))
    assert first == {
        "touser": ADA, "open_kfid": KF, "msgid": first["msgid"], "msgtype": "text",
        "text": {"content": "您好"},
    }  # fmt: skip
    assert re.fullmatch(r"[0-9a-zA-Z_-]{1,32}", first["msgid"])
    assert first["msgid"] != second["msgid"]


async def test_a_message_that_was_cut_off_is_unknown_and_an_operator_sends_it_under_the_same_id(
    desk: Desk,
) -> None:
    desk.platform.answers[SENDING] = never_answered
    row = await desk.owe(SEND)
    assert (await desk.performer.perform(row)).state is State.UNKNOWN

    await desk.db.write(lambda tx: ledger.resolve(tx, row["id"], "retry", NOW_US))
    (again,) = await desk.performer.claim(1, (0, 9))
    await desk.performer.perform(again)
    first, second = desk.platform.to(SENDING)
    assert first.body == second.body


async def test_a_menu_offers_lines_to_tap_and_links_to_open(desk: Desk) -> None:
    menu = (Choice(id="human", content="找人工"), Choice(id="", content="领券", url="https://s/1"))
    await desk.do(replace(SEND, text="您想", menu=menu))

    body = desk.platform.to(SENDING)[0].body
    assert body["msgtype"] == "msgmenu"
    assert body["msgmenu"] == {
        "head_content": "您想",
        "list": [
            {"type": "click", "click": {"id": "human", "content": "找人工"}},
            {"type": "view", "view": {"url": "https://s/1", "content": "领券"}},
        ],
    }


async def test_what_is_too_long_is_cut_at_a_character(desk: Desk) -> None:
    await desk.do(replace(SEND, text="好" * 1000))
    await desk.do(replace(SEND, text="好" * 1000, menu=(Choice(id="a", content="好" * 100),)))

    text, menu = (asked.body for asked in desk.platform.to(SENDING))
    assert text["text"]["content"] == "好" * 681 + "…"
    assert menu["msgmenu"]["head_content"] == "好" * 340 + "…"
    assert menu["msgmenu"]["list"][0]["click"]["content"] == "好" * 41 + "…"


async def test_a_welcome_goes_out_by_its_code_and_may_be_repeated(desk: Desk) -> None:
    desk.platform.answers[API[WelcomeKf]] = never_answered
    row = await desk.owe(WELCOME)
    assert (await desk.performer.perform(row)).state is State.READY

    desk.hand.move(1)
    (again,) = await desk.performer.claim(1, (0, 0))
    await desk.performer.perform(again)
    first, second = desk.platform.to(API[WelcomeKf])
    assert first.body == second.body
    assert (first.body["code"], first.body["text"]) == ("WC", {"content": "欢迎"})
    assert "touser" not in first.body


# --- handing over, inviting, asking who it is ---


async def test_a_conversation_is_handed_to_a_person_on_duty(desk: Desk) -> None:
    desk.platform.answers[API[TransKf]] = lambda _: fine(msg_code="MC")
    receipt = await desk.do(replace(TRANS, state=3, servicer="bo"))

    assert (receipt.state, receipt.outcome) == (State.DONE, {"msg_code": "MC"})
    assert desk.platform.to(API[TransKf])[0].body == {
        "open_kfid": KF, "external_userid": ADA, "service_state": 3, "servicer_userid": "bo",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("action", "stands", "state"),
    [
        (TRANS, {"service_state": 1}, State.DONE),
        (TRANS, {"service_state": 3, "servicer_userid": "bo"}, State.FAILED),
        (TRANS, {}, State.FAILED),
        (TRANS, {"service_state": "1"}, State.DONE),
        (TRANS, {"service_state": "one"}, State.FAILED),
        (replace(TRANS, state=3, servicer="bo"), {"service_state": 3}, State.FAILED),
        (
            replace(TRANS, state=3, servicer="bo"),
            {"service_state": 3, "servicer_userid": "bo"},
            State.DONE,
        ),
    ],
)
async def test_a_refused_change_is_done_where_it_stands_already(
    desk: Desk, action: TransKf, stands: dict[str, object], state: State
) -> None:
    desk.platform.answers[API[TransKf]] = lambda _: refused(95016)
    desk.platform.answers[STATE] = lambda _: fine(**stands)
    receipt = await desk.do(action)

    assert (receipt.state, receipt.code) == (state, 95016)
    assert desk.platform.to(STATE)[0].body == {"open_kfid": KF, "external_userid": ADA}


async def test_a_refused_change_says_how_the_conversation_stands(desk: Desk) -> None:
    desk.platform.answers[API[TransKf]] = lambda _: refused(95016)
    desk.platform.answers[STATE] = lambda _: fine(service_state=3)

    assert "人工接待" in (await desk.do(TRANS)).meaning


async def test_a_refused_change_that_cannot_be_read_back_is_tried_again(desk: Desk) -> None:
    desk.platform.answers[API[TransKf]] = lambda _: refused(95016)
    desk.platform.answers[STATE] = never_answered

    assert (await desk.do(TRANS)).state is State.READY


async def test_a_customer_is_invited_into_a_group(desk: Desk) -> None:
    assert (await desk.do(INVITE)).state is State.DONE
    assert desk.platform.to(API[InviteKf])[0].body == {
        "open_kfid": KF, "external_userid": ADA, "type": 2,
        "groupchat": {"chat_id": "wrPETS", "wording": "来宠物群"},
    }  # fmt: skip


async def test_a_customer_is_known_by_unionid_and_name(desk: Desk) -> None:
    found = {"external_userid": ADA, "nickname": "Ada", "unionid": "U1"}
    desk.platform.answers[API[ReadKfCustomer]] = lambda _: fine(customer_list=[{}, found])
    await desk.do(READ)

    (read,) = await desk.events()
    assert isinstance(read, ProfileRead)
    assert (read.who, read.unionid, read.name) == (ADA_HERE, "U1", "Ada")
    assert desk.platform.to(API[ReadKfCustomer])[0].body["external_userid_list"] == [ADA]


async def test_a_customer_the_platform_does_not_know_is_no_event(desk: Desk) -> None:
    answer = fine(customer_list=[], invalid_external_userid=[ADA])
    desk.platform.answers[API[ReadKfCustomer]] = lambda _: answer

    assert (await desk.do(READ)).state is State.FAILED
    assert await desk.events() == []


# --- what the platform answers ---


@pytest.mark.parametrize(
    ("action", "code", "state"),
    [
        (PULL, 45009, State.READY),
        (PULL, 95000, State.FAILED),
        (replace(PULL, token=""), 95007, State.FAILED),
        (SEND, -1, State.READY),
        (SEND, 95001, State.FAILED),
        (SEND, 95002, State.FAILED),
        (SEND, 95013, State.FAILED),
        (SEND, 95018, State.FAILED),
        (WELCOME, 45033, State.READY),
        (WELCOME, 95013, State.FAILED),
        (TRANS, 95014, State.FAILED),
        (INVITE, 95015, State.FAILED),
        (INVITE, 95031, State.FAILED),
        (READ, 99999, State.FAILED),
    ],
)
async def test_a_refusal_is_sorted_and_says_what_it_means(
    desk: Desk, action: Remote, code: int, state: State
) -> None:
    desk.platform.answers[API[type(action)]] = lambda _: refused(code)
    receipt = await desk.do(action)

    assert (receipt.state, receipt.code) == (state, code)
    assert receipt.meaning


async def test_a_stranger_among_the_effects_is_refused_with_its_name(desk: Desk) -> None:
    receipt = await calls.perform(Reply(account="corp", openid="o", text=""), desk.port, 1)

    assert receipt.state is State.FAILED
    assert "oa_reply" in receipt.meaning
