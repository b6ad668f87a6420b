"""Gives every message the same dedupe key."""

import sys
from pathlib import Path
from types import ModuleType

sys.path.append(str(Path(__file__).resolve().parents[4]))
from tests.late import after_import


def _break(inbox: ModuleType) -> None:
    inbox.__dict__["dedupe_key"] = _always_the_same


def _always_the_same(_instance_key: bytes, _canonical: bytes) -> str:
    return "0" * 64


if __name__ == "sitecustomize":
    after_import("bot.db.inbox", _break)
