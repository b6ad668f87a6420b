"""What a running installation decides with: its accounts, content, rules, playbook and keys."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.clock import Clock, Skew
from bot.events import Event
from bot.facts import Content
from bot.plan import Playbook
from bot.platforms.envelope import Seal
from bot.platforms.oa import gate as oa_gate
from bot.platforms.oa.gate import Mode
from bot.platforms.wecom import gate as wecom_gate
from keyword_rules.match import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKeys:
    """One account as the callback path needs it; `scope` is its AppID or CorpID.

    `setting` is where the account stands in the settings, such as `accounts[0]`.
    """

    id: str
    channel: str  # oa or wecom
    scope: str
    path: str
    seal: Seal
    mode: Mode = Mode.SAFE
    setting: str = ""


def decoded(keys: AccountKeys, plain: bytes) -> Event:
    """Return the event of an opened callback. Raises Refused("parse") when it cannot be read."""
    decode = oa_gate.decode if keys.channel == "oa" else wecom_gate.decode
    return decode(keys.id, keys.scope, plain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long things may take."""

    answer_within_s: float = 3.5
    reply_fallback: timedelta = timedelta(seconds=20)
    welcome_lives: timedelta = timedelta(seconds=20)
    welcome_margin: timedelta = timedelta(seconds=2)
    group_lag: timedelta = timedelta(seconds=2)
    callback_window: timedelta = timedelta(days=7)


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
    skew: Skew = field(default_factory=Skew)

    def channel(self, account: str) -> str:
        """Return the channel of an account, "" for one that is no longer configured."""
        known = self.accounts.get(account)
        return known.channel if known else ""
