"""What the rooms tell the other processes: a ring for new work, a line for what was done."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import Remark
from bot.db import ledger
from bot.perform import Terms
from bot.shared.bell import OwnBell
from bot.shared.buckets import OwnBuckets
from bot.shared.common import Common
from bot.shared.crowd import Crowd
from bot.shared.feed import Room
from commands.serving.announcing import (
    AnnouncingAcceptor,
    AnnouncingDecider,
    AnnouncingPerformer,
)
from tests.callbacks import said
from tests.little_shop import NOW_US
from tests.rooms import Installed, installed, post_of


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


def two() -> tuple[Common, OwnBell]:
    """What a process shares, and another one's bell."""
    tower: list[OwnBell] = []
    common = Common(bell=OwnBell(tower), buckets=OwnBuckets(Crowd()))
    return common, OwnBell(tower)


async def test_a_new_callback_rings_and_a_second_delivery_of_it_does_not(
    shop: Installed,
) -> None:
    common, other = two()
    acceptor = AnnouncingAcceptor(shop.db, shop.shop, common)
    post = post_of(said("ada", "领券", 1))
    arrival = acceptor.open(shop.shop.accounts["oa"], post.query, post.body).arrival
    await acceptor.record(arrival)
    assert await other.wait(0.1)
    assert (await acceptor.record(arrival)).duplicate
    assert not await other.wait(0.05)


async def test_a_decision_rings_for_what_it_owes_and_tells_which_rules_won(
    shop: Installed,
) -> None:
    common, other = two()
    accepted = await shop.deliver(said("ada", "领券", 1))
    decider = AnnouncingDecider(shop.db, shop.shop, common)
    decided = await decider.decide(accepted.id)
    assert decided
    assert await other.wait(0.1)
    (line,) = await common.feed.latest(9)
    assert (line.room, line.id, line.kind) == (Room.DECIDED, accepted.event_id, "msg.text")
    assert line.state.split() == list(decided.rules)
    assert await decider.decide(accepted.id) is None
    assert len(await common.feed.latest(9)) == 1


async def test_what_became_of_an_effect_is_told_without_whom_it_was_about(
    shop: Installed,
) -> None:
    common, _ = two()
    owing = ledger.Owing(inbox=1, event_id="E1", person=None, now_us=NOW_US)
    remark = Remark(account="corp", staff="bo", member="wm-ada", text="爱猫")
    await shop.db.write(lambda tx: ledger.owe(tx, remark, owing))
    performer = AnnouncingPerformer(shop.db, shop.doors, shop.shop, Terms(), common)
    for row in await performer.claim(9, (0, 9)):
        await performer.perform(row)
    (line,) = await common.feed.latest(9)
    assert (line.room, line.kind, line.state) == (Room.PERFORMED, "wecom_remark", "done")
    assert "ada" not in str(line)
    assert "爱猫" not in str(line)
