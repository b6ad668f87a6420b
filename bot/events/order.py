"""What the shop's own systems tell: orders, and which names are one person's.

They come by a signed call of ours or from a file (docs/reference/incoming.md). Phone numbers are
hashed with the instance key before anything is kept.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.events.event import Alias, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTold(Event):
    """An order as it stands now; of two tellings the one with the higher `revision` counts.

    Money is integer fen. `refunded_fen` is all that went back so far; `state` is paid, refunded
    (all of it) or cancelled. `names` is every name the order carries, strongest first.
    """

    source: str
    order: str
    revision: int
    state: str
    total_fen: int
    refunded_fen: int = 0
    paid: datetime | None = None
    store: str = ""
    names: tuple[Alias, ...] = ()
    occasion: ClassVar[str] = "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersMoved(Event):
    """Orders became, or ceased to be, those of the member `person` by what another event told."""

    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesTold(Event):
    """A system that checked it tells that `names` are one person's.

    `overrule`: an operator says so, who knows that the two were told apart before.
    """

    source: str
    names: tuple[Alias, ...]
    overrule: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeUndone(Event):
    """Somebody found that two people were taken for one: merge number `merge` was wrong."""

    merge: int
    by: str
