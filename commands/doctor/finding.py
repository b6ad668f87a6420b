"""What one check found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check ended. Both warn and bad come with a next step."""

    OK = "ok"
    WARN = "warn"  # it works, and something of it will not, or only here
    BAD = "bad"  # it does not work
    SKIPPED = "skipped"  # it could not be looked at, or is not used here


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report. `account` "" is the whole home; `next` is what to do now.

    `unreachable`: the other side could not be reached, so nothing is known of it.
    """

    account: str
    check: str
    status: Status
    found: str
    next: str = ""
    unreachable: bool = False
