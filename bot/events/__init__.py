"""What can happen: one frozen value for each kind of thing a platform, or we ourselves, tell us.

Every event says which account it came to, when it happened by the platform's clock, whom it is
about, and keeps every leaf of what arrived in `fields`, so that nothing a platform said is lost
even where no typed attribute reads it. Each module here holds one sort of them; this is the place
to import them from.
"""

from bot.events.contact import ContactAdded, ContactDeleted, ContactEdited, StaffDropped
from bot.events.event import Alias, AliasKind, Event, Unrecognised
from bot.events.follower import Followed, MenuTapped, Scanned, TextSaid, Unfollowed
from bot.events.group import (
    GroupChanged,
    GroupCreated,
    GroupDismissed,
    GroupGrew,
    GroupRead,
    GroupShrank,
    JoinWayMade,
    MemberJoined,
    MemberLeft,
    Seat,
)
from bot.events.kf import (
    KfEntered,
    KfOther,
    KfRang,
    KfSaid,
    KfSentFailed,
    KfServicerSaid,
    KfSessionChanged,
)
from bot.events.person import ProfileRead
from bot.events.till import RedeemAsked

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

# What a platform lets us answer inside the response to its callback (oa/callbacks.md section 6).
ANSWERED_INSIDE = (TextSaid, Followed, Scanned, MenuTapped)
