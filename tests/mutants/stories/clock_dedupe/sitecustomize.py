"""Takes the dedupe key of a message from the clock."""

import sys
import time
from pathlib import Path
from types import ModuleType

sys.path.append(str(Path(__file__).resolve().parents[4]))
from tests.late import after_import


def _break(inbox: ModuleType) -> None:
    inbox.__dict__["dedupe_key"] = _by_the_clock


def _by_the_clock(_instance_key: bytes, _canonical: bytes) -> str:
    return f"{time.time_ns():064d}"


if __name__ == "sitecustomize":
    after_import("bot.db.inbox", _break)
