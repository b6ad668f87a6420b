"""The published cases as they lie in a folder: JSON lines, one case each."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.source import ROOT

CASES = ROOT.parent / "shared" / "cases"
SHEETS = ROOT.parent / "shared" / "protocol"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case; `expected` and `request` are as its file has them."""

    id: str
    platform: str
    kind: str
    payload: Any
    expected: dict[str, Any]
    request: dict[str, Any]

    @property
    def text(self) -> str:
        """Return the payload as the platform would send it."""
        if isinstance(self.payload, str):
            return self.payload
        return json.dumps(self.payload, ensure_ascii=False)


def read_cases(path: Path) -> Iterator[Case]:
    """Yield the cases of a file; none when there is no such file."""
    if not path.exists():
        return
    for line in path.read_text("utf-8").splitlines():
        case = json.loads(line)
        yield Case(
            id=case["id"],
            platform=case["platform"],
            kind=case["kind"],
            payload=case["payload"],
            expected=case.get("expected") or {},
            request=case.get("request") or {},
        )
