"""`twin`: starts the platforms' offline twin alone, as the separate program it is."""

import subprocess
import sys
from pathlib import Path


def run(arguments: list[str]) -> int:
    """Run the twin with its own arguments until it is stopped; return its exit status."""
    root = Path(__file__).resolve().parent.parent
    try:
        return subprocess.run(
            [sys.executable, "-m", "twin", *arguments], cwd=root, check=False
        ).returncode
    except KeyboardInterrupt:
        return 0
