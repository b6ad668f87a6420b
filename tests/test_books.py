"""The books are held against each other, and what does not balance is named."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.db.identity import MOST_REMEMBERED, Answered, violations
from tests.callbacks import said
from tests.rooms import Installed, installed

GRANT = (
    "INSERT INTO coupon_grant(campaign, person_id, ordinal, coupon_id, inbox_id, granted_us,"
    " expires_us) VALUES('newcomer', ?, ?, ?, 1, 1, 1)"
)
EFFECT = (
    "INSERT INTO effect(key, inbox_id, account, kind, klass, policy, lane, body, state, meaning,"
    " created_us, done_us) VALUES(?, 1, 'oa', 'oa_send', 'E', 'never', 1, '{}', ?, ?, 1, ?)"
)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


async def amiss(shop: Installed, answered: dict[int, int] | None = None) -> dict[str, int]:
    """Return what does not balance."""
    return dict(await shop.db.read(lambda tx: violations(tx, answered or {})))


async def test_an_honest_morning_balances(shop: Installed) -> None:
    answered = Answered()
    for number, text in enumerate(("领券", "鸡蛋", "宠物群", "领券")):
        answered.note((await shop.deliver(said("ada", text, number))).id)
        answered.note((await shop.deliver(said("ada", text, number))).id)
    await shop.settle_down()
    assert await amiss(shop, dict(answered.taken())) == {}


async def test_an_answer_without_a_row_or_a_counted_duplicate_is_found(shop: Installed) -> None:
    row = (await shop.deliver(said("ada", "领券", 1))).id
    assert await amiss(shop, {row: 1}) == {}
    assert await amiss(shop, {row: 3, row + 7: 1}) == {"answered": 3}


async def test_an_effect_in_no_state_or_settled_at_no_moment_is_found(shop: Installed) -> None:
    await shop.run(EFFECT, "a", "lost", "", None)
    await shop.run(EFFECT, "b", "done", "", None)
    await shop.run(EFFECT, "c", "done", "", 5)
    assert await amiss(shop) == {"states": 2}


async def test_an_unknown_effect_that_says_nothing_is_found(shop: Installed) -> None:
    await shop.run(EFFECT, "a", "unknown", "", 5)
    await shop.run(EFFECT, "b", "unknown", "平台可能已收到", 5)
    assert await amiss(shop) == {"silent": 1}


async def test_a_code_given_that_no_shelf_gave_is_found(shop: Installed) -> None:
    await shop.run(GRANT, "P1", 1, 1)  # it stands on the shelf still
    await shop.run(GRANT, "P2", 1, 999_999)  # there is none
    assert await amiss(shop) == {"stock": 2}


async def test_what_was_answered_is_forgotten_once_it_was_checked() -> None:
    answered = Answered()
    answered.note(0)  # kept in no row: only its refusal is counted
    answered.note(4)
    answered.note(4)
    taken = answered.taken()
    assert taken == {4: 2}
    assert answered.taken() == {}
    answered.give_back(taken)
    assert answered.taken() == {4: 2}


async def test_a_flood_is_remembered_within_bounds() -> None:
    answered = Answered()
    for inbox_id in range(1, MOST_REMEMBERED + 500):
        answered.note(inbox_id)
    assert len(answered.taken()) == MOST_REMEMBERED
