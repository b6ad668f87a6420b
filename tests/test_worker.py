"""What keeps the rooms running: answers in time, welcomes first, poison aside, nothing stuck."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.actions import Output
from bot.events import TextSaid
from bot.facts import Situation
from bot.shop import Times
from commands.parts.compose import PLAYBOOK
from handlers import EVENTS, UNKNOWN
from tests.callbacks import contact_added, followed, said
from tests.platform import Asked
from tests.rooms import Installed, Plans, installed

HASTY = Times(answer_within_s=0.05)
# Of what was sent to us; what platforms tell on being asked is besides.
DONE = "SELECT count(*) FROM inbox WHERE state = 'done' AND source <> 'internal'"


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Tracebacks of the faults these tests make are wanted by nobody."""
    with capture_logs():
        yield


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@asynccontextmanager
async def working(shop: Installed) -> AsyncIterator[None]:
    running = asyncio.ensure_future(shop.worker.run())
    try:
        yield
    finally:
        await shop.worker.stop(5.0)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(shop: Installed, sql: str, wanted: object) -> None:
    """Wait, at most 5 s, until a query says so."""
    for _ in range(500):
        if await shop.one(sql) == wanted:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{sql}: {await shop.one(sql)}, not {wanted}")


async def reply_state(shop: Installed) -> tuple[str, str]:
    (row,) = await shop.rows("SELECT state, carrier FROM effect WHERE kind = 'oa_reply'")
    return row["state"], row["carrier"]


async def test_an_answer_that_is_ready_in_time_travels_inside(shop: Installed) -> None:
    answer = await shop.say("ada", said("ada", "领券", 1))
    assert answer is not None
    assert "新人券" in answer.decode()
    assert await reply_state(shop) == ("done", "response")
    await shop.settle_down()
    assert shop.platform.to("message/custom/send") == []


async def test_a_platforms_retry_gets_the_same_bytes(shop: Installed) -> None:
    first = await shop.say("ada", said("ada", "领券", 1))
    assert first is not None
    assert await shop.say("ada", said("ada", "领券", 1)) == first


async def test_an_answer_too_late_for_the_response_follows_as_a_message(tmp_path: Path) -> None:
    async with installed(tmp_path, Plans(times=HASTY)) as shop:
        shop.worker.able.clear()
        accepted = await shop.deliver(said("ada", "领券", 1))
        assert await shop.worker.answer(accepted) is None
        shop.worker.able.set()
        await until(
            shop, "SELECT state || carrier FROM effect WHERE kind = 'oa_reply'", "readycall"
        )
        assert await shop.perform_due() > 0  # the labels; the answer waits for the platform's retry
        assert shop.platform.to("message/custom/send") == []
        shop.hand.move(20)
        await shop.perform_due()
        (sent,) = shop.platform.to("message/custom/send")
        assert "新人券" in sent.body["text"]["content"]


async def test_a_retry_that_comes_before_the_message_gets_the_answer_instead(
    tmp_path: Path,
) -> None:
    async with installed(tmp_path, Plans(times=HASTY)) as shop:
        shop.worker.able.clear()
        accepted = await shop.deliver(said("ada", "领券", 1))
        assert await shop.worker.answer(accepted) is None
        shop.worker.able.set()
        await until(
            shop, "SELECT state || carrier FROM effect WHERE kind = 'oa_reply'", "readycall"
        )
        assert await shop.say("ada", said("ada", "领券", 1)) is not None
        shop.hand.move(60)
        await shop.settle_down()
        assert shop.platform.to("message/custom/send") == []
        assert await reply_state(shop) == ("done", "response")


async def test_a_message_under_way_is_not_said_inside_a_late_retry_too(shop: Installed) -> None:
    await shop.deliver(said("ada", "领券", 1))
    await shop.decide_due()
    shop.hand.move(20)
    await shop.perform_due()
    assert len(shop.platform.to("message/custom/send")) == 1
    assert await shop.say("ada", said("ada", "领券", 1)) is None


async def test_a_process_that_died_before_deciding_is_resumed_by_the_platforms_retry(
    shop: Installed,
) -> None:
    await shop.deliver(said("ada", "领券", 1))
    answer = await shop.say("ada", said("ada", "领券", 1))
    assert answer is not None
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 1


async def test_a_process_that_died_before_deciding_is_resumed_by_the_sweep(
    shop: Installed,
) -> None:
    await shop.deliver(said("ada", "领券", 1))
    async with working(shop):
        await asyncio.sleep(0.05)
        assert await shop.one("SELECT state FROM inbox") == "new"  # the handler's turn first
        shop.hand.move(5)
        shop.worker.arrived()
        await until(shop, "SELECT state FROM inbox", "done")
        shop.hand.move(20)
        await until(shop, "SELECT state FROM effect WHERE kind = 'oa_reply'", "done")
    assert len(shop.platform.to("message/custom/send")) == 1


async def test_a_response_that_never_left_becomes_unknown_and_is_not_repeated(
    shop: Installed,
) -> None:
    accepted = await shop.deliver(said("ada", "领券", 1))
    assert await shop.worker.answer(accepted) is not None  # and then the process dies
    assert await shop.worker.recover() == 0
    shop.hand.move(21)
    async with working(shop):
        await until(shop, "SELECT state FROM effect WHERE kind = 'oa_reply'", "unknown")
    assert shop.platform.to("message/custom/send") == []


async def test_a_welcome_overtakes_the_labels_that_were_owed_before(shop: Installed) -> None:
    for number in range(200):
        await shop.deliver(followed(f"fan{number}", "poster-S012-door"))
    await shop.decide_due()
    shop.platform.asked.clear()
    await shop.deliver(contact_added("m1", state="staff-xiaowang"))
    async with working(shop):
        await until(shop, "SELECT state FROM effect WHERE kind = 'wecom_welcome'", "done")
    apis = [one.api for one in shop.platform.effects()]
    assert apis.index("send_welcome_msg") < 250
    assert len(shop.platform.to("send_welcome_msg")) == 1


async def test_with_the_worker_running_a_whole_arrival_is_worked_off(shop: Installed) -> None:
    async with working(shop):
        await shop.deliver(contact_added("m1", state="staff-xiaowang"))
        shop.worker.arrived()
        await until(shop, "SELECT count(*) FROM effect WHERE state = 'done'", 4)
    assert {one.api for one in shop.platform.effects()} >= {
        "send_welcome_msg", "remark", "mark_tag", "get",
    }  # fmt: skip


async def test_a_poison_event_is_put_off_and_set_aside_while_others_go_on(tmp_path: Path) -> None:
    def unknown(situation: Situation) -> Iterable[Output]:
        if isinstance(situation.event, TextSaid) and "毒" in situation.event.text:
            raise ZeroDivisionError("poison")
        yield from UNKNOWN(situation)

    playbook = replace(PLAYBOOK, unknown=unknown)
    async with installed(tmp_path, Plans(playbook=playbook)) as shop:
        await shop.deliver(said("eve", "有毒", 1))
        for number in range(20):
            await shop.deliver(said(f"fan{number}", "在吗", number + 2))
        shop.hand.move(5)
        async with working(shop):
            await until(shop, DONE, 20)
            async with asyncio.timeout(5):
                while await shop.one("SELECT state FROM inbox WHERE id = 1") == "new":
                    shop.hand.move(600)
                    shop.worker.arrived()
                    await asyncio.sleep(0.02)
        rows = await shop.rows("SELECT * FROM inbox WHERE state <> 'done'")
        assert [(row["state"], row["attempts"]) for row in rows] == [("quarantined", 5)]
        assert rows[0]["error"].startswith("ZeroDivisionError: poison ← test_worker.py:")
        assert await shop.one("SELECT count(*) FROM effect WHERE inbox_id = 1") == 0


async def test_a_failed_decision_leaves_the_open_response_unanswered_but_kind(
    tmp_path: Path,
) -> None:
    def broken(_situation: Situation) -> Iterable[Output]:
        raise ZeroDivisionError("broken")

    playbook = replace(PLAYBOOK, events={**EVENTS, TextSaid: broken})
    async with installed(tmp_path, Plans(playbook=playbook)) as shop:
        assert await shop.say("ada", said("ada", "领券", 1)) is None
        assert await shop.one("SELECT attempts FROM inbox") == 1


async def test_stopping_lets_what_is_under_way_finish(shop: Installed) -> None:
    begun = asyncio.Event()
    usual = shop.platform.call

    async def slow(method: str, path: str, **how: object) -> object:
        begun.set()
        await asyncio.sleep(0.1)
        return await usual(method, path, **how)  # type: ignore[arg-type]  # handed on as it came

    shop.platform.call = slow  # type: ignore[method-assign, assignment]  # the wire, made slow
    await shop.deliver(followed("ada", "poster-S012-door"))
    shop.hand.move(5)
    async with working(shop):
        shop.worker.arrived()
        await begun.wait()
    assert await shop.one("SELECT count(*) FROM effect WHERE state = 'sending'") == 0
    assert isinstance(shop.platform.asked[0], Asked)
