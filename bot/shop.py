"""What a running installation decides with: its accounts, content, rules, playbook and keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from zoneinfo import ZoneInfo

from bot.clock import Clock, Skew
from bot.events import Alias, AliasKind, Event, KfNotice, KfOther
from bot.events.kf import KfItem
from bot.facts import Content, Quota
from bot.plan import Playbook
from bot.platforms.aibot import gate as aibot_gate
from bot.platforms.envelope import Seal
from bot.platforms.oa import gate as oa_gate
from bot.platforms.oa.gate import Mode
from bot.platforms.wecom import gate as wecom_gate
from keyword_rules.match import RuleSet

Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKeys:
    """One account as the callback path needs it; `scope` is its AppID or CorpID.

    `setting` is where the account stands in the settings, such as `accounts[0]`. `name` is what
    employees mention an internal bot by, "" for every other account.
    """

    id: str
    channel: str  # oa, wecom or aibot
    scope: str
    path: str
    seal: Seal
    mode: Mode = Mode.SAFE
    setting: str = ""
    name: str = ""
    relayed: bool = False  # an older system gets its callbacks too


def decoded(keys: AccountKeys, plain: bytes) -> Event:
    """Return the event of an opened callback. Raises Refused("parse") when it cannot be read."""
    match keys.channel:
        case "oa":
            return oa_gate.decode(keys.id, keys.scope, plain)
        case "aibot":
            return aibot_gate.decode(keys.id, keys.name, plain)
        case _:
            return wecom_gate.decode(keys.id, keys.scope, plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A system of the shop's own that may tell us `kinds` of things, signed with `secret`."""

    id: str
    kinds: frozenset[str]
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long things may take."""

    answer_within_s: float = 3.5
    reply_fallback: timedelta = timedelta(seconds=20)
    welcome_lives: timedelta = timedelta(seconds=20)
    welcome_margin: timedelta = timedelta(seconds=2)
    group_lag: timedelta = timedelta(seconds=2)
    callback_window: timedelta = timedelta(days=7)
    settle: timedelta = timedelta(seconds=15)  # until what was cut off is done or never will be


@dataclass(frozen=True, slots=True, kw_only=True)
class Tills:
    """How coupons are shown and taken in.

    `undo_within`: how long a manager may take a redemption back. `device_binding`: a coupon's
    code is shown on the device that opened its newest link, and on no other.
    """

    undo_within: timedelta = timedelta(minutes=30)
    device_binding: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """How two doors are found to lead to one person.

    `token_lives`: how long a link that carries a token proves who opened it. `passphrase_window`:
    how long after joining a group its passphrase is good. `kf_ids_are_contacts`: the ids of
    customer service are those of contacts, as they are within one corp.
    """

    token_lives: timedelta = timedelta(minutes=10)
    passphrase_window: timedelta = timedelta(hours=48)
    kf_ids_are_contacts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Masses:
    """How mass messages are kept within what the platform lets a customer get.

    `cap`: as `bot.mass.cap_of` reads it. `remind_after`: when an employee who has not confirmed is
    reminded once, None = never by itself.
    """

    cap: str = "month_days"
    remind_after: timedelta | None = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Everything a decision may look at besides the database. Rules and content may be swapped."""

    accounts: Mapping[str, AccountKeys]
    playbook: Playbook
    rules: Callable[[], RuleSet]
    content: Callable[[], Content]
    zone: ZoneInfo
    public_url: str
    instance_key: bytes
    clock: Clock
    times: Times = Times()
    tills: Tills = Tills()
    linking: Linking = Linking()
    masses: Masses = Masses()
    quota: Quota = field(default_factory=Quota)
    sources: Mapping[str, Source] = field(default_factory=dict)
    proxies: tuple[Network, ...] = ()  # who may say whom they speak for
    skew: Skew = field(default_factory=Skew)

    def named(self, event: Event) -> Event:
        """Return an event of customer service under the kind of name that its ids are here."""
        who, of_kf = event.who, isinstance(event, KfItem | KfNotice | KfOther)
        if who is None or not of_kf or self.linking.kf_ids_are_contacts:
            return event
        return replace(event, who=Alias(AliasKind.KF_ID, who.scope, who.value))

    def channel(self, account: str) -> str:
        """Return the channel of an account, "" for one that is no longer configured."""
        known = self.accounts.get(account)
        return known.channel if known else ""
