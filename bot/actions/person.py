"""Effects on who somebody is, and on where they stand with the shop."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.actions.action import Local
from bot.events import Alias


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkOrder(Local):
    """Keep an order as it stands now, with the names by which it finds its member, now or later."""

    kind: ClassVar[str] = "mark_order"
    source: str
    order: str
    revision: int
    state: str
    total_fen: int
    refunded_fen: int
    paid: datetime | None
    store: str
    names: tuple[Alias, ...]

    def key(self) -> str:
        return f"order:{self.source}:{self.order}:{self.revision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveStage(Local):
    """Move the member to the stage their orders speak for."""

    kind: ClassVar[str] = "move_stage"
    stage: str
    why: str = ""

    def key(self) -> str:
        return "stage"


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeLinkToken(Local):
    """Keep a token that, brought in by another door until `expires`, proves to be this member."""

    kind: ClassVar[str] = "make_link_token"
    token: str
    expires: datetime

    def key(self) -> str:
        return "link_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoMerge(Local):
    """Make two members of one again, each with what was theirs, and keep them apart."""

    kind: ClassVar[str] = "undo_merge"
    merge: int
    by: str

    def key(self) -> str:
        return f"undo_merge:{self.merge}"
