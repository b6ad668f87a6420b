"""Every table. Tortoise owns this schema and its migrations; writes are SQL run by the one writer.

Ids are integers inside and ULIDs outward; nothing is ordered by a ULID.
"""

from bot.db.tables_care import Clearing, ErasedName, Erasure, Pause
from bot.db.tables_mass import Mass, MassPart, MassReceiver
from bot.db.tables_people import LinkToken, MergeLog, OrderName, ShopOrder
from bot.db.tables_reconcile import Comparison, GapFound, Sighting
from bot.db.tables_shop import (
    AliasRow,
    ChatGroup,
    Coupon,
    CouponGrant,
    Invite,
    LabelId,
    Person,
    Reach,
    Redemption,
    RuleHit,
    SeatRow,
    Tag,
    Talk,
)
from bot.db.tables_staff import Proposal, TillGuard
from bot.db.tables_work import (
    Attempt,
    Effect,
    GapRow,
    Inbox,
    Memory,
    Meta,
    Notice,
    Refusal,
    Token,
    Trace,
    Worker,
)

__all__ = [
    "AliasRow",
    "Attempt",
    "ChatGroup",
    "Clearing",
    "Comparison",
    "Coupon",
    "CouponGrant",
    "Effect",
    "ErasedName",
    "Erasure",
    "GapFound",
    "GapRow",
    "Inbox",
    "Invite",
    "LabelId",
    "LinkToken",
    "Mass",
    "MassPart",
    "MassReceiver",
    "Memory",
    "MergeLog",
    "Meta",
    "Notice",
    "OrderName",
    "Pause",
    "Person",
    "Proposal",
    "Reach",
    "Redemption",
    "Refusal",
    "RuleHit",
    "SeatRow",
    "ShopOrder",
    "Sighting",
    "Tag",
    "Talk",
    "TillGuard",
    "Token",
    "Trace",
    "Worker",
]
