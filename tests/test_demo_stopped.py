"""A demonstration that is stopped: it takes its processes along and leaves no traceback."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import ROOT

STOPPED = 130


def serving(home: Path) -> bool:
    """Whether the bot of this home still runs, by the process id it left in its lock file."""
    try:
        os.kill(int((home / "xiaoer.db.lock").read_text("ascii")), 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_demonstration_stopped_halfway_ends_its_processes(
    how: signal.Signals, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    command = (sys.executable, "run.py", "demo", "--kills", "0", "--keep", str(home))
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"},
    ) as playing:  # fmt: skip
        assert playing.stdout
        assert any("第 2 幕" in line for line in playing.stdout)
        assert serving(home)
        playing.send_signal(how)
        _, told = playing.communicate(timeout=20)
    assert (playing.returncode, told) == (STOPPED, "")
    assert not serving(home)
