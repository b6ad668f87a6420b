"""Words before they have a carrier, and what a till is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.actions.remote import Attachment


class Truth(StrEnum):
    """Which of the three is true of something we say or do; shown on every screen."""

    AUTOMATIC = "automatic"
    CUSTOMER_TAP = "customer_tap"
    EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Words for the customer, in a persona's voice; `why` tells how the persona was chosen."""

    text: str
    persona: str = ""
    why: str = ""
    truth: Truth = Truth.AUTOMATIC
    card: Attachment | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a till is answered: a stable code, a sentence, and the facts it may show."""

    code: str
    text: str
    details: Mapping[str, str] = field(default_factory=dict)
