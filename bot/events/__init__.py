"""What can happen: one frozen value for each kind of thing a platform, or we ourselves, tell us.

Every event says which account it came to, when it happened by the platform's clock, whom it is
about, and keeps every leaf of what arrived in `fields`, so that nothing a platform said is lost
even where no typed attribute reads it. Each module here holds one sort of them; this is the place
to import them from.
"""

from bot.events.contact import ContactAdded, ContactDeleted, ContactEdited, StaffDropped
from bot.events.event import Alias, AliasKind, Event, Notice, Unrecognised
from bot.events.follower import Followed, MenuTapped, Scanned, TextSaid, Unfollowed
from bot.events.group import (
    GroupChanged,
    GroupCreated,
    GroupDismissed,
    GroupGrew,
    GroupLinkMade,
    GroupRead,
    GroupSaid,
    GroupShrank,
    GroupWelcomeMade,
    JoinWayMade,
    MemberJoined,
    MemberLeft,
    ProposalSaid,
    Seat,
    group_scene,
)
from bot.events.kf import (
    KfEntered,
    KfNotice,
    KfOther,
    KfRang,
    KfSaid,
    KfSentFailed,
    KfServicerSaid,
    KfSessionChanged,
)
from bot.events.order import MergeUndone, NamesTold, OrdersMoved, OrderTold
from bot.events.person import ProfileRead
from bot.events.staff import BotAsked, BotEntered, CardSent, CardTapped, StaffSaid
from bot.events.till import CouponOpened, RedeemAsked, RedeemUndone

__all__ = [
    "ANSWERED_INSIDE",
    "Alias",
    "AliasKind",
    "BotAsked",
    "BotEntered",
    "CardSent",
    "CardTapped",
    "ContactAdded",
    "ContactDeleted",
    "ContactEdited",
    "CouponOpened",
    "Event",
    "Followed",
    "GroupChanged",
    "GroupCreated",
    "GroupDismissed",
    "GroupGrew",
    "GroupLinkMade",
    "GroupRead",
    "GroupSaid",
    "GroupShrank",
    "GroupWelcomeMade",
    "JoinWayMade",
    "KfEntered",
    "KfNotice",
    "KfOther",
    "KfRang",
    "KfSaid",
    "KfSentFailed",
    "KfServicerSaid",
    "KfSessionChanged",
    "MemberJoined",
    "MemberLeft",
    "MenuTapped",
    "MergeUndone",
    "NamesTold",
    "Notice",
    "OrderTold",
    "OrdersMoved",
    "ProfileRead",
    "ProposalSaid",
    "RedeemAsked",
    "RedeemUndone",
    "Scanned",
    "Seat",
    "StaffDropped",
    "StaffSaid",
    "TextSaid",
    "Unfollowed",
    "Unrecognised",
    "group_scene",
]

# What a platform lets us answer inside the response to its callback (oa/callbacks.md section 6,
# wecom/apps-and-bots.md section 4.3).
ANSWERED_INSIDE = (TextSaid, Followed, Scanned, MenuTapped, BotAsked, BotEntered)
