"""The third room: what a platform or a network answers becomes one receipt, no second effect."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.actions import Label, ReadProfile, Remark, Remote, Send, State, WelcomeContact
from bot.clock import moment
from bot.db import ledger, orphans
from bot.db.labels import LabelShelf
from bot.events import Alias, AliasKind
from bot.platforms.wire import Answer, Phase
from tests.little_shop import NOW_US
from tests.platform import Answering, Asked, fine, refused
from tests.rooms import Installed, installed
from tests.sealing import RECEIVER

SEND = Send(account="oa", openid="ada", text="您好")
WELCOME = WelcomeContact(account="corp", code="WC", text="欢迎")
REMARK = Remark(account="corp", staff="bo", member="m1", text="良渚店-Ada")
PROFILE = ReadProfile(account="oa", alias=Alias(AliasKind.OA_OPENID, RECEIVER, "ada"))
API = {SEND: "message/custom/send", WELCOME: "send_welcome_msg", REMARK: "remark"}


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


async def owe(shop: Installed, action: Remote) -> None:
    owing = ledger.Owing(inbox=1, event_id="E1", person=None, now_us=NOW_US)
    await shop.db.write(lambda tx: ledger.owe(tx, action, owing))


async def carry_out(shop: Installed, action: Remote, answering: Answering) -> tuple[str, int]:
    """Perform once; return the state and in how many seconds it is tried again."""
    shop.platform.answers[API[action]] = answering
    await owe(shop, action)
    assert await shop.perform_due() == 1
    (row,) = await shop.rows("SELECT state, next_us FROM effect")
    return row["state"], max(0, row["next_us"] - NOW_US) // 1_000_000


def never_answered(phase: Phase) -> Answering:
    return lambda _: Answer(phase=phase, trouble="TimeoutError")


@pytest.mark.parametrize(
    ("action", "code", "state", "retry_s"),
    [
        (SEND, 0, "done", 0),
        (SEND, -1, "ready", 0),
        (SEND, 45009, "ready", 25_600),  # until midnight in China
        (SEND, 45015, "failed", 0),
        (SEND, 45047, "failed", 0),
        (SEND, 99999, "failed", 0),
        (WELCOME, 0, "done", 0),
        (WELCOME, 41051, "done", 0),
        (WELCOME, 41096, "ready", 0),
        (WELCOME, 41050, "failed", 0),
        (REMARK, 84061, "ready", 2),
        (REMARK, 45033, "ready", 1),
        (REMARK, 60111, "failed", 0),
    ],
)
async def test_an_answer_is_sorted_into_a_reaction(
    shop: Installed, action: Remote, code: int, state: str, retry_s: int
) -> None:
    assert await carry_out(shop, action, lambda _: refused(code)) == (state, retry_s)


async def test_a_failure_says_what_it_means_and_what_to_do(shop: Installed) -> None:
    await carry_out(shop, SEND, lambda _: refused(45015))
    (row,) = await shop.rows("SELECT code, meaning FROM effect")
    assert row["code"] == 45015
    assert "48 小时" in row["meaning"]
    (attempt,) = await shop.rows("SELECT phase, code, ended_us FROM attempt")
    assert (attempt["phase"], attempt["code"]) == ("answered", 45015)


@pytest.mark.parametrize(
    ("action", "phase", "state"),
    [
        (SEND, Phase.NOT_SENT, "ready"),
        (SEND, Phase.WRITTEN, "unknown"),
        (WELCOME, Phase.WRITTEN, "ready"),
        (REMARK, Phase.NOT_SENT, "ready"),
        (REMARK, Phase.WRITTEN, "ready"),
    ],
)
async def test_silence_is_repeated_only_where_repeating_does_no_harm(
    shop: Installed, action: Remote, phase: Phase, state: str
) -> None:
    assert (await carry_out(shop, action, never_answered(phase)))[0] == state


async def test_an_unknown_effect_is_never_sent_again_by_itself(shop: Installed) -> None:
    await carry_out(shop, SEND, never_answered(Phase.WRITTEN))
    shop.hand.move(7 * 86_400)
    assert await shop.perform_due() == 0
    assert len(shop.platform.to("message/custom/send")) == 1


async def test_a_second_try_sends_the_bytes_that_were_stored(shop: Installed) -> None:
    await carry_out(shop, REMARK, never_answered(Phase.WRITTEN))
    del shop.platform.answers["remark"]
    shop.hand.move(60)
    await shop.perform_due()
    first, second = shop.platform.to("remark")
    assert first.body == second.body
    assert await shop.one("SELECT state FROM effect") == "done"


async def test_trying_again_ends_after_a_handful_of_tries(shop: Installed) -> None:
    await carry_out(shop, REMARK, lambda _: refused(-1))
    for _ in range(10):
        shop.hand.move(3600)
        await shop.perform_due()
    assert await shop.one("SELECT state FROM effect") == "failed"
    assert len(shop.platform.to("remark")) == 4


async def test_a_welcome_past_its_deadline_is_expired_without_a_call(shop: Installed) -> None:
    await owe(shop, WelcomeContact(account="corp", code="WC", text="", deadline=moment(NOW_US)))
    assert await shop.perform_due() == 0
    assert await shop.one("SELECT state FROM effect") == "expired"
    assert shop.platform.asked == []


async def test_a_fault_of_ours_never_leaves_an_effect_under_way(shop: Installed) -> None:
    def broken(_asked: Asked) -> Answer:
        raise ZeroDivisionError

    assert (await carry_out(shop, SEND, broken))[0] == "unknown"


async def test_a_fault_of_ours_repeats_what_may_be_repeated(shop: Installed) -> None:
    def broken(_asked: Asked) -> Answer:
        raise ZeroDivisionError

    assert (await carry_out(shop, REMARK, broken))[0] == "ready"


async def test_an_account_that_is_no_longer_configured_fails_with_its_name(
    shop: Installed,
) -> None:
    await owe(shop, Send(account="old", openid="ada", text="您好"))
    await shop.perform_due()
    (row,) = await shop.rows("SELECT state, meaning FROM effect")
    assert row["state"] == "failed"
    assert "old" in row["meaning"]


async def test_what_a_query_answered_enters_the_inbox_once(shop: Installed) -> None:
    shop.platform.world.unionids["ada"] = "U1"
    await owe(shop, PROFILE)
    await shop.perform_due()
    (row,) = await shop.rows("SELECT kind, source, state FROM inbox")
    assert tuple(row) == ("ProfileRead", "internal", "new")  # type: ignore[arg-type]
    await shop.settle_down()
    assert await shop.one("SELECT count(*) FROM alias WHERE kind = 'unionid'") == 1


async def test_labels_are_made_once_and_remembered(shop: Installed) -> None:
    for number, name in enumerate(("养猫", "养猫", "养狗")):
        label = Label(account="corp", member=f"m{number}", staff="bo", add=(name,))
        owing = ledger.Owing(inbox=1, event_id=f"E{number}", person=None, now_us=NOW_US)
        await shop.db.write(lambda tx, a=label, o=owing: ledger.owe(tx, a, o))  # type: ignore[misc]  # bound now
        await shop.perform_due()
    made = [one.body["tag"][0]["name"] for one in shop.platform.to("add_corp_tag")]
    assert made == ["养猫", "养狗"]
    assert len(shop.platform.to("mark_tag")) == 3


async def test_the_outcome_of_a_try_that_lost_its_fence_is_thrown_away(shop: Installed) -> None:
    await owe(shop, REMARK)
    (stale,) = await shop.performer.claim(1, (0, 9))
    await shop.db.write(lambda tx: orphans.recover(tx, NOW_US))
    shop.platform.answers["remark"] = lambda _: refused(60111)
    receipt = await shop.performer.perform(stale)
    assert receipt.state is State.FAILED
    assert await shop.one("SELECT state FROM effect") == "ready"
    shop.platform.answers["remark"] = lambda _: fine()
    await shop.perform_due()
    assert await shop.one("SELECT state FROM effect") == "done"


async def test_what_a_query_answered_bears_the_time_of_business(shop: Installed) -> None:
    await owe(shop, PROFILE)
    await shop.perform_due()
    assert await shop.one("SELECT event_us FROM inbox") == NOW_US


async def test_a_message_longer_than_the_platform_takes_is_cut_not_lost(shop: Installed) -> None:
    await owe(shop, replace(SEND, text="长" * 1000))
    await shop.perform_due()
    (sent,) = shop.platform.to("message/custom/send")
    text = sent.body["text"]["content"]
    assert len(text.encode()) <= 2048
    assert text.endswith("…")


@pytest.mark.parametrize(
    ("label", "api", "code"),
    [
        (Label(account="corp", member="m1", staff="bo", add=("养猫",)), "mark_tag", 40068),
        (Label(account="oa", member="ada", add=("养猫",)), "tags/members/batchtagging", 45159),
    ],
)
async def test_a_label_deleted_at_the_platform_is_looked_up_again(
    shop: Installed, label: Label, api: str, code: int
) -> None:
    shelf = LabelShelf(shop.db)
    await shelf.learn(label.account, {"养猫": "99"})
    shop.platform.answers[api] = lambda asked: refused(code) if "99" in str(asked.body) else fine()
    await owe(shop, label)
    await shop.perform_due()
    shop.hand.move(2)
    await shop.perform_due()
    assert await shop.one("SELECT state FROM effect") == "done"
    assert (await shelf.known(label.account, ("养猫",)))["养猫"] != "99"
