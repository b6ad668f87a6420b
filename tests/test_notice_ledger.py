"""Notices in the ledger: how long they are repeated, what takes them back, what is reported."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.db import orphans
from bot.events import Event, RedeemAsked, RedeemUndone
from bot.platforms.oa.noticing import message_key
from bot.platforms.wire import Answer, Phase
from config.nouns import Content
from config.service_notices import NoticeField, Remind, ServiceNotice
from keyword_rules.match import RuleSet
from keyword_rules.rule import Step
from tests.callbacks import followed, said
from tests.doors import tell
from tests.little_shop import NEWCOMER, NOW, NOW_S, shop_content
from tests.platform import fine, refused
from tests.rooms import Installed, Plans, installed
from tests.rule_makers import rule, ruleset

SEND = "message/template/send"
DAY_S = 86_400
CUT = Answer(phase=Phase.WRITTEN, trouble="连接断开")


def content() -> Content:
    shop = shop_content()
    notice = ServiceNotice(
        id="news", account="oa", kind="template", template="T1",
        fields=(NoticeField(key="thing1", text="{campaign_name|新品}"),),
    )  # fmt: skip
    remind = Remind(notice="news", before=timedelta(days=1), minute=600)
    newcomer = replace(NEWCOMER, remind=remind)
    return replace(
        shop,
        notices={"news": notice},
        campaigns={**shop.campaigns, "newcomer": newcomer},
        unsubscribe_words=("退订",),
    )


def rules() -> RuleSet:
    steps = {
        "新品": Step(verb="notify", args={"notice": "news"}),
        "领券": Step(verb="grant", args={"campaign": "newcomer"}),
    }
    return ruleset(*(replace(rule(word, "equals", word), do=(do,)) for word, do in steps.items()))


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(content=content, rules=rules)) as one:
        one.platform.answers[SEND] = lambda _: fine(msgid=88)
        await one.say("ada", followed("ada"))
        await one.settle_down()
        yield one


async def says(shop: Installed, words: str) -> None:
    number = await shop.one("SELECT count(*) FROM inbox") + 1000
    await shop.say("ada", said("ada", words, number, at_s=int(shop.hand())))


async def outcome(shop: Installed) -> tuple[str, int]:
    (row,) = await shop.rows("SELECT state, attempts FROM effect WHERE kind = 'oa_template'")
    return row["state"], row["attempts"]


def report(status: str = "success", msgid: int = 88) -> str:
    return (
        followed("ada", at_s=NOW_S + msgid)
        .replace("subscribe", "TEMPLATESENDJOBFINISH")
        .replace("<EventKey></EventKey>", f"<MsgID>{msgid}</MsgID><Status>{status}</Status>")
    )


# --- repeated while the platform knows the key ---


async def test_an_answer_that_never_came_is_asked_for_again_under_the_same_key(
    shop: Installed,
) -> None:
    answers = [CUT, fine(msgid=88)]
    shop.platform.answers[SEND] = lambda _: answers.pop(0)
    await says(shop, "新品")
    await shop.settle_down(wait_s=1)
    first, again = shop.platform.to(SEND)
    assert await outcome(shop) == ("done", 2)
    key = await shop.one("SELECT key FROM effect WHERE kind = 'oa_template'")
    assert first.body == again.body
    assert first.body["client_msg_id"] == message_key(key)
    assert len(message_key(key)) == 32


async def test_ten_minutes_without_an_answer_leave_it_to_a_person(shop: Installed) -> None:
    shop.platform.answers[SEND] = lambda _: CUT
    await says(shop, "新品")
    await shop.settle_down(wait_s=30)
    state, attempts = await outcome(shop)
    assert state == "unknown"
    assert attempts > 5
    assert shop.hand() - NOW_S < 700


async def test_a_platform_that_is_busy_is_asked_for_longer_than_a_key_lives(
    shop: Installed,
) -> None:
    shop.platform.answers[SEND] = lambda _: refused(45011)
    await says(shop, "新品")
    await shop.settle_down()
    assert await shop.one("SELECT deadline_us FROM effect WHERE kind = 'oa_template'") is None


async def test_what_was_under_way_at_a_kill_is_repeated_while_its_key_lives(
    shop: Installed,
) -> None:
    await says(shop, "新品")
    await shop.decide_due()
    (row, *_) = await shop.performer.claim(10, (0, 9))
    assert row["kind"] == "oa_template"
    shop.hand.move(599)
    await shop.db.write(lambda tx: orphans.recover(tx, shop.shop.clock()))
    await shop.settle_down()
    assert await outcome(shop) == ("done", 2)


async def test_what_was_under_way_too_long_before_a_restart_is_unknown(shop: Installed) -> None:
    await says(shop, "新品")
    await shop.decide_due()
    await shop.performer.claim(10, (0, 9))
    shop.hand.move(601)
    await shop.db.write(lambda tx: orphans.recover(tx, shop.shop.clock()))
    await shop.settle_down()
    assert await outcome(shop) == ("unknown", 1)
    assert shop.platform.to(SEND) == []


# --- reported ---


async def test_a_report_is_written_onto_its_notice_once(shop: Installed) -> None:
    await says(shop, "新品")
    await shop.settle_down()
    for _ in range(2):
        await shop.deliver(report("failed:user block"))
        await shop.settle_down()
    meaning = await shop.one("SELECT meaning FROM effect WHERE kind = 'oa_template'")
    assert meaning == "平台已受理，但没有送达：顾客拒收这个公众号的通知"
    assert await shop.one("SELECT count(*) FROM notice WHERE name LIKE 'notice-failed:%'") == 1
    assert await shop.one("SELECT count(*) FROM memory WHERE name LIKE 'notice:%'") == 0


async def test_a_template_that_the_platform_lost_is_shown_to_operators_once(
    shop: Installed,
) -> None:
    shop.platform.answers[SEND] = lambda _: refused(40037)
    for _ in range(2):
        await says(shop, "新品")
        await shop.settle_down()
    (row,) = await shop.rows("SELECT text FROM notice WHERE name LIKE 'notice-refused:%'")
    assert "通知 news 平台不收" in row["text"]
    assert "核对模板" in row["text"]


async def test_a_report_on_a_message_that_is_not_ours_changes_nothing(shop: Installed) -> None:
    await says(shop, "新品")
    await shop.settle_down()
    await shop.deliver(report(msgid=99))
    await shop.settle_down()
    assert await shop.one("SELECT meaning FROM effect WHERE kind = 'oa_template'") == ""


async def test_a_report_before_the_answer_is_understood_and_leaves_the_outcome_alone(
    shop: Installed,
) -> None:
    await says(shop, "新品")
    await shop.decide_due()
    await shop.performer.claim(10, (0, 9))
    await shop.deliver(report("failed: system failed"))
    await shop.decide_due()
    (warning,) = await shop.rows("SELECT text FROM notice WHERE name LIKE 'notice-failed:%'")
    assert "通知 news" in warning["text"]
    assert (await outcome(shop))[0] == "sending"


async def test_a_report_before_the_answer_is_written_onto_the_notice_with_the_answer(
    shop: Installed,
) -> None:
    await says(shop, "新品")
    await shop.decide_due()
    (row, *_) = await shop.performer.claim(10, (0, 9))
    for msgid in (88, 99):  # the second is somebody else's
        await shop.deliver(report("failed:user block", msgid))
    await shop.decide_due()
    await shop.performer.perform(row)
    assert await outcome(shop) == ("done", 1)
    meaning = await shop.one("SELECT meaning FROM effect WHERE kind = 'oa_template'")
    assert meaning == "平台已受理，但没有送达：顾客拒收这个公众号的通知"
    assert await shop.one("SELECT count(*) FROM memory WHERE name LIKE '%notice:88'") == 0


# --- reminders ---


async def coupon(shop: Installed) -> str:
    return str(await shop.one("SELECT code FROM coupon WHERE state = 'granted'"))


async def at_the_till(shop: Installed, kind: type[Event]) -> None:
    code = await coupon(shop)
    if kind is RedeemAsked:
        event: Event = RedeemAsked(
            account="till:S012", at=NOW, code=code, store="S012", cashier="a", request="1"
        )
    else:
        event = RedeemUndone(
            account="till:S012", at=NOW, code=code, store="S012", by="b", request="2"
        )
    await tell(shop, event)


async def test_a_coupon_is_reminded_of_once_on_its_day(shop: Installed) -> None:
    await says(shop, "领券")
    await says(shop, "领券")
    await shop.settle_down()
    assert shop.platform.to(SEND) == []
    shop.hand.move(30 * DAY_S)
    await shop.settle_down()
    (sent,) = shop.platform.to(SEND)
    assert sent.body["data"] == {"thing1": {"value": "新人券"}}


async def test_a_redeemed_coupon_is_not_reminded_of_unless_it_is_good_again(
    shop: Installed,
) -> None:
    await says(shop, "领券")
    await at_the_till(shop, RedeemAsked)
    meanings = "SELECT state || ' ' || meaning FROM effect WHERE kind = 'oa_template' ORDER BY id"
    assert await shop.one(meanings) == "skipped 券已核销，不用再提醒"
    await at_the_till(shop, RedeemUndone)
    shop.hand.move(30 * DAY_S)
    await shop.settle_down()
    assert len(shop.platform.to(SEND)) == 1


async def test_an_opt_out_takes_reminders_back(shop: Installed) -> None:
    await says(shop, "领券")
    await says(shop, "退订")
    assert (await outcome(shop))[0] == "skipped"
