"""What every effect declares: its class, its policy, its lane, its key.

* class: A local, in the deciding transaction · B set-like, may be repeated · C keyed by the
  platform · D read back before repeating · E no key, so at most once or at least once
* policy: what becomes of it when the outcome cannot be known
* lane: 0 deadlines in seconds, 1 answers, 2 labels and remarks, 3 reading
* key: what makes two of them the same effect (`key()`; unique in the ledger)

The deadline of one effect travels in `deadline`; None means it does not go stale.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from bot.errors import Undeclared


class Class(StrEnum):
    """How exactly-once is reached for a kind of effect (docs/reference/effects.md)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class Policy(StrEnum):
    """What becomes of an effect that was under way when the process died."""

    NEVER_UNKNOWN = "never_unknown"  # local: the transaction decides
    REPEAT = "repeat"  # repeating is harmless
    AT_MOST_ONCE = "at_most_once"  # becomes unknown and is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One effect. Subclasses declare `kind`, `klass`, `policy`, `lane` and `key()`."""

    kind: ClassVar[str] = ""
    klass: ClassVar[Class]
    policy: ClassVar[Policy]
    lane: ClassVar[int]

    rule: str = ""

    def key(self) -> str:
        """Return what makes two actions the same effect within one decision."""
        raise Undeclared(f"{type(self).__name__} declares no key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Local(Action):
    """An effect in our own tables, settled in the transaction that decides it."""

    klass: ClassVar[Class] = Class.A
    policy: ClassVar[Policy] = Policy.NEVER_UNKNOWN
    lane: ClassVar[int] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote(Action):
    """An effect at a platform, owed through the ledger. Effects of one `order` never overlap."""

    account: str
    deadline: datetime | None = None
    not_before: datetime | None = None

    def order(self) -> str:
        """Return the key within which effects run one at a time, oldest first; "" = any order."""
        return ""
