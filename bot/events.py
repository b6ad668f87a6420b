"""What can happen: one frozen value for each kind of thing a platform, or we ourselves, tell us.

Every event says which account it came to, when it happened by the platform's clock, whom it is
about, and keeps every leaf of what arrived in `fields`, so that nothing a platform said is lost
even where no typed attribute reads it. What all share stands in `bot.event`, what customer service
tells in `bot.events_kf`; this is the place to import them from.
"""

from dataclasses import dataclass
from typing import ClassVar

from bot.event import Alias, AliasKind, Event, Unrecognised
from bot.events_kf import (
    KfEntered,
    KfOther,
    KfRang,
    KfSaid,
    KfSentFailed,
    KfServicerSaid,
    KfSessionChanged,
)

__all__ = [
    "ANSWERED_INSIDE",
    "Alias",
    "AliasKind",
    "ContactAdded",
    "ContactDeleted",
    "ContactEdited",
    "Event",
    "Followed",
    "GroupChanged",
    "GroupCreated",
    "GroupDismissed",
    "GroupGrew",
    "GroupRead",
    "GroupShrank",
    "JoinWayMade",
    "KfEntered",
    "KfOther",
    "KfRang",
    "KfSaid",
    "KfSentFailed",
    "KfServicerSaid",
    "KfSessionChanged",
    "MemberJoined",
    "MemberLeft",
    "MenuTapped",
    "ProfileRead",
    "RedeemAsked",
    "Scanned",
    "Seat",
    "StaffDropped",
    "TextSaid",
    "Unfollowed",
    "Unrecognised",
]

# --- Official Account (oa/replies-and-messages.md) ---


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSaid(Event):
    """A follower typed something to the Official Account."""

    text: str
    msg_id: str
    occasion: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed(Event):
    """Someone followed the account; `scene` is the entry code scanned, without `qrscene_`."""

    scene: str = ""
    occasion: ClassVar[str] = "follow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned(Event):
    """A follower scanned an entry code."""

    scene: str
    occasion: ClassVar[str] = "scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuTapped(Event):
    """A follower tapped a menu entry of type click."""

    key: str
    occasion: ClassVar[str] = "menu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed(Event):
    """A follower left the account."""

    occasion: ClassVar[str] = "unfollow"


# --- WeCom contacts and groups (wecom/events.md sections 1 and 2) ---


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


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCreated(Event):
    """A customer group was created."""

    chat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupGrew(Event):
    """Members joined a customer group. `members` is empty on older corps: read the group."""

    chat: str
    members: tuple[str, ...] = ()
    scene: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShrank(Event):
    """Members left a customer group. `members` is empty on older corps: read the group."""

    chat: str
    members: tuple[str, ...] = ()
    scene: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChanged(Event):
    """Owner, name or notice of a customer group changed, as `detail` says."""

    chat: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDismissed(Event):
    """A customer group was dissolved."""

    chat: str


# --- what we learn ourselves: answers of owed queries, and calls of our own endpoints ---


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRead(Event):
    """A platform told us who `who` is: the unionid and the name, when it has them to give.

    `staff` and `remark` come from the question: a remark waiting for the name it should hold.
    """

    unionid: str = ""
    name: str = ""
    staff: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRead(Event):
    """The member list of a customer group, as it was when read; `staff` counts our own people.

    `expect` and `earlier` come from the question: who was said to have joined, and whether this is
    the first look at a group whose members were there before us.
    """

    chat: str
    name: str = ""
    owner: str = ""
    staff: int = 0
    members: tuple["Seat", ...] = ()
    expect: tuple[str, ...] = ()
    earlier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One customer's place in a group. `joined` is Unix seconds by the platform's clock."""

    member: str
    unionid: str = ""
    joined: int = 0
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Event):
    """One customer is seen in a group for the first time since leaving or ever.

    `earlier`: they sat there before we first looked, so nothing is owed to them for joining.
    """

    chat: str
    unionid: str = ""
    state: str = ""
    earlier: bool = False
    occasion: ClassVar[str] = "group_joined"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(Event):
    """One customer is no longer in a group."""

    chat: str
    occasion: ClassVar[str] = "group_left"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinWayMade(Event):
    """The platform made the way into a group: its QR picture and id."""

    chat: str
    config_id: str
    qr_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeemAsked(Event):
    """A till or a cashier presents a coupon code. `request` makes a repeated call harmless."""

    code: str
    store: str
    request: str
    cashier: str = ""


# What a platform lets us answer inside the response to its callback (oa/callbacks.md section 6).
ANSWERED_INSIDE = (TextSaid, Followed, Scanned, MenuTapped)
