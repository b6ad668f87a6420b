"""Quarantine: poison is set aside with where it failed, and worked off by one command."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.actions import Output
from bot.db import inbox
from bot.events import TextSaid
from bot.facts import Situation
from commands.parts.compose import PLAYBOOK
from commands.report import requeue
from handlers import UNKNOWN
from tests.callbacks import said
from tests.homes import Served, command, oa_text, served_home
from tests.rooms import Installed, Plans, installed
from tests.serving import serving
from tests.test_worker import DONE, until, working


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Tracebacks of the faults these tests make are wanted by nobody."""
    with capture_logs():
        yield


class Fixable:
    """A handler that some words are poison to, until somebody mends it."""

    def __init__(self) -> None:
        self.mended = False

    def __call__(self, situation: Situation) -> Iterable[Output]:
        """Do the usual, or raise."""
        event = situation.event
        if isinstance(event, TextSaid) and "毒" in event.text and not self.mended:
            raise ZeroDivisionError("poison")
        yield from UNKNOWN(situation)


async def until_set_aside(shop: Installed, count: int) -> None:
    """Let the hours pass in which poison is tried again."""
    async with asyncio.timeout(10):
        while await shop.one("SELECT count(*) FROM inbox WHERE state = 'quarantined'") < count:
            shop.hand.move(300)
            shop.worker.arrived()
            await asyncio.sleep(0.01)


async def test_poison_delays_nobody_is_set_aside_and_decided_once_it_is_mended(
    tmp_path: Path,
) -> None:
    handler = Fixable()
    async with installed(tmp_path, Plans(playbook=replace(PLAYBOOK, unknown=handler))) as shop:
        for number in range(200):
            words = "有毒" if number % 40 == 0 else "在吗"
            await shop.deliver(said(f"fan{number}", words, number))
        shop.hand.move(5)
        async with working(shop):
            await until(shop, DONE, 195)
            await until_set_aside(shop, 5)
            for row in await shop.rows("SELECT * FROM inbox WHERE state = 'quarantined'"):
                assert row["attempts"] == inbox.MAX_ATTEMPTS
                assert "ZeroDivisionError: poison ← test_requeue.py:" in row["error"]
            handler.mended = True
            assert await shop.db.write(lambda tx: inbox.requeue(tx, "", shop.shop.clock())) == 5
            await until(shop, DONE, 200)
        assert await shop.one("SELECT count(*) FROM inbox WHERE error IS NOT NULL") == 0


async def test_a_delivery_of_what_failed_resumes_it_at_once(tmp_path: Path) -> None:
    handler = Fixable()
    async with installed(tmp_path, Plans(playbook=replace(PLAYBOOK, unknown=handler))) as shop:
        first = await shop.deliver(said("ada", "有毒", 1))
        assert await shop.worker.decide_now(first.id) is None
        assert await shop.one("SELECT next_us FROM inbox") > shop.shop.clock()
        handler.mended = True
        again = await shop.deliver(said("ada", "有毒", 1))
        assert again.duplicate
        assert await shop.worker.answer(again) is not None
        assert await shop.one("SELECT state FROM inbox") == "done"


async def quarantined(rooms: Served, number: int) -> str:
    accepted = await rooms.accept(oa_text("oAda", "领券", number))
    await rooms.db.write(
        lambda tx: tx.run("UPDATE inbox SET state = 'quarantined' WHERE id = ?", accepted.id)
    )
    return accepted.event_id


async def states(home: Path) -> list[str]:
    async with served_home(home) as rooms:
        rows = await rooms.db.read(lambda tx: tx.all("SELECT state FROM inbox ORDER BY id"))
    return [row["state"] for row in rows]


async def test_one_event_or_all_are_requeued_while_no_server_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        names = [await quarantined(rooms, number) for number in range(3)]
    argv = ("ledger", "--home", tmp_path, "--requeue")
    one = await asyncio.to_thread(command, capsys, *argv, names[1])
    assert (one.code, "1 个" in one.out) == (0, True)
    assert await states(tmp_path) == ["quarantined", "new", "quarantined"]
    again = await asyncio.to_thread(command, capsys, *argv, names[1])
    assert (again.code, "没有改动" in again.err) == (1, True)
    everything = await asyncio.to_thread(command, capsys, *argv, "all")
    assert (everything.code, "2 个" in everything.out) == (0, True)
    assert await states(tmp_path) == ["new"] * 3


async def test_how_many_are_requeued_is_told_as_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with served_home(tmp_path) as rooms:
        for number in range(2):
            await quarantined(rooms, number)
    argv = ("ledger", "--home", tmp_path, "--requeue", "all", "--json")
    told = [await asyncio.to_thread(command, capsys, *argv) for _ in range(2)]
    assert [(one.code, json.loads(one.out)["requeued"]) for one in told] == [(0, 2), (1, 0)]


async def test_a_running_server_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as server:
        await quarantined(server.rooms, 1)
        monkeypatch.setattr(requeue, "server_of", lambda _: server.url)
        argv = ("ledger", "--home", tmp_path, "--requeue", "all")
        told = await asyncio.to_thread(command, capsys, *argv)
        row = await server.rooms.db.read(lambda tx: tx.one("SELECT state FROM inbox"))
    assert (told.code, "1 个" in told.out) == (0, True), told.err
    assert row is not None
    assert row["state"] == "new"


@pytest.mark.parametrize("given", ["seven", "01KAMQ", "ALL"])
def test_what_is_no_event_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], given: str
) -> None:
    told = command(capsys, "ledger", "--home", tmp_path, "--requeue", given)
    assert told.code == 2
    assert "--requeue" in told.err
