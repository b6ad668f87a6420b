"""Lets both coupons of a merged person stand: neither becomes a second name of the other."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[4]))
from tests.late import after_import


def _break(shares: ModuleType) -> None:
    shares.__dict__["_arranged"] = _each_for_itself


def _each_for_itself(shares: Iterable[Any]) -> Sequence[Any]:
    taken: Counter[tuple[str, str]] = Counter()
    found = []
    for share in shares:
        taken[share.person, share.campaign] += 1
        ordinal = taken[share.person, share.campaign]
        found.append(replace(share, ordinal=ordinal, same_as=None))
    return found


if __name__ == "sitecustomize":
    after_import("bot.db.shares", _break)
