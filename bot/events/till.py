"""What tills and cashiers ask for, and what customers do with the coupons they show there."""

from dataclasses import dataclass
from typing import ClassVar

from bot.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemAsked(Event):
    """A till or a cashier presents a coupon code. `request` makes a repeated call harmless."""

    code: str
    store: str
    request: str
    cashier: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemUndone(Event):
    """A manager takes a redemption of their store back, within the time the shop allows."""

    code: str
    store: str
    request: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponOpened(Event):
    """A customer opens the page of the coupon they were given, on the device named `device`.

    `given` is the inbox row whose answer held the link they came by.
    """

    coupon: int
    device: str
    given: int
    occasion: ClassVar[str] = "coupon_opened"
