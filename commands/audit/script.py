"""The twin's script: what the people of a story were promised, and when the bot was killed."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson


class BadScript(Exception):
    """A script file cannot be read; the message says where."""


class PromiseKind(StrEnum):
    """What can be promised to a person (docs/reference/auditor.md)."""

    SHOWN = "shown"
    NOT_SHOWN = "not_shown"
    CODE = "code"
    STOCK = "stock"
    LABEL = "label"
    REMARK = "remark"
    SEAT = "seat"
    REFUSED = "refused"
    SHARE = "share"
    REDEEMED = "redeemed"
    ORDER = "order"
    IN_GROUP = "in_group"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One line of the oracle: in step `step`, `who` gets `value`, `times` times.

    `happening` narrows `shown` to the messages that answer one happening. Raises ValueError for a
    kind that is not one of PromiseKind.
    """

    step: int
    who: str
    kind: str
    value: str
    happening: str = ""
    times: int = 1

    def __post_init__(self) -> None:
        PromiseKind(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """The `number`-th SIGKILL of the bot; `at` is Unix seconds by the twin's clock."""

    at: float
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """Everything an audit may hold against the bot besides the book."""

    promises: tuple[Promise, ...] = ()
    kills: tuple[Kill, ...] = ()

    def to_json(self) -> bytes:
        """Return the script as the text of `script.json`."""
        told = {"v": 1, **dataclasses.asdict(self)}
        return orjson.dumps(told, option=orjson.OPT_INDENT_2)


def read_script(path: Path) -> Script:
    """Read a script back. Raises BadScript when the file is missing or is no script."""
    try:
        told = orjson.loads(path.read_bytes())
        return script_of(told)
    except OSError as trouble:
        raise BadScript(f"{path} 读不了：{trouble.strerror}") from trouble
    except (ValueError, TypeError, KeyError, AttributeError) as trouble:
        raise BadScript(f"{path} 不是剧本：{trouble}") from trouble


def script_of(told: Mapping[str, Any]) -> Script:
    """Return the script a JSON object tells. Raises KeyError, TypeError or ValueError."""
    if told["v"] != 1:
        raise ValueError(f"不认识的版本 {told['v']}")
    return Script(
        promises=tuple(Promise(**one) for one in told["promises"]),
        kills=tuple(Kill(at=float(one["at"]), number=int(one["number"])) for one in told["kills"]),
    )
