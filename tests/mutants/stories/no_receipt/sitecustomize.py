"""Writes no receipt: an effect stays under way for ever, and its caller is told all is well."""

import sys
from pathlib import Path
from types import ModuleType

sys.path.append(str(Path(__file__).resolve().parents[4]))
from tests.late import after_import


def _break(ledger: ModuleType) -> None:
    ledger.__dict__["settle"] = _forget


async def _forget(*_receipt: object) -> bool:
    return True


if __name__ == "sitecustomize":
    after_import("bot.db.ledger", _break)
