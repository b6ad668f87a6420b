"""Room for calls at once: what is urgent enters first, and too many halve it."""

import asyncio

from bot.clock import Clock
from bot.platforms.budget import Budget, Pass
from bot.platforms.limits import Limits
from bot.platforms.room import CLEAN, EARLY, MOST, START, Room
from bot.shared.crowd import Crowd
from commands.parts.caller import NeverClosed
from commands.parts.doors import error_tables, published_limits
from tests.rooms import Hand

TAGS = "/cgi-bin/externalcontact/mark_tag"
WELCOME = "/cgi-bin/externalcontact/send_welcome_msg"


async def test_a_fifth_of_the_room_is_kept_for_what_cannot_wait() -> None:
    room = Room()
    room.size = MOST
    ordinary = [asyncio.ensure_future(room.enter(urgent=False)) for _ in range(3 * MOST)]
    await asyncio.sleep(0)
    told = [one.result() for one in ordinary if one.done()]
    assert (told.count(True), told.count(False)) == (8, 12)  # inside, and turned away
    urgent = [asyncio.ensure_future(room.enter(urgent=True)) for _ in range(2)]
    await asyncio.sleep(0)
    assert [one.done() for one in urgent] == [True, True]
    for one in ordinary:
        one.cancel()
    await asyncio.gather(*ordinary, return_exceptions=True)


async def test_what_is_urgent_is_let_in_before_what_waited_longer() -> None:
    room = Room()
    room.size = 1
    await room.enter(urgent=False)
    entered: list[str] = []

    async def enter(name: str, *, urgent: bool) -> None:
        await room.enter(urgent=urgent)
        entered.append(name)
        room.leave()

    waiting = [
        asyncio.ensure_future(enter("label", urgent=False)),
        asyncio.ensure_future(enter("welcome", urgent=True)),
    ]
    await asyncio.sleep(0)
    room.leave()
    await asyncio.gather(*waiting)
    assert entered == ["welcome", "label"]


async def test_whoever_gives_up_waiting_leaves_no_place_taken() -> None:
    room = Room()
    room.size = 1
    await room.enter(urgent=True)
    gone = asyncio.ensure_future(room.enter(urgent=True))
    await asyncio.sleep(0)
    room.leave()
    gone.cancel()
    await asyncio.gather(gone, return_exceptions=True)
    assert await asyncio.wait_for(room.enter(urgent=True), 0.1)


async def test_too_many_at_once_halves_the_room_once_for_those_under_way() -> None:
    room = Room()
    room.size = MOST
    for _ in range(5):
        room.halve(began_us=100, now_us=200)
    assert room.size == 5
    room.halve(began_us=300, now_us=400)
    assert room.size == 2


async def wanted(room: Room, answers: int) -> int:
    """Have so many calls answered while others wait for a place; return the room's size."""
    for _ in range(answers):
        await room.enter(urgent=True)
        waiting = [asyncio.ensure_future(room.enter(urgent=True)) for _ in range(MOST)]
        await asyncio.sleep(0)
        room.answered()
        room.leave()
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for _ in range([one.cancelled() for one in waiting].count(False)):
            room.leave()
    return room.size


async def test_the_room_grows_by_one_while_calls_wait_for_it() -> None:
    room = Room()
    assert await wanted(room, EARLY - 1) == START
    assert await wanted(room, 1) == START + 1
    assert await wanted(room, 20 * EARLY) == MOST


async def test_the_room_of_an_api_whose_limit_is_named_never_grows_beyond_it() -> None:
    budget = Budget("corp", published_limits()["wecom"], NeverClosed(), Clock(Hand()))
    assert await wanted(budget.room(TAGS), 20 * EARLY) == 5
    assert await wanted(budget.room(WELCOME), 20 * EARLY) == MOST


async def test_answers_that_nobody_waited_for_prove_nothing() -> None:
    room = Room()
    for _ in range(3 * CLEAN):
        room.answered()
    assert room.size == START


async def test_the_room_soon_grows_to_what_was_taken_and_slowly_beyond() -> None:
    room = Room()
    room.size = 6
    room.halve(began_us=100, now_us=200)
    assert await wanted(room, 2 * EARLY) == 5
    assert await wanted(room, CLEAN - 1) == 5
    assert await wanted(room, 1) == 6


async def test_of_several_processes_each_has_its_part_of_the_room() -> None:
    crowd = Crowd()
    room = Room(crowd)
    crowd.meet(4)
    calls = [asyncio.ensure_future(room.enter(urgent=True)) for _ in range(MOST)]
    await asyncio.sleep(0)
    assert [one.done() for one in calls].count(True) == MOST // 4
    room.halve(began_us=100, now_us=200)
    assert room.size == 1
    crowd.meet(50)
    assert not room.size < 1
    for one in calls:
        one.cancel()
    await asyncio.gather(*calls, return_exceptions=True)


async def test_a_platform_that_takes_five_at_once_seldom_says_no() -> None:
    hand = Hand()
    budget = Budget("corp", Limits(), NeverClosed(), Clock(hand))
    found = error_tables()["wecom"].sort(TAGS, 45033)
    inside, made, refusals = 0, 0, []

    async def call() -> None:
        nonlocal inside, made
        passed = await budget.enter(TAGS, urgent=True)
        assert isinstance(passed, Pass)
        inside += 1
        too_many = inside > 5
        await asyncio.sleep(0)
        hand.move(0.001)
        inside -= 1
        made += 1
        if too_many:
            refusals.append(made)
        budget.leave(passed)
        await budget.learn(passed, found if too_many else None)

    for _ in range(400):
        await asyncio.gather(*(call() for _ in range(20)))
    assert made == 8_000
    assert 1 <= len(refusals) <= 8  # and those of the beginning are among them
