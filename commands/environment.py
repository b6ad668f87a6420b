"""Make `python run.py` work from a fresh clone: lend it the project's own environment."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEEDED = ("aiohttp", "cryptography", "pydantic_settings", "typer", "yaml")


def complete() -> None:
    """Return at once when this Python has the packages; else start over in the project's .venv.

    `.venv` is made by `make setup` when it is not there, with its progress on standard error, so
    that standard output stays the command's own. Exits 2 with advice when that does not help.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if not missing:
        return
    own = ROOT / ".venv" / "bin" / "python"
    if Path(sys.prefix) == ROOT / ".venv" or not _made(own):
        sys.exit(_advice(missing))
    os.execv(own, [str(own), *sys.argv])  # noqa: S606 (our own interpreter, no shell)


def _made(own: Path) -> bool:
    if own.exists():
        return True
    try:
        done = subprocess.run(
            ["make", "--directory", str(ROOT), "setup"],  # noqa: S607 (make is found by PATH)
            stdin=subprocess.DEVNULL,  # a payload piped to the command is not make's
            stdout=sys.stderr,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0 and own.exists()


def _advice(missing: list[str]) -> int:
    sys.stderr.write(
        f"缺少依赖：{'、'.join(missing)}。请先运行 make setup，再用 .venv/bin/python run.py。\n"
        f"Packages are missing: {', '.join(missing)}."
        " Run make setup, then .venv/bin/python run.py.\n"
    )
    return 2
