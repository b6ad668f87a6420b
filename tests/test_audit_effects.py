"""The auditor compares the ledger with the book: lost, doubled, made up, or unknown and why."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import (
    Attachment,
    Choice,
    Label,
    MakeJoinWay,
    Receipt,
    Remark,
    Send,
    ShowTyping,
    State,
)
from commands.audit.script import Kill
from tests.audited import NOW, OPENID, Scene, reply, scene, send, typed

CONTACT = "/cgi-bin/externalcontact"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    """An empty book beside an empty database."""
    async with scene(tmp_path) as opened:
        yield opened


async def test_an_effect_called_done_that_never_arrived_is_lost(stage: Scene) -> None:
    """Somebody between bot and platform said errcode 0."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    await stage.perform()
    (finding,) = (await stage.judged()).lost
    assert "平台没有收到" in finding.culprit
    assert "E1:oa_send:send" in finding.what
    assert "甲" in finding.what


async def test_an_answer_called_done_that_never_arrived_is_lost(stage: Scene) -> None:
    """The response was written, and what the platform got was `success`."""
    _, row = await stage.says("领券")
    await stage.owe(reply("好的"), row, inside=True)
    await stage.run("UPDATE effect SET state = 'done'")
    assert len((await stage.judged()).lost) == 1


async def test_an_answer_the_platform_took_without_showing_it_is_not_lost(stage: Scene) -> None:
    """As to somebody who is no follower: the digest in the book proves that it arrived."""
    inner = typed("领券", 1)
    stage.delivers(stage.happens(inner), answer="text 0123456789abcdef")
    row = await stage.accept(inner)
    await stage.owe(reply("好的"), row, inside=True)
    await stage.run("UPDATE effect SET state = 'done'")
    assert (await stage.judged()).ok


async def test_labels_and_remarks_called_done_that_never_arrived_are_lost(stage: Scene) -> None:
    """They may be repeated, so one call that was taken is enough; none is too few."""
    _, row = await stage.says("领券")
    await stage.owe(Label(account="oa", member=OPENID, add=("门店/S012",)), row)
    await stage.owe(Remark(account="corp", staff="bo", member="wmADA", text="良渚店·甲"), row)
    await stage.owe(MakeJoinWay(account="corp", chat="wrPETS", state="s"), row)
    await stage.perform()
    await stage.perform()
    assert len((await stage.judged()).lost) == 3


async def test_a_message_executed_twice_is_doubled_and_the_way_between_is_blamed(
    stage: Scene,
) -> None:
    """The ledger tried once."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    await stage.perform()
    stage.sent("券码")
    stage.sent("券码")
    (finding,) = (await stage.judged()).doubled
    assert "账本只发了 1 次" in finding.culprit


async def test_a_message_the_ledger_sent_twice_is_doubled_and_the_ledger_is_blamed(
    stage: Scene,
) -> None:
    """An effect without a key was tried again."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    await stage.perform(Receipt(state=State.READY, phase="written"))
    await stage.perform()
    stage.sent("券码")
    stage.sent("券码")
    (finding,) = (await stage.judged()).doubled
    assert "账本重发" in finding.culprit


async def test_an_answer_that_came_both_ways_is_doubled(stage: Scene) -> None:
    """Inside the response, and once more as a message."""
    happening, row = await stage.says("领券")
    await stage.owe(reply("好的"), row)
    await stage.perform()
    stage.shows("好的", happening=happening)
    stage.sent("好的")
    (finding,) = (await stage.judged()).doubled
    assert "客服消息" in finding.culprit


async def test_a_message_that_arrived_although_the_ledger_says_it_failed_is_wrong(
    stage: Scene,
) -> None:
    """The customer has it; the receipt is false."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    await stage.perform(Receipt(state=State.FAILED, code=45015))
    stage.sent("券码")
    assert [one.culprit for one in (await stage.judged()).wrong] == ["回执写错了"]


async def test_a_message_nobody_owed_is_a_ghost(stage: Scene) -> None:
    """Somebody has the token."""
    stage.sent("您中奖了")
    (finding,) = (await stage.judged()).ghosts
    assert "access_token" in finding.culprit
    assert finding.who == "甲"


async def test_an_answer_nobody_owed_is_a_ghost(stage: Scene) -> None:
    """It was shown for a callback, and the ledger knows nothing of it."""
    happening, _ = await stage.says("领券")
    stage.shows("好的", happening=happening)
    assert len((await stage.judged()).ghosts) == 1


@pytest.mark.parametrize(
    ("api", "args"),
    [
        ("send_welcome_msg", {"welcome_code": "WC"}),
        ("remark", {"userid": "bo", "external_userid": "wmADA", "remark": "甲"}),
        ("mark_tag", {"userid": "bo", "external_userid": "wmADA", "add_tag": ["t1"]}),
        ("groupchat/add_join_way", {"chat_id_list": ["wrPETS"]}),
        ("add_contact_way", {"user": ["bo"]}),
    ],
)
async def test_a_change_nobody_owed_is_a_ghost(
    stage: Scene, api: str, args: dict[str, object]
) -> None:
    """Whatever API made it."""
    stage.called(f"{CONTACT}/{api}", args=args)
    assert len((await stage.judged()).ghosts) == 1


async def test_a_label_that_was_not_owed_is_a_ghost_beside_one_that_was(stage: Scene) -> None:
    """The contact is the same, the label is not."""
    _, row = await stage.says("领券")
    await stage.owe(Label(account="oa", member=OPENID, add=("门店/S012",)), row)
    await stage.perform()
    api, args = "/cgi-bin/tags/members/batchtagging", {"openid_list": [OPENID], "tagid": 101}
    stage.called(api, args=args, effect={"tag": 101, "name": "门店/S012", "fans": ["甲"]})
    assert (await stage.judged()).ok
    stage.called(api, args=args, effect={"tag": 102, "name": "黑名单", "fans": ["甲"]})
    assert len((await stage.judged()).ghosts) == 1


async def test_two_edits_of_one_contact_at_once_are_wrong(stage: Scene) -> None:
    """The platform refuses one of them on a bad day."""
    stage.called("/cgi-bin/tags/members/batchtagging", effect=None, overlap=True)
    assert len((await stage.judged()).wrong) == 1


async def test_an_effect_nobody_carried_out_is_lost(stage: Scene) -> None:
    """It was owed and is still ready."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    (finding,) = (await stage.judged()).lost
    assert "没有走完" in finding.culprit


async def test_an_effect_under_way_that_the_platform_answered_has_lost_its_receipt(
    stage: Scene,
) -> None:
    """The book shows the call as through."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    await stage.claim()
    stage.sent("券码", at=0.1)
    (finding,) = (await stage.judged()).lost
    assert finding.culprit.startswith("回执没有写下")


async def test_an_unknown_effect_is_explained_by_the_kill_that_cut_it(stage: Scene) -> None:
    """The call was through only a moment before; the promise it would have kept is in doubt."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    await stage.claim()
    stage.kills.append(Kill(at=NOW + 0.2, number=7))
    await stage.restart(1)
    stage.promise("shown", "券码")
    found = await stage.judged()
    assert found.ok, found.explain()
    assert found.last_line.endswith("unknown 1")
    assert "第 7 次强杀" in found.explain()[0]


async def test_an_unknown_effect_whose_call_was_long_through_has_lost_its_receipt(
    stage: Scene,
) -> None:
    """Two seconds are enough to write it down."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    await stage.claim()
    stage.sent("券码", at=0.1)
    stage.kills.append(Kill(at=NOW + 2.1, number=7))
    await stage.restart(3)
    found = await stage.judged()
    assert len(found.unknown) == 1
    assert [one.culprit for one in found.wrong] == ["回执没有写下"]


async def test_an_unknown_effect_without_any_break_is_wrong(stage: Scene) -> None:
    """Nothing was killed, no exchange was cut."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    await stage.perform(Receipt(state=State.UNKNOWN))
    found = await stage.judged()
    assert (len(found.unknown), len(found.wrong)) == (1, 1)


async def test_an_unknown_effect_is_explained_by_an_answer_that_was_cut(stage: Scene) -> None:
    """A fault of the twin's script, visible in its book."""
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    await stage.perform(Receipt(state=State.UNKNOWN, meaning="应答断在路上"))
    args = {"touser": OPENID, "text": {"content": "券码"}}
    api = "/cgi-bin/message/custom/send"
    stage.called(api, args=args, fault="reset_after", answered=False)
    found = await stage.judged()
    assert found.ok, found.explain()
    assert "reset_after" in found.explain()[0]


SAY = "/cgi-bin/message/custom/send"
CARD = Send(
    account="oa", openid=OPENID, text="", name="link",
    link=Attachment(title="会员", url="https://shop.example/m"),
)  # fmt: skip
PICTURE = Send(account="oa", openid=OPENID, text="", image="map.png", name="image")


async def test_a_card_a_picture_and_a_menu_are_found_in_the_calls(stage: Scene) -> None:
    """Each is one message, whatever its words are."""
    _, row = await stage.says("会员")
    menu = Send(account="oa", openid=OPENID, text="您好", menu=(Choice(id="m1", content="领券"),))
    for action in (CARD, PICTURE, menu):
        await stage.owe(action, row)
        await stage.perform()
    assert len((await stage.judged()).lost) == 3
    for args in (
        {"msgtype": "news", "news": {"articles": [{"title": "会员"}]}},
        {"msgtype": "image", "image": {"media_id": "M1"}},
        {"msgtype": "msgmenu", "msgmenu": {"head_content": "您好", "list": [{"content": "领券"}]}},
    ):
        stage.called(SAY, args={"touser": OPENID, **args})
    assert (await stage.judged()).ok


async def test_a_menu_that_an_account_got_as_text_is_the_same_message(stage: Scene) -> None:
    """A test account refuses the menu and takes its lines in the text."""
    _, row = await stage.says("会员")
    menu = Send(account="oa", openid=OPENID, text="您好", menu=(Choice(id="m1", content="领券"),))
    await stage.owe(menu, row)
    await stage.perform()
    stage.sent("您好\n回复：领券")
    assert (await stage.judged()).ok


async def test_a_picture_nobody_owed_is_a_ghost_and_a_second_one_is_doubled(stage: Scene) -> None:
    """A picture has no words, but it counts."""
    args = {"touser": OPENID, "msgtype": "image", "image": {"media_id": "M1"}}
    stage.called(SAY, args=args)
    assert len((await stage.judged()).ghosts) == 1
    _, row = await stage.says("会员")
    await stage.owe(PICTURE, row)
    await stage.perform()
    stage.called(SAY, args=args)
    assert len((await stage.judged()).doubled) == 1


async def test_typing_shown_without_being_owed_is_a_ghost(stage: Scene) -> None:
    """And typing that was owed is found."""
    typing = {"touser": OPENID, "command": "Typing"}
    stage.called("/cgi-bin/message/custom/typing", args=typing)
    assert len((await stage.judged()).ghosts) == 1
    _, row = await stage.says("会员")
    await stage.owe(ShowTyping(account="oa", openid=OPENID), row)
    await stage.perform()
    assert (await stage.judged()).ok
