"""Words before they have a carrier, and what a till is answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.actions.kf import Choice
from bot.actions.remote import Attachment


class Truth(StrEnum):
    """Which of the three is true of something we say or do; shown on every screen."""

    AUTOMATIC = "automatic"
    CUSTOMER_TAP = "customer_tap"
    EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Words for the customer, in a persona's voice; `why` tells how the persona was chosen.

    `topic` and `variant` (from 1) name the persona's own wording, if it is one. `withheld` tells
    why the words are not sent, "" when they are. `card` is the way into a group; `menu`, `link`
    and `image` (a file of the home's media folder) go along where the way takes them.
    """

    text: str
    persona: str = ""
    why: str = ""
    topic: str = ""
    variant: int = 0
    withheld: str = ""
    truth: Truth = Truth.AUTOMATIC
    card: Attachment | None = None
    menu: tuple[Choice, ...] = ()
    link: Attachment | None = None
    image: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a till is answered: a stable code, a sentence, and the facts it may show."""

    code: str
    text: str
    details: Mapping[str, str] = field(default_factory=dict)
