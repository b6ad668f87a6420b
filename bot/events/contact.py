"""What happens between customers and members of staff (wecom/events.md section 1)."""

from dataclasses import dataclass
from typing import ClassVar

from bot.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAdded(Event):
    """A customer added a member of staff. `half`: the staff has not confirmed yet.

    `welcome_code` is "" when the platform issues none; it dies 20 s after the event.
    """

    staff: str
    state: str = ""
    welcome_code: str = ""
    half: bool = False
    occasion: ClassVar[str] = "contact"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEdited(Event):
    """Staff edited the remark or the labels of a customer."""

    staff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDeleted(Event):
    """Staff deleted the customer; contact APIs fail with 84061 from now on."""

    staff: str
    source: str = ""
    occasion: ClassVar[str] = "contact_deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDropped(Event):
    """The customer deleted the member of staff."""

    staff: str
    occasion: ClassVar[str] = "staff_dropped"
