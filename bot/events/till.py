"""What tills and cashiers ask for."""

from dataclasses import dataclass

from bot.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemAsked(Event):
    """A till or a cashier presents a coupon code. `request` makes a repeated call harmless."""

    code: str
    store: str
    request: str
    cashier: str = ""
