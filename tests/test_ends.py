"""Standard streams that are closed, full or read by nobody: told in a line, and no server ends."""

import io
import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import structlog

from commands import serve
from commands.parts import logs
from config.home import fill_home
from tests.source import ROOT


class Refusing(io.StringIO):
    """A standard error on a full disk."""

    def write(self, _text: str) -> int:
        raise OSError(28, "No space left on device")


def shell(line: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command line whose `run.py` is ours."""
    run = f'"{sys.executable}" "{ROOT / "run.py"}"'
    return subprocess.run(
        ["sh", "-c", line.replace("run.py", run)],  # noqa: S607  (every system has it)
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip


@pytest.mark.parametrize("verb", ["version", "check", "--help"])
def test_an_output_on_a_full_disk_is_told_in_a_line(verb: str) -> None:
    done = shell(f"run.py {verb} >/dev/full")
    assert done.returncode == 1
    assert done.stderr == "没有做完：输出写不出去：No space left on device\n"


def test_who_reads_only_the_first_lines_is_told_nothing() -> None:
    done = shell("run.py version | true")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "<&- >&-"])
def test_a_stream_that_is_closed_stands_for_nothing(closed: str) -> None:
    done = shell(f"run.py decode --platform oa {closed}")
    assert "Traceback" not in done.stderr
    assert shell(f"run.py version {closed}").returncode == 0


def test_a_stream_that_was_closed_keeps_its_number_from_files() -> None:
    ours = (
        "import os; from commands.parts.ends import hold_ends; hold_ends();"
        "print(os.open('/', os.O_RDONLY))"
    )
    done = shell(f"exec '{sys.executable}' -c \"{ours}\" <&- 2>&-")
    assert int(done.stdout) > 2


def test_an_output_that_cannot_say_chinese_says_its_numbers() -> None:
    done = shell("run.py version", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\\u5e97\\u5c0f\\u4e8c" in done.stdout


@pytest.mark.parametrize("stream", [Refusing(), None])
def test_a_log_that_cannot_be_written_stops_nobody(
    stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    logs.StandardError().msg("a line")


def test_a_log_that_nobody_reads_delays_nobody_and_goes_on_when_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logs.StandardError, "_stuck", False)
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as pipe, os.fdopen(reading, "rb", buffering=0) as reader:
        monkeypatch.setattr(sys, "stderr", pipe)
        began_s = time.monotonic()
        for _ in range(1_000):
            logs.StandardError().msg("x" * 999)
            pipe.flush()
        assert time.monotonic() - began_s < 2
        while len(reader.read(65_536)) == 65_536:
            pass
        logs.StandardError().msg("again")
        pipe.flush()
        assert b"again" in reader.read(65_536)


def test_a_server_logs_as_its_settings_say(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_home(tmp_path)
    settings = tmp_path / "settings.yaml"
    with settings.open("a", encoding="utf-8") as more:
        more.write("\nlog_level: debug\nlog_sample: 0\n")
    known = structlog.get_config()
    for place, name in ((sys, "excepthook"), (threading, "excepthook")):
        monkeypatch.setattr(place, name, getattr(place, name))
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging.getLogger(), "level", logging.WARNING)
    try:
        serve.checked(tmp_path)
        log = structlog.get_logger()
        log.debug("accepted")
        log.debug("accepted", event_id="E1")
    finally:
        structlog.configure(**known)
        logging.captureWarnings(False)
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["level"] == "debug"


def test_a_command_that_works_by_itself_keeps_its_output_its_own() -> None:
    ours = (
        "import structlog; from commands.parts.logs import hush; hush();"
        " log = structlog.get_logger();"
        " log.info('performed', ms=3); log.warning('token_refused', code=40001, text='secret')"
    )
    done = shell(f"exec '{sys.executable}' -c \"{ours}\"")
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert {"event", "code", "level", "timestamp"} == json.loads(line).keys()
    assert "hush()" in (ROOT / "run.py").read_text("utf-8")
