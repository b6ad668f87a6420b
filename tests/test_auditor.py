"""The auditor finds every kind of lie in the callbacks and effects, and names who told it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import Label, MakeJoinWay, Receipt, Remark, State, WelcomeContact
from commands.script import Kill
from tests.audited import NOW, OPENID, Scene, reply, scene, send, typed

CONTACT = "/cgi-bin/externalcontact"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    """An empty book beside an empty database."""
    async with scene(tmp_path) as opened:
        yield opened


async def test_an_honest_day_has_no_findings(stage: Scene) -> None:
    """One answer inside the response, one message, one welcome; everything on both sides once."""
    happening, row = await stage.says("领券")
    stage.shows("好的", happening=happening)
    await stage.owe(reply("好的"), row, inside=True)
    await stage.run("UPDATE effect SET state = 'done'")
    await stage.owe(send("再见"), row)
    await stage.owe(WelcomeContact(account="corp", code="WC", text="你好"), row)
    await stage.perform()
    stage.sent("再见")
    stage.called(f"{CONTACT}/send_welcome_msg", args={"welcome_code": "WC"})
    found = await stage.judged()
    assert found.ok, found.explain()
    assert found.last_line == "book: sent 1, answered 1, asked 2; lost 0, doubled 0, unknown 0"


async def test_a_callback_that_was_answered_and_not_kept_is_lost(stage: Scene) -> None:
    """Nobody counted a repeat, so it was not the dedupe key: somebody else answered."""
    stage.delivers(stage.happens(typed("领劵", 1)))
    found = await stage.judged()
    assert not found.ok
    (line,) = found.explain()
    assert line == (
        "丢失：回调 H000001（甲「领劵」）应当在收件箱里有一行（它被应答了 200），实际没有；"
        "嫌疑：应答者不是店小二"
    )


async def test_a_callback_that_the_dedupe_key_swallowed_is_lost_and_the_key_is_blamed(
    stage: Scene,
) -> None:
    """The first row counted a repeat that the platform never sent."""
    for number in (1, 2):
        inner = typed("领券", number)
        stage.delivers(stage.happens(inner))
        await stage.accept(inner, dedupe="always the same", decided=number == 1)
    found = await stage.judged()
    assert ["去重键" in one.culprit for one in found.lost] == [True]


async def test_a_callback_kept_twice_is_doubled(stage: Scene) -> None:
    """As by a dedupe key that is different each time."""
    inner = typed("领券", 1)
    happening = stage.happens(inner)
    for number in (1, 2):
        stage.delivers(happening)
        await stage.accept(inner, dedupe=f"by the clock {number}")
    found = await stage.judged()
    assert ["去重键" in one.culprit for one in found.doubled] == [True]


async def test_a_redelivered_callback_is_no_finding(stage: Scene) -> None:
    """Three deliveries, the first unanswered, one row."""
    inner = typed("领券", 1)
    happening = stage.happens(inner)
    await stage.accept(inner, decided=False)
    for trouble in ("timeout", "", ""):
        stage.delivers(happening, trouble=trouble)
    await stage.accept(inner)
    assert (await stage.judged()).ok


async def test_a_row_nobody_sent_is_a_ghost(stage: Scene) -> None:
    """Somebody has the keys of the account."""
    await stage.accept(typed("领券", 1))
    found = await stage.judged()
    assert found.last_line.endswith("lost 0, doubled 0, unknown 0, ghost 1")


async def test_a_callback_given_up_by_the_platform_is_wrong(stage: Scene) -> None:
    """It is not lost after a 200, and still nobody heard the customer."""
    stage.delivers(stage.happens(typed("领券", 1)), trouble="ClientOSError")
    found = await stage.judged()
    assert ["ClientOSError" in one.found for one in found.wrong] == [True]


async def test_a_delivery_the_twin_lost_on_purpose_is_no_finding(stage: Scene) -> None:
    """It is a fault of the script, not of the bot."""
    stage.delivers(stage.happens(typed("领券", 1)), trouble="lost")
    assert (await stage.judged()).ok


async def test_a_row_that_was_never_decided_is_lost(stage: Scene) -> None:
    """The error that stopped it is told."""
    inner = typed("领券", 1)
    stage.delivers(stage.happens(inner))
    await stage.accept(inner, decided=False)
    await stage.run("UPDATE inbox SET attempts = 2, error = 'OperationalError: no index'")
    (finding,) = (await stage.judged()).lost
    assert "OperationalError: no index" in finding.line()


async def test_a_row_whose_handler_always_fails_is_wrong(stage: Scene) -> None:
    """Quarantine is for what cannot be read; a fault of ours must be seen."""
    await stage.says("领券")
    await stage.run("UPDATE inbox SET state = 'quarantined', attempts = 5, error = 'KeyError'")
    assert ["KeyError" in one.found for one in (await stage.judged()).wrong] == [True]


async def test_the_fault_text_on_a_phone_is_wrong(stage: Scene) -> None:
    """The callback was answered, but in a shape the platform could not show."""
    happening, _ = await stage.says("领券")
    stage.shows("该公众号提供的服务出现故障", via="fault", happening=happening)
    assert ["服务出现故障" in one.found for one in (await stage.judged()).wrong] == [True]


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
    await stage.perform(Receipt(state=State.UNKNOWN))
    args = {"touser": OPENID, "text": {"content": "券码"}}
    api = "/cgi-bin/message/custom/send"
    stage.called(api, args=args, fault="reset_after", answered=False)
    found = await stage.judged()
    assert found.ok, found.explain()
    assert "reset_after" in found.explain()[0]
