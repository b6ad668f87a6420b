"""One token for all processes: a lease says who fetches, a generation whose token counts."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.db.tokens import LeaseClock, TokenShelf, end_leases
from bot.db.tx import Database, Tx
from bot.platforms.token import LEASE_US, TokenHolder
from bot.platforms.wire import Answer, Phase
from bot.shared.hints import OwnHints
from tests.platform import refused
from tests.rooms import Hand, database
from tests.test_token import Keyring, holder_of


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        yield one


def by(hand: Hand) -> LeaseClock:
    """Leases by a clock that only the test moves."""

    async def clock(_tx: Tx) -> int:
        return int(hand() * 1_000_000)

    return clock


async def test_two_processes_share_one_fetch(db: Database) -> None:
    keyring, hand = Keyring(), Hand()
    one, other = holder_of(db, keyring, hand), holder_of(db, keyring, hand)
    held = await asyncio.gather(*(holder.token() for holder in (one, other) for _ in range(50)))
    assert {each.value for each in held} == {"T1"}
    dead = held[0].generation
    held = await asyncio.gather(
        *(holder.token(dead=dead) for holder in (one, other) for _ in range(50))
    )
    assert {(each.value, each.generation) for each in held} == {("T2", 2)}
    assert keyring.fetches == 2


async def test_a_process_that_slept_through_its_turn_takes_the_newer_token(
    db: Database,
) -> None:
    keyring, hand = Keyring(), Hand()
    awake, held_up = asyncio.Event(), asyncio.Event()

    async def slow() -> Answer:
        answer = await keyring.fetch()
        held_up.set()
        await awake.wait()
        return answer

    sleeper = TokenHolder("oa", TokenShelf(db, by(hand)), slow, Clock(hand))
    asleep = asyncio.ensure_future(sleeper.token())
    await held_up.wait()
    hand.move(LEASE_US / 1e6 + 1)
    other = TokenHolder("oa", TokenShelf(db, by(hand)), keyring.fetch, Clock(hand))
    fresh = await other.token()
    awake.set()
    assert (await asleep).value == fresh.value == "T2"
    stored = await TokenShelf(db).load("oa")
    assert stored
    assert (stored.value, stored.generation) == ("T2", 1)


async def test_a_killed_process_does_not_keep_the_next_one_waiting(db: Database) -> None:
    keyring, hand = Keyring(), Hand()
    assert await TokenShelf(db).lease("oa", LEASE_US)
    await db.write(end_leases)
    assert (await asyncio.wait_for(holder_of(db, keyring, hand).token(), 0.5)).value == "T1"


async def test_a_lease_from_before_the_clock_was_put_back_is_void(db: Database) -> None:
    hand = Hand()
    shelf = TokenShelf(db, by(hand))
    assert await shelf.lease("oa", LEASE_US)
    hand.move(-10 * LEASE_US / 1e6)
    assert await shelf.lease("oa", LEASE_US)
    assert not await shelf.lease("oa", LEASE_US)


async def test_four_processes_that_meet_a_dead_token_at_once_cost_one_fetch(
    db: Database,
) -> None:
    keyring, hand = Keyring(), Hand()
    holders = [holder_of(db, keyring, hand) for _ in range(4)]
    dead = (await holders[0].token()).generation
    held = await asyncio.gather(
        *(holder.token(dead=dead) for holder in holders for _ in range(125))
    )
    assert {(each.value, each.generation) for each in held} == {("T2", 2)}
    assert keyring.fetches == 2


async def test_a_wrong_secret_is_tried_five_times_in_ten_minutes_by_all_processes_together(
    db: Database,
) -> None:
    keyring, hand = Keyring(), Hand()
    keyring.answer = refused(40125)
    holders = [holder_of(db, keyring, hand) for _ in range(4)]
    for second in range(600):
        held = await asyncio.gather(*(holder.token() for holder in holders))
        assert {each.refused.code for each in held if each.refused} == {40125}
        hand.move(1)
        if second % 100 == 0:  # one that starts anew knows no better
            holders[0] = holder_of(db, keyring, hand)
    assert 1 < keyring.fetches <= 5


async def test_a_secret_put_right_is_tried_at_once_whatever_became_of_the_wrong_one(
    db: Database,
) -> None:
    keyring, hand = Keyring(), Hand()
    keyring.answer = refused(40125)
    wrong = TokenHolder("oa", TokenShelf(db, secret="aaaa"), keyring.fetch, Clock(hand))
    assert (await wrong.token()).refused
    keyring.answer = None
    right = TokenHolder("oa", TokenShelf(db, secret="bbbb"), keyring.fetch, Clock(hand))
    assert (await right.token()).value == "T2"
    hand.move(5)
    assert (await wrong.token()).value == "T2"
    assert keyring.fetches == 2


async def test_words_of_a_refusal_reach_the_process_that_did_not_hear_them(
    db: Database,
) -> None:
    keyring, hand = Keyring(), Hand()
    keyring.answer = Answer(
        phase=Phase.ANSWERED, code=40164, body={"errmsg": "invalid ip 203.0.113.7"}
    )
    first = await holder_of(db, keyring, hand).token()
    second = await holder_of(db, keyring, hand).token()
    assert first.refused == second.refused == keyring.answer
    assert (second.wait_us, keyring.fetches) == (5_000_000, 1)


async def test_tokens_that_die_young_are_fetched_rarely_by_all_processes_together(
    db: Database,
) -> None:
    keyring, hand = Keyring(), Hand()
    holders = [holder_of(db, keyring, hand) for _ in range(3)]
    generations = [(await holder.token()).generation for holder in holders]
    for second in range(1800):
        turn = second % 3
        generations[turn] = (await holders[turn].token(dead=generations[turn])).generation
        hand.move(1)
    assert keyring.fetches <= 9


async def test_a_hint_of_a_newer_token_spares_the_call_that_would_meet_a_dead_one(
    db: Database,
) -> None:
    keyring, hand, hints = Keyring(), Hand(), OwnHints()
    one, other = (
        TokenHolder("oa", TokenShelf(db), keyring.fetch, Clock(hand), hints) for _ in range(2)
    )
    dead = (await one.token()).generation
    assert (await other.token()).value == "T1"
    await one.token(dead=dead)
    assert (await other.token()).value == "T2"
    assert keyring.fetches == 2


async def test_a_hint_of_a_token_that_is_not_stored_is_looked_for_once(db: Database) -> None:
    keyring, hand, hints = Keyring(), Hand(), OwnHints()
    holder = TokenHolder("oa", TokenShelf(db), keyring.fetch, Clock(hand), hints)
    await holder.token()
    hints.tell("oa", 99)
    assert [(await holder.token()).value for _ in range(3)] == ["T1"] * 3
    assert keyring.fetches == 1


async def test_tokens_that_die_young_are_fetched_more_and_more_rarely(db: Database) -> None:
    keyring, hand = Keyring(), Hand()
    holder = holder_of(db, keyring, hand)
    held = await holder.token()
    for _ in range(3600):
        held = await holder.token(dead=held.generation)
        hand.move(1)
    assert keyring.fetches <= 12
