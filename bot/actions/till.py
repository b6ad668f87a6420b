"""Effects on a coupon after it was given: opened on a phone, taken back at a till."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions.action import Local


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCoupon(Local):
    """Bind a coupon's page to the device that is the first to open its newest link."""

    kind: ClassVar[str] = "open_coupon"
    coupon: int
    device: str
    given: int

    def key(self) -> str:
        return f"open:{self.coupon}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoRedeem(Local):
    """Take a redemption back: the coupon is good again, and both lines are kept."""

    kind: ClassVar[str] = "undo_redeem"
    coupon: int
    code: str
    store: str
    by: str
    request: str

    def key(self) -> str:
        return f"undo_redeem:{self.code}"
