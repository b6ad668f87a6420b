"""What the log says: allowed fields, the event at hand, faults without their values."""

import ast
import asyncio
import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from commands.parts import logs
from commands.parts.faults import told
from tests.rooms import sqlite
from tests.source import files, place, tree_of

SECRET = "openid-oADA-and-领券"
WRITES = {"debug", "info", "warning", "error", "exception"}


def lines(*, sample: float = 1.0, level: int = logging.DEBUG) -> tuple[Any, io.StringIO]:
    """Return a log, and what it will have written."""
    out = io.StringIO()

    class Kept(logs.StandardError):
        def msg(self, line: str) -> None:
            out.write(line + "\n")

        debug = info = warning = error = critical = exception = msg

    log = structlog.wrap_logger(
        Kept(), processors=logs.processors(sample),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )  # fmt: skip
    return log, out


def one(out: io.StringIO) -> dict[str, Any]:
    """Return the one line that was written."""
    (line,) = out.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_field_that_is_not_allowed_is_not_written() -> None:
    log, out = lines()
    log.info("decided", event_id="E1", text=SECRET, openid=SECRET, member="01J")
    assert one(out).keys() == {"event", "event_id", "member", "level", "timestamp"}
    assert SECRET not in out.getvalue()


def test_every_field_that_the_program_logs_is_allowed() -> None:
    """A field that is dropped in silence helps nobody; one that should be is no argument."""
    faults = [
        f"{place(path, call)} {keyword.arg}"
        for path in files(
            "bot/*.py", "bot/*/*.py", "bot/*/*/*.py", "commands/*.py", "commands/*/*.py"
        )
        for call in _calls(tree_of(path))
        for keyword in call.keywords
        if keyword.arg not in logs.ALLOWED | {"exc_info"}
    ]
    assert not faults, "\n".join(faults)


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log"), attr=attr)) if (
                attr in WRITES
            ):
                yield node


def test_a_line_break_in_a_field_makes_no_second_line() -> None:
    log, out = lines()
    log.info("refused", reason='x\r\n{"event":"decided"}\x1b[2J\u202e')
    assert one(out)["reason"] == 'x\\u000d\n{"event":"decided"}\\u001b[2J\\u202e'


def test_half_a_character_is_written_all_the_same() -> None:
    log, out = lines()
    log.info("refused", reason="\ud83d")
    assert one(out)["reason"] == "\\ud83d"


def test_every_line_within_an_event_names_it_and_none_after() -> None:
    log, out = lines()
    with bound_contextvars(event_id="E1", effect=7):
        log.warning("fence_rejected", state="done")
    log.info("able")
    first, second = map(json.loads, out.getvalue().splitlines())
    assert (first["event_id"], first["effect"]) == ("E1", 7)
    assert "event_id" not in second


async def test_a_line_from_within_a_transaction_names_its_event_too(tmp_path: Path) -> None:
    """SQLite's writer is a thread of its own, which works for many events."""
    log, out = lines()

    async def work(_tx: Tx) -> None:
        log.info("decided")

    async def deciding(event_id: str) -> None:
        with bound_contextvars(event_id=event_id):
            await db.write(work)

    async with sqlite(tmp_path) as db:
        await asyncio.gather(*(deciding(f"E{n}") for n in range(8)))
    named = [json.loads(line)["event_id"] for line in out.getvalue().splitlines()]
    assert sorted(named) == [f"E{n}" for n in range(8)]


def test_a_fault_of_others_tells_its_kind_and_our_frames_but_no_value() -> None:
    log, out = lines()
    try:
        json.loads("{" + SECRET)
    except ValueError:
        log.exception("decide_failed")
    fault = one(out)["exception"]
    assert SECRET not in fault
    assert fault.startswith("json.decoder.JSONDecodeError\n  tests/test_logs.py:")
    assert "test_a_fault_of_others" in fault
    assert "frames of others" in fault


def test_a_fault_of_ours_says_what_to_do_and_not_what_it_came_from() -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as cause:
            raise DatabaseTrouble("写不进数据库：请检查磁盘") from cause
    except DatabaseTrouble as trouble:
        fault = told(ExceptionGroup(SECRET, [trouble]))
    assert "bot.errors.DatabaseTrouble: 写不进数据库：请检查磁盘" in fault
    assert "caused by: KeyError" in fault
    assert SECRET not in fault


def test_libraries_speak_through_us_without_their_arguments() -> None:
    """Their messages are filled with requests, rows and addresses."""
    told_of = io.StringIO()
    record = logging.LogRecord("redis", logging.WARNING, "client.py", 7, "lost %s", (SECRET,), None)
    bare = logging.LogRecord("asyncpg", logging.WARNING, "x.py", 7, SECRET, (), None)
    loop = logging.LogRecord("asyncio", logging.ERROR, "y.py", 7, f"Lost\n{SECRET}", (), None)
    with structlog.testing.capture_logs() as logged, redirect_stderr(told_of):
        for each in (record, bare, loop):
            logs.Libraries().emit(each)
    assert [line["template"] for line in logged] == ["lost %s", "", "Lost"]
    assert [line["library"] for line in logged] == ["redis", "asyncpg", "asyncio"]
    assert SECRET not in str(logged) + told_of.getvalue()


@pytest.mark.parametrize(("sample", "share"), [(0.0, 0), (1.0, 200), (0.25, 50)])
def test_of_an_event_all_ordinary_lines_are_written_or_none(sample: float, share: int) -> None:
    log, out = lines(sample=sample)
    for number in range(200):
        with bound_contextvars(event_id=f"E{number}"):
            log.info("decided")
            log.info("performed")
            log.warning("fence_rejected")
    log.info("able")
    written = [json.loads(line) for line in out.getvalue().splitlines()]
    decided = {line["event_id"] for line in written if line["event"] == "decided"}
    assert decided == {line["event_id"] for line in written if line["event"] == "performed"}
    assert abs(len(decided) - share) <= 20
    assert sum(line["event"] == "fence_rejected" for line in written) == 200
    assert written[-1]["event"] == "able"
