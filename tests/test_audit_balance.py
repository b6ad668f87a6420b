"""The six sums of the accounting identity: each comes out even on an honest day, and only then."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import Receipt, State
from commands.audit.messages import leaves
from tests.audited import Scene, scene, send, typed

GRANT = (
    "INSERT INTO coupon_grant(campaign, person_id, ordinal, coupon_id, inbox_id, granted_us,"
    " expires_us) VALUES('newcomer',?,1,?,1,0,0)"
)
TRACE = "INSERT INTO trace(inbox_id, body, at_us) VALUES(?,?,0)"
NAMES = ["A1", "A2", "A3", "A4", "A5", "A6"]


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Scene]:
    async with scene(tmp_path) as opened:
        yield opened


async def uneven(stage: Scene) -> dict[str, str]:
    """Return the sums that do not come out even, each with what it says."""
    judged = await stage.judged()
    assert [one.name for one in judged.balances] == NAMES
    assert judged.ok or any(not one.holds for one in judged.balances)
    return {one.name: one.line() for one in judged.balances if not one.holds}


async def test_an_honest_day_comes_out_even_and_says_its_figures(stage: Scene) -> None:
    """Two deliveries of one message, the first of them unanswered, one answer owed and sent."""
    inner = typed("领券", 1)
    happening = stage.happens(inner)
    stage.delivers(happening, trouble="timeout")
    await stage.accept(inner, decided=False)
    stage.delivers(happening)
    row = await stage.accept(inner)
    await stage.run(TRACE, row, '{"actions": [{"kind": "oa_send"}, {"kind": "tag"}]}')
    await stage.owe(send("好的"), row)
    await stage.perform()
    stage.sent("好的")
    assert await uneven(stage) == {}
    told = (await stage.judged()).accounts()
    assert (
        told[0]
        == "A1 成立：应答 2xx 1 次 + 收下而应答没有送到 1 次 = 收件箱 1 行 + 计数的重复 1 次"
    )
    assert told[1] == "A2 成立：收件箱 1 行：done 1"
    assert told[2] == "A3 成立：计划的动作 1 个 = done 1；1 组账号与种类"
    assert [one[:5] for one in told] == [f"{name} 成立" for name in NAMES]


async def test_a_repeat_that_was_answered_and_not_counted_is_missed_by_a1(stage: Scene) -> None:
    """Nothing else notices: the first copy is there, and was decided."""
    happening, _ = await stage.says("领券")
    stage.delivers(happening)
    found = await stage.judged()
    assert not found.ok
    assert (found.lost, found.doubled, found.wrong) == ((), (), ())
    (line,) = found.explain()
    assert line.startswith("A1 不成立") and "送出 2 次、应答 2 次，记了 1 次" in line


async def test_a_repeat_that_nobody_sent_is_too_many_for_a1(stage: Scene) -> None:
    await stage.says("领券")
    await stage.accept(typed("领券", 1), decided=False)
    assert "送出 1 次、应答 1 次，记了 2 次" in (await uneven(stage))["A1"]
    stage.book("attack", account="oa", how="replay", status=200)  # somebody did send it
    assert await uneven(stage) == {}


async def test_what_the_twin_spoilt_on_the_way_was_not_sent_for_a1(stage: Scene) -> None:
    happening, _ = await stage.says("领券")
    stage.book(
        "callback", happening=happening, attempt=1, delivered=False, trouble="", answer="",
        fault="delayed+truncated_body",
    )  # fmt: skip
    assert await uneven(stage) == {}


async def test_a_row_in_no_final_state_breaks_a2(stage: Scene) -> None:
    _, row = await stage.says("领券")
    await stage.run("UPDATE inbox SET state = 'held' WHERE id = ?", row)
    assert "停在 held" in (await uneven(stage))["A2"]


async def test_an_effect_in_no_final_state_or_never_owed_breaks_a3(stage: Scene) -> None:
    _, row = await stage.says("领券")
    await stage.run(TRACE, row, '{"actions": [{"kind": "oa_send"}, {"kind": "oa_send"}]}')
    await stage.owe(send("好的"), row)
    await stage.run("UPDATE effect SET state = 'sent'")
    told = (await uneven(stage))["A3"]
    assert "停在 sent" in told and "计划了 2 个 oa_send，账本有 1 个" in told


async def test_an_unknown_that_nobody_can_look_up_breaks_a4(stage: Scene) -> None:
    _, row = await stage.says("领券")
    await stage.owe(send("券码"), row)
    await stage.perform(Receipt(state=State.UNKNOWN))
    args = {"touser": "oADA", "text": {"content": "券码"}}
    api = "/cgi-bin/message/custom/send"
    stage.called(api, args=args, fault="reset_after", answered=False)
    assert (await uneven(stage))["A4"].endswith("缺原因")
    await stage.run("UPDATE effect SET meaning = '应答断在路上', attempts = 0, sent_us = NULL")
    assert "缺发送记录" in (await uneven(stage))["A4"]


async def test_coupons_that_left_the_shelf_and_are_nobodys_break_a5(stage: Scene) -> None:
    for number in (1, 2, 3):
        await stage.run(
            "INSERT INTO coupon(id, campaign, code) VALUES(?,'newcomer',?)",
            number, f"CODE000{number}",
        )  # fmt: skip
    await stage.run(GRANT, "P1", 1)
    await stage.run("UPDATE coupon SET state = 'granted' WHERE id = 1")
    assert await uneven(stage) == {}
    await stage.run("UPDATE coupon SET state = 'granted' WHERE id = 2")
    assert "newcomer 原有 3 张、余 1 张，发了 1 张" in (await uneven(stage))["A5"]


async def test_a_share_that_was_given_twice_breaks_a5(stage: Scene) -> None:
    await stage.unguard("coupon_grant")
    for number in (1, 2):
        await stage.run(
            "INSERT INTO coupon(id, campaign, code, state) VALUES(?,'newcomer',?,'granted')",
            number, f"CODE000{number}",
        )  # fmt: skip
        await stage.run(GRANT, "P1", number)
    assert "newcomer 的一份发了 2 次" in (await uneven(stage))["A5"]


async def test_what_nobody_owed_breaks_a6(stage: Scene) -> None:
    await stage.says("领券")
    stage.sent("恭喜中奖")
    assert "来路不明 1 处" in (await uneven(stage))["A6"]


async def test_a_call_whose_effect_came_later_counts_by_what_came_of_it(stage: Scene) -> None:
    """Answered with yes at once, and booked as late; the second one came to nothing."""
    for number, text in ((1, "早"), (2, "晚")):
        _, row = await stage.says("领券", number)
        await stage.owe(send(text), row)
        await stage.perform(at=number)
        args = {"touser": "oADA", "msgtype": "text", "text": {"content": text}}
        api = "/cgi-bin/message/custom/send"
        call = stage.called(api, args=args, effect=None, fault="late_effect")
        code = 0 if text == "早" else 45015
        effect = {"shown": text} if code == 0 else None
        stage.book("late", 30, call=call, who="甲", errcode=code, effect=effect)
    found = await stage.judged()
    assert ["晚" in one.what for one in found.lost] == [True]
    assert (found.ghosts, found.wrong) == ((), ())


def test_a_message_has_the_same_leaves_in_json_as_in_xml() -> None:
    xml = "<xml><MsgId>7</MsgId><L><Item>a</Item><Item>b</Item></L></xml>"
    assert leaves('{"MsgId": 7, "L": ["a", "b"]}') == leaves(xml)
    assert leaves('{"broken') == [("", '{"broken')]
