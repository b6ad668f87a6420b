"""The nouns of a shop as frozen values: store, staff, pool, campaign, persona, welcome.

Pure values, no reading: `config.content` reads them from a home folder. Money is integer fen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from config.calendar import NO_HOLIDAYS, Calendar
from config.hours import NEVER, Hours
from config.problems import Place
from config.service_notices import Remind, ServiceNotice


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """A shop. `id` is what posters, rules and tills call it, such as S012."""

    id: str
    name: str
    city: str = ""
    address: str = ""
    hours: str = ""
    phone: str = ""
    persona: str = ""  # the store's own persona, "" = the content's default
    redeem_key_sha256: str = ""  # hex digest of the till's bearer key; "" = the till may not redeem
    cashier_pin: str = ""  # digests of the cashier page's PINs (config/pins.py); "" = no way in
    manager_pin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """An employee (导购) by WeCom userid."""

    userid: str
    name: str
    store: str = ""
    persona: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A customer group known to a pool. `expires` and `closed` take it out of choice."""

    chat: str
    name: str
    store: str = ""
    capacity: int = 200
    closed: bool = False
    expires: datetime | None = None
    qr_code: str = ""  # picture of the way in, when the operator made it by hand
    passphrase: str = ""  # what a member types elsewhere to be recognised as one of this group


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """Groups that serve one purpose. `account` is the WeCom account that owns them."""

    id: str
    name: str
    account: str
    groups: tuple[Group, ...] = ()
    benefit: str = ""  # campaign granted once the join is seen
    tags: tuple[str, ...] = ()  # written when the join is seen
    warn_at: int = 180  # members in a group from which operators are warned
    hello: str = ""  # sent with the in-group benefit; a text with slots
    kf: str = ""  # the customer service account (open_kfid) its groups' welcomes lead into
    group_welcome: str = ""  # a text with slots, shown in the group once its owner picked it


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A stock of a benefit and its terms. Codes are generated, or imported from `codes_file`."""

    id: str
    name: str
    stock: int
    terms: str
    value_fen: int = 0
    per_person: int = 1
    opens: datetime | None = None
    closes: datetime | None = None
    valid_days: int = 30
    stores: tuple[str, ...] = ()  # empty = every store may redeem
    codes_file: str = ""
    prefix: str = ""
    granted: str = ""  # texts with slots; "" = the content's default wording
    again: str = ""
    sold_out: str = ""
    ended: str = ""
    not_yet: str = ""
    remind: Remind | None = None  # before a coupon of it expires


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one answer of a persona may hold. `max_chars` 0 leaves the platform's limit alone."""

    max_chars: int = 0
    forbidden: tuple[str, ...] = ()
    prices: bool = True  # may an answer name a price
    coupons: bool = True  # may an answer hold a coupon or its code


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Who speaks in a sample dialogue, and when. `held`: a person serves them already."""

    stage: str = "visitor"
    store: str = ""
    hour: str = "10:00"
    channel: str = "oa"
    tags: tuple[str, ...] = ()
    held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What the answer to the last turn of a dialogue must be; what is left out is not looked at."""

    persona: str = ""
    topic: str = ""
    rule: str = ""
    contains: tuple[str, ...] = ()
    not_contains: tuple[str, ...] = ()
    handover: bool | None = None
    mark: bool | None = None
    silent: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """A sample dialogue of a persona: what is said, turn by turn, and what must come of it."""

    name: str
    says: tuple[str, ...]
    at: Place
    given: Given = Given()
    expect: Expect = Expect()


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A voice of the brand. `replies` maps a topic to variants; slots are filled when said.

    `hours` are those of the people behind it; outside of them it goes on answering and says when
    somebody is there. Without hours somebody always is.
    """

    id: str
    name: str
    voice: str = ""
    never: tuple[str, ...] = ()
    serves: str = ""
    replies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Limits = Limits()
    hours: Hours = NEVER
    dialogues: tuple[Dialogue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Welcome:
    """What a newcomer is told on one occasion, by one entry code or by default (`key` "")."""

    id: str
    occasion: str  # follow, scan, contact or enter (customer service)
    key: str = ""  # exact scene/state, or a prefix ending in *
    persona: str = ""
    text: str = ""
    tags: tuple[str, ...] = ()
    pool: str = ""  # show the way into this pool's group
    campaign: str = ""
    store: str = ""  # "" = taken from the entry code
    remark: str = ""  # WeCom: remark to write on the contact; a text with slots


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryCode:
    """An entry code (活码): a QR whose scene or state we chose, and what it means."""

    key: str
    store: str = ""
    poster: str = ""
    staff: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """An entry of the Official Account's menu: a key we hear of, a link, or entries below it."""

    name: str
    key: str = ""
    url: str = ""
    entries: tuple["MenuEntry", ...] = ()


STAFF_QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "unclaimed": ("今天谁没领券", "谁没领券", "没领券"),
    "given": ("今天领券", "今天发券", "领了几张"),
    "redeemed": ("今天核销", "核销了几张"),
    "groups": ("群满了吗", "群满没满", "群还有位置吗"),
    "unsaid": ("待确认", "待发"),
    "contacts": ("今天加了几个", "加了几个"),
    "help": ("帮助", "help", "怎么用"),
}  # what employees may ask, each by its words, the first of which is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRule:
    """A stage of a member, and what is enough to stand there: any one of the conditions given.

    `spend_fen` is net of refunds; `names` are kinds of names one is known by, such as phone. `name`
    is how its tag and people call it.
    """

    stage: str
    name: str
    orders: int = 0
    spend_fen: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything an operator writes besides rules, by id."""

    stores: Mapping[str, Store] = field(default_factory=dict)
    staff: Mapping[str, Staff] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    personas: Mapping[str, Persona] = field(default_factory=dict)
    welcomes: tuple[Welcome, ...] = ()
    notices: Mapping[str, ServiceNotice] = field(default_factory=dict)
    entry_codes: Mapping[str, EntryCode] = field(default_factory=dict)
    default_persona: str = ""
    member_persona: str = ""  # after the first order
    store_persona: str = ""  # store binding and a store question
    newcomer_campaign: str = ""  # what newcomers get; "" = employees are told of any coupon
    staff_questions: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: STAFF_QUESTIONS)
    person_words: tuple[str, ...] = ()  # words that ask for a person
    unsubscribe_words: tuple[str, ...] = ()
    less_words: tuple[str, ...] = ()  # words that ask to be written to less often
    resume_words: tuple[str, ...] = ()
    kf_link: str = ""  # the link into customer service, made there for a scene; "" = none
    automatic_mark: str = ""  # shown with the first automatic words; "" = none
    quiet_hours: Hours = NEVER  # when nothing is sent unasked
    stages: tuple[StageRule, ...] = ()  # lowest first; none = no stage is ever moved
    after_order: str = ""  # said after an order that was paid just now; a text with slots
    menu: tuple[MenuEntry, ...] = ()
    store_zone: str = "Asia/Shanghai"
    calendar: Calendar = NO_HOLIDAYS  # what the stores' days are called
