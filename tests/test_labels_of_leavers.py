"""Labels of somebody who left: not sent to nobody, and all put on again when they are back."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.actions import Action, Label
from bot.codec import action_from_json
from bot.db import calling_off
from bot.db.tx import Row, Tx
from tests.callbacks import contact_added, contact_gone, followed, unfollowed
from tests.little_shop import NOW_S
from tests.rooms import Installed, installed

DOOR = "poster-S012-door"
LATER_S = NOW_S + 60


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


async def labels(shop: Installed) -> Sequence[tuple[str, tuple[str, ...]]]:
    """Return how each label stands, and what it puts on, in the order in which they were owed."""
    rows = await shop.rows("SELECT state, kind, body FROM effect WHERE kind = 'label' ORDER BY id")
    found = [(row["state"], action_from_json(row["kind"], row["body"])) for row in rows]
    return [(state, one.add) for state, one in found if isinstance(one, Label)]


async def test_labels_that_wait_when_a_follower_leaves_are_put_on_when_they_are_back(
    shop: Installed,
) -> None:
    await shop.deliver(followed("ada", DOOR))
    await shop.decide_due()
    ((state, names),) = await labels(shop)
    assert state == "ready"
    assert names
    await shop.deliver(unfollowed("ada", at_s=LATER_S))
    await shop.decide_due()
    assert await labels(shop) == [("skipped", names)]
    await shop.deliver(followed("ada", at_s=LATER_S + 60))
    await shop.settle_down()
    assert set((await labels(shop))[1][1]) >= set(names)
    assert {state for state, _ in (await labels(shop))[1:]} == {"done"}


async def test_a_friend_who_is_back_gets_the_labels_that_their_platform_forgot(
    shop: Installed,
) -> None:
    await shop.deliver(contact_added("m-ada", state=DOOR))
    await shop.settle_down()
    (first,) = await labels(shop)
    await shop.deliver(contact_gone("m-ada", "del_follow_user", at_s=LATER_S))
    await shop.settle_down()
    await shop.deliver(contact_added("m-ada", code="WC2", at_s=LATER_S + 60))
    await shop.settle_down()
    _, *after = await labels(shop)
    assert {name for _, names in after for name in names} >= set(first[1])


async def test_a_label_that_another_process_begins_meanwhile_is_not_taken_back(
    shop: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken back under way it would let the contact's next edit begin beside it."""
    read = calling_off._waiting

    async def begun_meanwhile(tx: Tx, person: str) -> Sequence[tuple[Row, Action]]:
        waiting = await read(tx, person)
        await tx.run("UPDATE effect SET state = 'sending', attempts = 1 WHERE kind = 'label'")
        return waiting

    monkeypatch.setattr(calling_off, "_waiting", begun_meanwhile)
    await shop.deliver(followed("ada", DOOR))
    await shop.decide_due()
    await shop.deliver(unfollowed("ada", at_s=LATER_S))
    await shop.decide_due()
    assert [state for state, _ in await labels(shop)] == ["sending"]
