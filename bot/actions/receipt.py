"""Receipts: what became of one try of a remote effect."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.events import Event


class State(StrEnum):
    """Where an owed effect stands; done, failed, expired and skipped are final."""

    READY = "ready"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one try of a remote effect.

    `state` READY means try again after `retry_s`. `events` are answers of queries and `remember`
    what the account's next calls need to know; both are written in the transaction of the outcome.
    `tried` False: our own budget held it back before any call, which counts as no try.
    """

    state: State
    code: int | None = None
    meaning: str = ""
    retry_s: float = 0.0
    phase: str = ""
    tried: bool = True
    events: tuple[Event, ...] = ()
    outcome: Mapping[str, str] = field(default_factory=dict)
    remember: Mapping[str, str] = field(default_factory=dict)
