"""Trouble while working: a full disk, a slow platform, a stop at the wrong moment lose nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.actions import Label, Remote, WelcomeContact
from bot.db import ledger
from bot.errors import DatabaseTrouble
from tests.callbacks import contact_added, followed, said
from tests.front import front
from tests.little_shop import NOW_US
from tests.rooms import Installed, installed, post_of
from tests.test_worker import until, working

FULL = DatabaseTrouble("the disk is full")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Tracebacks of the faults these tests make are wanted by nobody."""
    with capture_logs():
        yield


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


class Gate:
    """A platform that answers nothing before it is opened."""

    def __init__(self, shop: Installed) -> None:
        self.open = asyncio.Event()
        self.inside = 0
        self._usual = shop.platform.call
        shop.platform.call = self.call  # type: ignore[method-assign, assignment]  # the wire, shut

    async def call(self, method: str, path: str, **how: Any) -> object:
        """Wait for the gate, then answer as usual."""
        self.inside += 1
        await self.open.wait()
        return await self._usual(method, path, **how)


@asynccontextmanager
async def failing(owner: object, name: str, after: int = 0) -> AsyncIterator[None]:
    """Let a method raise as a full disk does, after so many calls that still work."""
    usual: Callable[..., Awaitable[Any]] = getattr(owner, name)
    calls = 0

    async def fail(*args: Any, **how: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > after:
            raise FULL
        return await usual(*args, **how)

    setattr(owner, name, fail)
    try:
        yield
    finally:
        setattr(owner, name, usual)


async def owe(shop: Installed, count: int, make: Callable[[int], Remote]) -> None:
    for number in range(count):
        owing = ledger.Owing(inbox=number, event_id=f"E{number}", person=None, now_us=NOW_US)
        action = make(number)
        await shop.db.write(lambda tx, a=action, o=owing: ledger.owe(tx, a, o))  # type: ignore[misc]  # bound now


def label(number: int) -> Label:
    return Label(account="corp", member=f"m{number}", staff="bo", add=("老客",))


def welcome(number: int) -> WelcomeContact:
    return WelcomeContact(account="corp", code=f"WC{number}", text="欢迎")


async def test_an_outcome_that_could_not_be_written_is_written_when_there_is_room_again(
    shop: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.perform._WRITE_AGAIN_S", 0.01)
    await owe(shop, 1, welcome)
    (row,) = await shop.performer.claim(1, (0, 9))
    async with failing(shop.performer, "_write"):
        performing = asyncio.ensure_future(shop.performer.perform(row))
        await asyncio.sleep(0.05)
        assert await shop.one("SELECT state FROM effect") == "sending"
    await performing
    assert await shop.one("SELECT state FROM effect") == "done"
    assert len(shop.platform.to("send_welcome_msg")) == 1


async def test_what_was_claimed_is_sent_even_when_the_next_claim_fails(shop: Installed) -> None:
    await owe(shop, 1, welcome)
    async with failing(shop.performer, "claim", after=1), working(shop):
        await until(shop, "SELECT state FROM effect", "done")


async def test_urgent_effects_pass_labels_that_fill_every_slot_and_are_limited_too(
    shop: Installed,
) -> None:
    gate = Gate(shop)
    await owe(shop, 100, label)
    async with working(shop):
        try:
            await until(shop, "SELECT count(*) FROM effect WHERE state = 'sending'", 16)
            await owe(shop, 200, lambda n: welcome(n + 1000))
            await until(shop, "SELECT count(*) FROM effect WHERE state = 'sending'", 64)
            labels = "SELECT count(*) FROM effect WHERE lane = 2 AND attempts > 0"
            assert await shop.one(labels) == 16
            await asyncio.sleep(0.05)
            assert await shop.one("SELECT count(*) FROM effect WHERE state = 'sending'") == 64
        finally:
            gate.open.set()
        await until(shop, "SELECT count(*) FROM effect WHERE state = 'done'", 300)


async def test_stopping_between_a_claim_and_its_sending_leaves_nothing_claimed(
    shop: Installed,
) -> None:
    usual, claimed = shop.performer.claim, asyncio.Event()

    async def slow(limit: int, lanes: tuple[int, int], **how: Any) -> Any:
        rows = await usual(limit, lanes, **how)
        if rows:
            claimed.set()
            await asyncio.sleep(0.05)
        return rows

    shop.performer.claim = slow  # type: ignore[method-assign]  # as a busy writer is
    await owe(shop, 1, welcome)
    async with working(shop):
        await claimed.wait()
    assert await shop.one("SELECT state FROM effect") == "done"


async def test_stopping_does_not_wait_for_rules_that_never_load(shop: Installed) -> None:
    shop.worker.able.clear()
    accepted = await shop.deliver(said("ada", "领券", 1))
    running = asyncio.ensure_future(shop.worker.run())
    answering = asyncio.ensure_future(shop.worker.answer(accepted))
    await asyncio.sleep(0.05)
    async with asyncio.timeout(2):
        await shop.worker.stop(10)
        await running
        assert await answering is None
    assert await shop.one("SELECT state FROM inbox") == "new"


async def test_refusals_that_could_not_be_counted_are_counted_later(shop: Installed) -> None:
    shop.acceptor.refused["oa", "signature"] += 3
    async with failing(shop.db, "write"), working(shop):
        await asyncio.sleep(0.05)
    shop.acceptor.refused["oa", "signature"] += 1
    await shop.worker.sweep()
    await shop.worker.sweep()
    assert await shop.one("SELECT sum(count) FROM refusal") == 4


async def test_a_full_disk_costs_an_event_none_of_its_tries(shop: Installed) -> None:
    accepted = await shop.deliver(contact_added("m1"))
    async with failing(shop.decider, "decide"):
        with pytest.raises(DatabaseTrouble):
            await shop.worker.decide_now(accepted.id)
    assert await shop.one("SELECT attempts FROM inbox") == 0
    assert await shop.worker.decide_now(accepted.id) is not None


async def test_an_answer_that_could_not_be_decided_is_asked_for_again(shop: Installed) -> None:
    message = post_of(followed("ada", "poster-S012-door"))
    async with front(shop) as client:
        async with failing(shop.decider, "decide"):
            got = await client.post("/callback/oa", params=message.query, data=message.body)
            assert got.status == 503
        got = await client.post("/callback/oa", params=message.query, data=message.body)
        assert got.status == 200
        assert await got.read() != b"success"
