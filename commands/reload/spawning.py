"""Starts the process that makes rules; early, so that it has begun when a server is imported."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AHEAD = "--ahead"  # read the dictionary before any order comes
_ROOT = Path(__file__).resolve().parents[2]


def spawned(*words: str) -> subprocess.Popen[bytes]:
    """Start it with no more than it needs: no secret, no socket, no setting of ours."""
    return subprocess.Popen(
        [sys.executable, "-m", "commands.reload.child", *words],
        cwd=_ROOT,
        env={"PYTHONUTF8": "1", "PATH": os.defpath},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C in a terminal is told to the server, which then ends it
    )


@contextmanager
def spawned_ahead(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start it before a home has been read; it has ended when this is left."""
    # With words of its own a home has another dictionary, which only the order brings.
    with spawned(*(() if (home / "words.txt").exists() else (AHEAD,))) as process:
        try:
            yield process
        finally:
            process.kill()
