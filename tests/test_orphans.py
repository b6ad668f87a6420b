"""What a process left under way: each effect by its policy, none hidden by another's fault."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.actions import Label, MakeMass, Relay, Remote, Send, SendTemplate, WelcomeContact
from bot.clock import moment
from bot.db import ledger, orphans
from bot.db.tx import Row, Tx
from bot.errors import DatabaseTrouble
from bot.events import Letter
from bot.platforms.wire import Answer, Phase
from bot.sending import Sending
from tests.crowd import SETTLE_S, Crowd
from tests.little_shop import NOW_S, NOW_US
from tests.platform import Asked, fine
from tests.rooms import Installed, installed

S = 1_000_000
LABEL = Label(account="corp", member="m1", staff="bo", add=("老客",))
WELCOME = WelcomeContact(account="corp", code="WC", text="欢迎", deadline=moment(NOW_US + 18 * S))
TEMPLATE = SendTemplate(account="oa", openid="ada", notice="coupon", template="T1")
MASS = MakeMass(
    account="corp", mass="秋", part="xiaowang-1", staff="xiaowang", letter=Letter(text="满减"),
    receivers=("wmA",), asked=NOW_S,
)  # fmt: skip
SEND = Send(account="oa", openid="ada", text="您好")
RELAY = Relay(account="oa", query="a=b", content_type="text/xml", body="")
EVERYTHING = (LABEL, WELCOME, TEMPLATE, MASS, SEND, RELAY)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


@pytest.fixture
def crowd(shop: Installed) -> Crowd:
    return Crowd(shop=shop)


async def owe(shop: Installed, *actions: Remote) -> None:
    for number, action in enumerate(actions):
        owing = ledger.Owing(inbox=1, event_id=f"E{number}", person=None, now_us=NOW_US)
        await shop.db.write(lambda tx, a=action, o=owing: ledger.owe(tx, a, o))  # type: ignore[misc]  # bound now


async def left_under_way(crowd: Crowd, *actions: Remote) -> None:
    """Let a process claim effects and die; its lease ends after that."""
    await owe(crowd.shop, *actions)
    gone = await crowd.join()
    assert len(await gone.performer.claim(100, (0, 9))) == len(actions)
    await crowd.sleep(60, gone)


async def test_each_effect_goes_by_its_policy(shop: Installed, crowd: Crowd) -> None:
    await left_under_way(crowd, *EVERYTHING)
    other = await crowd.join()
    assert await other.sweep.orphans() == len(EVERYTHING)
    now_us = shop.shop.clock()
    rows = {row["kind"]: row for row in await shop.rows("SELECT * FROM effect")}
    assert {kind: row["state"] for kind, row in rows.items()} == {
        "label": "ready", "wecom_welcome": "ready", "oa_template": "ready", "mass_make": "ready",
        "relay": "ready", "oa_send": "unknown",
    }  # fmt: skip
    assert rows["mass_make"]["next_us"] == now_us + int(SETTLE_S * S)
    assert {rows[kind]["next_us"] for kind in ("label", "oa_template", "relay")} == {now_us}
    assert rows["oa_template"]["deadline_us"] == NOW_US + 600 * S  # its key is known so long
    assert "不再自动发送" in rows["oa_send"]["meaning"]


async def test_a_welcome_that_may_have_arrived_and_died_since_is_unknown(
    shop: Installed, crowd: Crowd
) -> None:
    await left_under_way(crowd, WELCOME)
    other = await crowd.join()
    await other.sweep.once()
    await other.sweep.once()
    assert await shop.one("SELECT state FROM effect") == "unknown"
    assert shop.platform.asked == []


async def test_what_was_claimed_and_never_sent_goes_by_its_policy_too(
    shop: Installed, crowd: Crowd
) -> None:
    await left_under_way(crowd, SEND)
    assert shop.platform.asked == []
    other = await crowd.join()
    await other.sweep.orphans()
    assert await shop.one("SELECT state FROM effect") == "unknown"


async def test_two_sweeps_settle_an_orphan_once(shop: Installed, crowd: Crowd) -> None:
    await left_under_way(crowd, LABEL)
    other, third = await crowd.join(), await crowd.join()
    assert await other.sweep.orphans() + await third.sweep.orphans() == 1
    (row,) = await other.performer.claim(1, (0, 9))
    assert row["fence"] == 2
    assert await third.sweep.orphans() == 0


async def test_a_row_at_fault_hides_no_other(
    shop: Installed, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = [Label(account="corp", member=f"m{n}", staff="bo", add=("老客",)) for n in range(80)]
    await left_under_way(crowd, *labels)
    other, usual = await crowd.join(), orphans.settle

    async def poisoned(tx: Tx, orphan: Row, now_us: int, settle_us: int) -> bool:
        if orphan["id"] <= 40:
            raise ZeroDivisionError("poison")
        return await usual(tx, orphan, now_us, settle_us)

    monkeypatch.setattr(orphans, "settle", poisoned)
    with capture_logs() as logged:
        assert await other.sweep.orphans() == 40
    assert sum(line["event"] == "orphan_not_settled" for line in logged) == 40
    assert await shop.one("SELECT count(*) FROM effect WHERE state = 'sending'") == 40


async def test_trouble_with_the_database_is_never_taken_for_a_sweep(
    shop: Installed, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    await left_under_way(crowd, LABEL)
    other = await crowd.join()

    async def full(*_: Any) -> bool:
        raise DatabaseTrouble("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(orphans, "settle", full)
        with pytest.raises(ExceptionGroup) as raised:
            await other.sweep.once()
    assert raised.group_contains(DatabaseTrouble)
    await other.sweep.once()
    assert await shop.one("SELECT state FROM effect") == "ready"


async def test_one_part_of_a_sweep_that_fails_keeps_none_from_its_turn(
    shop: Installed, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    await left_under_way(crowd, LABEL)
    other = await crowd.join()

    async def broken(*_: Any) -> int:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(ledger, "expire", broken)
    with pytest.raises(ExceptionGroup):
        await other.sweep.once()
    assert await shop.one("SELECT state FROM effect") == "ready"


async def test_a_fault_between_the_call_and_its_outcome_leaves_nothing_under_way(
    shop: Installed, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = await crowd.join()
    await owe(shop, LABEL, SEND)

    async def broken(*_: Any) -> bool:
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(one.performer, "_written", broken)
    tasks: list[asyncio.Future[None]] = []

    def spawn(work: Coroutine[object, object, None]) -> None:
        tasks.append(asyncio.ensure_future(work))

    sending = Sending(one.performer, spawn, _done)
    with capture_logs():
        assert await sending.begin() == 2
        await asyncio.gather(*tasks)
    assert await one.sweep.orphans() == 2
    rows = await shop.rows("SELECT kind, state FROM effect ORDER BY id")
    assert [row["state"] for row in rows] == ["ready", "unknown"]


def _done() -> None:
    """Nobody waits."""


@dataclass
class LateList:
    """A platform that cuts calls off and makes their tasks up to ten seconds later."""

    shop: Installed
    made: list[tuple[float, str]] = field(default_factory=list)
    cuts: int = 1

    def plant(self) -> None:
        """Answer as this platform does."""
        self.shop.platform.answers |= {
            "add_msg_template": self._make,
            "get_groupmsg_list_v2": lambda _: fine(group_msg_list=self._listed()),
            "get_groupmsg_task": lambda _: fine(task_list=[{"userid": "xiaowang", "status": 0}]),
            "get_groupmsg_send_result": lambda _: fine(
                send_list=[{"external_userid": "wmA", "status": 0}]
            ),
        }

    def _make(self, _asked: Asked) -> Answer:
        cut = self.cuts > 0
        self.cuts -= 1
        name = f"M{len(self.made)}"
        self.made.append((self.shop.hand() + (10 if cut else 0), name))
        if cut:
            return Answer(phase=Phase.WRITTEN, trouble="ServerDisconnectedError")
        return fine(msgid=name, fail_list=[])

    def _listed(self) -> list[dict[str, Any]]:
        return [
            {"msgid": name, "text": {"content": "满减"}, "create_time": NOW_S}
            for at, name in self.made
            if at <= self.shop.hand()
        ]


async def cut_off(shop: Installed, settle_s: float) -> int:
    """Let one call be cut off and go on by itself; return how many tasks there are at the end."""
    crowd = Crowd(shop=shop, settle_s=settle_s)
    late = LateList(shop)
    late.plant()
    await owe(shop, MASS)
    one = await crowd.join()
    for _ in range(60):
        await one.perform_due()
        await crowd.sleep(1)
    assert await shop.one("SELECT state FROM effect") == "done"
    return len(late.made)


async def test_a_call_that_was_cut_off_and_carried_out_late_is_not_made_again(
    shop: Installed,
) -> None:
    assert await cut_off(shop, SETTLE_S) == 1


async def test_without_the_wait_the_same_call_would_be_made_twice(shop: Installed) -> None:
    assert await cut_off(shop, 0) == 2


async def test_a_process_that_died_with_a_call_on_its_way_leads_to_one_task_too(
    shop: Installed, crowd: Crowd
) -> None:
    late = LateList(shop)
    late.plant()
    await owe(shop, MASS)
    gone, other = await crowd.join(), await crowd.join()
    (row,) = await gone.performer.claim(1, (0, 9))
    gone.performer._written = _dies  # type: ignore[method-assign, assignment]  # before the outcome is on disk
    with pytest.raises(_Died):
        await gone.performer.perform(row)
    for _ in range(60):
        await crowd.sleep(1, gone)
        await other.sweep.orphans()
        await other.perform_due()
    assert await shop.one("SELECT state FROM effect") == "done"
    assert len(late.made) == 1


class _Died(BaseException):
    """The process is no more."""


async def _dies(*_: Any) -> bool:
    raise _Died
