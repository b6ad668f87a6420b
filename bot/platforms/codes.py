"""Platform answers sorted once: code → what it means, how to react, what an operator should do."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import yaml


class Reaction(StrEnum):
    """What our client does about a platform's answer."""

    DONE = "done"  # the effect stands already
    RETRY = "retry"  # busy: try again soon
    TOKEN = "token"  # noqa: S105  (a reaction)
    QUOTA = "quota"  # over a frequency limit: wait for the window
    FINAL = "final"  # refused for good
    UNKNOWN = "unknown"  # nobody can say whether the effect took place


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """One line of an error table."""

    code: int
    reaction: Reaction
    meaning: str
    advice: str = ""
    wait_s: float = 0.0


class ErrorTable:
    """The error table of one platform; a code not in it is final, and says so."""

    def __init__(self, lines: Mapping[int, Sorted], by_api: Mapping[tuple[str, int], Sorted]):
        self._lines = lines
        self._by_api = by_api

    def sort(self, api: str, code: int) -> Sorted:
        """Return how to react to `code` from `api`; a line for that API outranks the general."""
        found = self._by_api.get((api, code)) or self._lines.get(code)
        return found or Sorted(
            code=code,
            reaction=Reaction.FINAL,
            meaning=f"未收录的错误码 {code}",
            advice="请查平台文档，并把它补进 errors.yaml",
        )


def read_errors(path: Path) -> ErrorTable:
    """Read a packaged `errors.yaml`. Raises KeyError or ValueError: the file is ours."""
    raw = yaml.safe_load(path.read_text("utf-8"))
    lines = {line["code"]: _sorted(line) for line in raw["errors"]}
    by_api = {(line["api"], line["code"]): _sorted(line) for line in raw.get("apis", [])}
    return ErrorTable(lines, by_api)


def _sorted(line: Mapping[str, object]) -> Sorted:
    return Sorted(
        code=int(str(line["code"])),
        reaction=Reaction(str(line["reaction"])),
        meaning=str(line["meaning"]),
        advice=str(line.get("advice", "")),
        wait_s=float(str(line.get("wait_s", 0))),
    )
