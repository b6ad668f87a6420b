"""The nouns of a shop as frozen values: store, staff, pool, campaign, persona, welcome.

Pure values, no reading: `config.content` reads them from a home folder. Money is integer fen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A voice of the brand. `replies` maps a topic to variants; slots are filled when said."""

    id: str
    name: str
    voice: str = ""
    never: tuple[str, ...] = ()
    serves: str = ""
    replies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Everything an operator writes besides rules, by id."""

    stores: Mapping[str, Store] = field(default_factory=dict)
    staff: Mapping[str, Staff] = field(default_factory=dict)
    pools: Mapping[str, Pool] = field(default_factory=dict)
    campaigns: Mapping[str, Campaign] = field(default_factory=dict)
    personas: Mapping[str, Persona] = field(default_factory=dict)
    welcomes: tuple[Welcome, ...] = ()
    entry_codes: Mapping[str, EntryCode] = field(default_factory=dict)
    default_persona: str = ""
    member_persona: str = ""  # after the first order
    store_persona: str = ""  # store binding and a store question
    person_words: tuple[str, ...] = ()  # words that ask for a person
    quiet_hours: str = ""
    menu: tuple[MenuEntry, ...] = ()
    store_zone: str = "Asia/Shanghai"
