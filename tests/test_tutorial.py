"""The tutorial, as somebody follows it: two terminals, every command, in order."""

import os
import pty
import re
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.pages import blocks
from tests.source import ROOT
from tests.test_docs import PYTHON

PAGE = ROOT / "docs" / "tutorial" / "first-ten-minutes.md"
TWIN = re.compile(r"平台仿真 (http://127\.0\.0\.1:\d+)")
ANSWER = "伞在收银台旁边"
SETTLED_S = 10.0  # for a changed rule to be seen; two seconds are promised


def scripts() -> list[str]:
    """The commands of each block of the tutorial."""
    return ["\n".join(block.lines) for block in blocks(PAGE) if block.tag == "console"]


@contextmanager
def first_terminal(script: str, environment: dict[str, str]) -> Iterator[str]:
    """Run the demo on a terminal; gives the twin's address once it goes on serving."""
    ours, theirs = pty.openpty()
    command = ["/bin/sh", "-c", f"exec {_own_python(script)}"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=theirs, stdout=subprocess.PIPE, text=True
    ) as demo:
        try:
            yield _address(demo)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.communicate(timeout=30)
            os.close(ours)
            os.close(theirs)
    assert demo.returncode == 0


def _address(demo: "subprocess.Popen[str]") -> str:
    assert demo.stdout is not None
    seen: list[str] = []
    for line in demo.stdout:
        seen.append(line)
        if found := TWIN.search(line):
            return found[1]
    raise AssertionError("".join(seen))


def _own_python(script: str) -> str:
    own = shlex.quote(sys.executable)
    return "\n".join(PYTHON.sub(lambda found: found[1] + own, line) for line in script.splitlines())


def _typed(script: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["/bin/sh", "-e", "-c", _own_python(script)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_whoever_follows_the_tutorial_sees_what_it_promises(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    demo, tried, asked, gaps, taught, phone = scripts()
    with first_terminal(demo, environment) as twin:
        assert "命中 coupon-newcomer（sound" in _typed(tried, environment)
        assert "领劵" in _typed(asked, environment)
        assert "会不会下冰雹" in _typed(gaps, environment)
        assert "没有错误" in _typed(taught, environment)  # a warning: the one egg is gone
        there = re.sub(r"(?<=^TWIN=).*", twin, phone)
        deadline = time.monotonic() + SETTLED_S
        while ANSWER not in (answer := _typed(there, environment)):
            assert time.monotonic() < deadline, answer
            time.sleep(0.5)
