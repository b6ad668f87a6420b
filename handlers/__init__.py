"""What this shop does about what happens: pure functions, one noun a file."""

from bot.events import (
    ContactAdded,
    ContactDeleted,
    Followed,
    GroupCreated,
    GroupDismissed,
    GroupGrew,
    GroupRead,
    GroupShrank,
    JoinWayMade,
    KfEntered,
    KfRang,
    KfSaid,
    KfSentFailed,
    KfServicerSaid,
    KfSessionChanged,
    MemberJoined,
    MemberLeft,
    MenuTapped,
    ProfileRead,
    RedeemAsked,
    Scanned,
    StaffDropped,
    TextSaid,
    Unfollowed,
)
from handlers import arrivals, coupons, fallback, groups, personas, tags, talks, tills

EVENTS = {
    TextSaid: arrivals.spoke,
    MenuTapped: arrivals.touched,
    Followed: arrivals.followed,
    Scanned: arrivals.scanned,
    Unfollowed: arrivals.unfollowed,
    ContactAdded: arrivals.contact_added,
    ContactDeleted: arrivals.contact_lost,
    StaffDropped: arrivals.contact_lost,
    ProfileRead: arrivals.profile_read,
    GroupCreated: groups.created,
    GroupGrew: groups.grew,
    GroupShrank: groups.shrank,
    GroupDismissed: groups.dismissed,
    GroupRead: groups.read,
    JoinWayMade: groups.join_way_made,
    MemberJoined: groups.member_joined,
    MemberLeft: groups.member_left,
    RedeemAsked: tills.redeem_asked,
    KfRang: talks.rang,
    KfEntered: talks.entered,
    KfSaid: talks.said,
    KfServicerSaid: talks.servicer_said,
    KfSessionChanged: talks.session_changed,
    KfSentFailed: talks.sent_failed,
}
STEPS = {
    "reply": personas.reply,
    "topic": personas.topic,
    "handover": personas.handover,
    "grant": coupons.grant,
    "invite": groups.invite,
    "tag": tags.tag,
    "untag": tags.untag,
    "welcome": arrivals.welcome,
}
UNKNOWN = fallback.unknown
FINISH = tags.mirror

__all__ = ["EVENTS", "FINISH", "STEPS", "UNKNOWN"]
