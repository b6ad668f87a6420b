"""What a planner may know besides the event: member, shop, stocks, seats, the hour, the dice.

Facts are read inside the deciding transaction, so a plan made from them can be settled as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from bot.events import Alias, AliasKind, Event
from config.nouns import Campaign, Content, EntryCode, Group, Persona, Pool, Staff, Store, Welcome
from keyword_rules.rule import Hit

__all__ = [
    "Campaign", "CampaignFacts", "Content", "CouponFacts", "EntryCode", "Facts", "Grant", "Group",
    "GroupFacts", "Member", "Persona", "Pool", "PoolFacts", "Reach", "Situation", "Staff", "Store",
    "Talk", "Welcome",
]  # fmt: skip


_SESSION = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One way to reach the member: follower of an account, or contact of one member of staff."""

    account: str
    channel: str
    address: str
    staff: str = ""
    on: bool = True
    spoke: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A conversation in customer service.

    `state` is "" before anybody took it, bot, pool, human or ended; `sent` counts our messages
    since the customer's last words (5 within 48 h: wecom/kf.md section 5).
    """

    account: str
    kf: str
    member: str
    state: str = ""
    spoke: datetime | None = None
    staff_spoke: datetime | None = None
    sent: int = 0

    def held(self, now: datetime) -> bool:
        """Tell whether a person holds the conversation; 48 h without a word end it (kf.md 3)."""
        words = [at for at in (self.spoke, self.staff_spoke) if at]
        alive = not words or now - max(words) < _SESSION
        return alive and self.state in ("pool", "human")

    def free(self, now: datetime) -> bool:
        """Tell whether nobody holds the conversation, so that the bot must take it first."""
        return self.state != "bot" and not self.held(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One person, by whatever doors they came."""

    id: str
    aliases: frozenset[Alias] = frozenset()
    tags: Mapping[str, str] = field(default_factory=dict)
    stage: str = "visitor"
    store: str = ""
    reaches: tuple[Reach, ...] = ()
    talks: tuple[Talk, ...] = ()
    misses: int = 0  # messages in a row that no rule knew
    new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A share the member already holds."""

    ordinal: int
    code: str
    expires: datetime
    redeemed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFacts:
    """A campaign for this member: what they hold, and the shelf row they would get."""

    campaign: Campaign
    mine: tuple[Grant, ...] = ()
    coupon: int = 0  # 0 = the shelf is empty
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFacts:
    """A group of a pool with what is known of its seats."""

    group: Group
    members: int = 0
    held: int = 0
    state: str = "open"
    qr_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFacts:
    """A pool for this member: its groups, the one they were shown, the one they sit in."""

    pool: Pool
    groups: tuple[GroupFacts, ...] = ()
    shown: str = ""
    ticket: str = ""
    seated: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponFacts:
    """A coupon code presented at a till."""

    coupon: int
    campaign: Campaign
    state: str
    code: str = ""  # as it stands on the shelf, however it was typed
    expires: datetime | None = None
    redeemed_at: datetime | None = None
    redeemed_store: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a planner may look at."""

    now: datetime
    content: Content
    member: Member | None = None
    campaigns: Mapping[str, CampaignFacts] = field(default_factory=dict)
    pools: Mapping[str, PoolFacts] = field(default_factory=dict)
    coupon: CouponFacts | None = None
    seats: frozenset[str] = frozenset()  # customers known to sit in the group the event is about
    pool_of_chat: str = ""
    dice: str = ""  # hex digits, the same for every run of this event
    public_url: str = ""
    answers_inside: bool = False  # the event's platform takes an answer inside the response
    silent: str = ""  # why nothing may be said by itself now; "" = it may
    ticket: str = ""  # an unguessable name for what this event opens
    welcome_until: datetime | None = None
    zone: tzinfo = UTC  # the stores' time zone, in which customers read days and hours
    group_lag: timedelta = timedelta(seconds=2)

    corps: Mapping[str, str] = field(default_factory=dict)  # WeCom account id → CorpID

    def contact(self, account: str, member: str) -> Alias:
        """Return the name of a customer of one WeCom account."""
        return Alias(AliasKind.EXTERNAL_USERID, self.corps.get(account, account), member)

    def local(self, at: datetime) -> datetime:
        """Return a moment by the stores' wall clock."""
        return at.astimezone(self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One event with everything known about it: what a handler is given."""

    event: Event
    facts: Facts
    hits: tuple[Hit, ...] = ()
