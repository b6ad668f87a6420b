"""What a planner may know besides the event: member, shop, stocks, seats, the hour, the dice.

Facts are read inside the deciding transaction, so a plan made from them can be settled as it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo

from bot.events import Alias, AliasKind, Event
from bot.listed import ListedFacts, Standing
from bot.mass import Candidate, MassFacts, MassPart
from bot.member import Member, Quota, Reach, SentNotice, Talk
from bot.pausing import NOTHING_PAUSED, Paused
from config.nouns import (
    Campaign,
    Content,
    EntryCode,
    Group,
    Persona,
    Pool,
    Staff,
    StageRule,
    Store,
    Welcome,
)
from config.service_notices import ServiceNotice
from keyword_rules.rule import Hit

__all__ = [
    "Campaign", "CampaignFacts", "Candidate", "Content", "CouponFacts", "EntryCode", "Facts",
    "Grant", "Group", "GroupFacts", "ListedFacts", "MassFacts", "MassPart", "Member", "Newcomer",
    "OrderFacts", "Persona", "Pool", "PoolFacts", "Quota", "Reach", "SentNotice", "ServiceNotice",
    "ShiftFacts", "Situation", "Staff", "StageRule", "Standing", "Store", "Talk", "Tally", "Unsaid",
    "Welcome",
]  # fmt: skip


PROPOSAL_LIVES = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A share the member already holds."""

    ordinal: int
    code: str
    expires: datetime
    redeemed: bool = False
    coupon: int = 0
    link: str = ""  # what follows /c/ in the URL of its page, for the answer that is being made


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFacts:
    """A campaign for this member: what they hold, and the shelf row they would get."""

    campaign: Campaign
    mine: tuple[Grant, ...] = ()
    coupon: int = 0  # 0 = the shelf is empty
    code: str = ""
    link: str = ""  # as a grant's, for the shelf row they would get


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFacts:
    """A group of a pool with what is known of its seats."""

    group: Group
    members: int = 0
    held: int = 0
    state: str = "open"
    qr_code: str = ""
    owner: str = ""
    kf: str = ""  # whose customer service `kf_link` leads into
    kf_link: str = ""
    welcome: str = ""  # the platform's name of the welcome we keep there for it
    welcome_digest: str = ""  # of what that welcome says


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
    others_redeemed: int = 0  # of the same campaign, by the same member
    device: str = ""  # which its page is bound to; "" = nobody opened it yet
    device_given: int = 0  # the inbox row whose answer held the link it was bound by


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What the member bought and kept, this event's order included.

    `spend_fen` is net of refunds; cancelled and wholly refunded orders do not count. `last` is when
    the newest was paid. `waiting`: this event's order has no member yet. `fresh`: it was heard of
    for the first time, soon after it was paid.
    """

    count: int = 0
    spend_fen: int = 0
    last: datetime | None = None
    waiting: bool = False
    fresh: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A member who came to the store today, as employees may see them: by the tail of their id.

    `key` is the entry code they came by, "" when it was none of ours; `account` where that was.
    """

    tail: str
    at: datetime
    key: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Today's coupons of one campaign: given to the store's members, and taken in at its till."""

    campaign: str
    given: int = 0
    redeemed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A proposal and its card. `state` is open, sent or skipped."""

    task: str
    chat: str
    staff: str
    state: str
    response_code: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFacts:
    """What of proposals concerns this event.

    `proposal` is the one an employee tapped or said. `waits`: one for this member is still open.
    `asked` names, by their keys, the links and welcomes of groups that are owed or were made.
    """

    proposal: Proposed | None = None
    waits: bool = False
    asked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsaid:
    """Words that an employee should still say to a member in a group."""

    chat: str
    staff: str
    tail: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftFacts:
    """The day so far of the asking employee's `store`; "" when the sheet of staff names none.

    Of those without a coupon the first 20 are in `newcomers`, and all of them in `unclaimed`.
    `contacts` counts by userid the friends whom the store's employees gained.
    """

    store: str = ""
    came: int = 0
    unclaimed: int = 0
    newcomers: tuple[Newcomer, ...] = ()
    tallies: tuple[Tally, ...] = ()
    groups: tuple[GroupFacts, ...] = ()
    unsaid: tuple[Unsaid, ...] = ()
    contacts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passphrase:
    """What came of a group's passphrase that the member typed.

    `outcome` is linked, already, seated, ambiguous, wrong_group or nobody.
    """

    outcome: str
    pool: str
    chat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkFacts:
    """What this event tells of one person behind two doors.

    `how` says by what a link was learnt just now, "" = none was. `token` is a name for this member
    that may be carried to another door until `token_ends`; "" when they need none. `undoing` is how
    the merge to be undone stands: standing or undone, "" when there is none of that number.
    """

    how: str = ""
    token: str = ""
    token_ends: datetime | None = None
    passphrase: Passphrase | None = None
    undoing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a planner may look at."""

    now: datetime
    content: Content
    member: Member | None = None
    campaigns: Mapping[str, CampaignFacts] = field(default_factory=dict)
    pools: Mapping[str, PoolFacts] = field(default_factory=dict)
    coupon: CouponFacts | None = None
    orders: OrderFacts = field(default_factory=OrderFacts)
    links: LinkFacts = field(default_factory=LinkFacts)
    seats: frozenset[str] = frozenset()  # customers known to sit in the group the event is about
    chat: str = ""  # the group this is about, or by whose link the customer came
    pool_of_chat: str = ""
    listed: ListedFacts = field(default_factory=ListedFacts)
    drafts: DraftFacts = field(default_factory=DraftFacts)
    dice: str = ""  # hex digits, the same for every run of this event
    public_url: str = ""
    answers_inside: bool = False  # the event's platform takes an answer inside the response
    silent: str = ""  # why nothing may be said by itself now; "" = it may
    ticket: str = ""  # an unguessable name for what this event opens
    welcome_until: datetime | None = None
    mass: MassFacts | None = None  # None for every event that is about no mass message
    shift: ShiftFacts | None = None  # of the employee who asks; None for every other event
    reported: tuple[SentNotice | None, ...] = ()  # which notice each report of this event is of
    zone: tzinfo = UTC  # the stores' time zone, in which customers read days and hours
    group_lag: timedelta = timedelta(seconds=2)
    redeem_undo: timedelta = timedelta(minutes=30)  # for which a redemption may be taken back
    paused: Paused = NOTHING_PAUSED  # what operators have stopped
    corps: Mapping[str, str] = field(default_factory=dict)  # WeCom account id → CorpID
    quota: Quota = field(default_factory=Quota)

    @property
    def group(self) -> GroupFacts | None:
        """Return the group that `chat` names, when it is one of a pool's."""
        pool = self.pools.get(self.pool_of_chat)
        return next((g for g in pool.groups if g.group.chat == self.chat), None) if pool else None

    def contact(self, account: str, member: str) -> Alias:
        """Return the name of a customer of one WeCom account."""
        return Alias(AliasKind.EXTERNAL_USERID, self.corps.get(account, account), member)

    @property
    def morning(self) -> datetime | None:
        """Return when the quiet hours end in which nothing is sent unasked; None outside them."""
        ends = self.content.quiet_hours.until(self.local(self.now))
        return ends.astimezone(UTC) if ends else None

    def local(self, at: datetime) -> datetime:
        """Return a moment by the stores' wall clock."""
        return at.astimezone(self.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One event with everything known about it: what a handler is given."""

    event: Event
    facts: Facts
    hits: tuple[Hit, ...] = ()
