"""What we can owe: one frozen value for each kind of effect, with the promise it carries.

Each kind declares four things, and the program refuses to start when one is missing:

* class: A local, in the deciding transaction · B set-like, may be repeated · C keyed by the
  platform · D read back before repeating · E no key, so at most once or at least once
* policy: what becomes of it when the outcome cannot be known
* lane: 0 deadlines in seconds, 1 answers, 2 labels and remarks, 3 reading
* key: what makes two of them the same effect (`key()`; unique in the ledger)

The deadline of one effect travels in `deadline`; None means it does not go stale.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from bot.errors import Undeclared
from bot.events import Alias, Event


class Class(StrEnum):
    """How exactly-once is reached for a kind of effect (docs/reference/effects.md)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


class Policy(StrEnum):
    """What becomes of an effect that was under way when the process died."""

    NEVER_UNKNOWN = "never_unknown"  # local: the transaction decides
    REPEAT = "repeat"  # repeating is harmless
    AT_MOST_ONCE = "at_most_once"  # becomes unknown and is shown


class State(StrEnum):
    """Where an owed effect stands; done, failed, expired and skipped are final."""

    READY = "ready"
    SENDING = "sending"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One effect. Subclasses declare `kind`, `klass`, `policy`, `lane` and `key()`."""

    kind: ClassVar[str] = ""
    klass: ClassVar[Class]
    policy: ClassVar[Policy]
    lane: ClassVar[int]

    rule: str = ""

    def key(self) -> str:
        """Return what makes two actions the same effect within one decision."""
        raise Undeclared(f"{type(self).__name__} declares no key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Local(Action):
    """An effect in our own tables, settled in the transaction that decides it."""

    klass: ClassVar[Class] = Class.A
    policy: ClassVar[Policy] = Policy.NEVER_UNKNOWN
    lane: ClassVar[int] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote(Action):
    """An effect at a platform, owed through the ledger. Effects of one `order` never overlap."""

    account: str
    deadline: datetime | None = None
    not_before: datetime | None = None

    def order(self) -> str:
        """Return the key within which effects run one at a time, oldest first; "" = any order."""
        return ""


# --- local effects ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag(Local):
    """Add a tag to the member's journal; `value` "" is a plain tag."""

    kind: ClassVar[str] = "tag"
    name: str
    value: str = ""
    expires: datetime | None = None

    def key(self) -> str:
        return f"tag:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Untag(Local):
    """Take a tag back; the journal keeps both lines."""

    kind: ClassVar[str] = "untag"
    name: str

    def key(self) -> str:
        return f"untag:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Local):
    """Give the member share number `ordinal` of a campaign: the shelf row `coupon`."""

    kind: ClassVar[str] = "claim"
    campaign: str
    ordinal: int
    coupon: int
    code: str
    expires: datetime

    def key(self) -> str:
        return f"claim:{self.campaign}:{self.ordinal}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeem(Local):
    """Take a coupon code in at a till; once for ever."""

    kind: ClassVar[str] = "redeem"
    coupon: int
    code: str
    store: str
    cashier: str
    request: str

    def key(self) -> str:
        return f"redeem:{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite(Local):
    """Hold a seat: the member was shown the way into `chat` of `pool`."""

    kind: ClassVar[str] = "invite"
    pool: str
    chat: str
    ticket: str

    def key(self) -> str:
        return f"invite:{self.pool}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BindStore(Local):
    """Bind the member to a store, the first one seen unless `move`."""

    kind: ClassVar[str] = "bind_store"
    store: str

    def key(self) -> str:
        return "bind_store"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSeat(Local):
    """Record that the customer sits in a group."""

    kind: ClassVar[str] = "take_seat"
    chat: str
    member: str

    def key(self) -> str:
        return f"seat:{self.chat}:{self.member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveSeat(Local):
    """Record that the customer left a group."""

    kind: ClassVar[str] = "leave_seat"
    chat: str
    member: str

    def key(self) -> str:
        return f"unseat:{self.chat}:{self.member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkGroup(Local):
    """Record what we learnt of a group: its state, name, way in. Empty fields stay as they are."""

    kind: ClassVar[str] = "mark_group"
    chat: str
    state: str = ""
    name: str = ""
    config_id: str = ""
    qr_code: str = ""

    def key(self) -> str:
        return f"group:{self.chat}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkReach(Local):
    """Record how a customer can be reached: follows or not, spoke or touched just now."""

    kind: ClassVar[str] = "mark_reach"
    account: str
    address: str
    staff: str = ""
    on: bool = True
    spoke: bool = False

    def key(self) -> str:
        return f"reach:{self.account}:{self.address}:{self.staff}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell(Local):
    """Put an event of our own into the inbox, to be decided next."""

    kind: ClassVar[str] = "tell"
    event: Event
    name: str

    def key(self) -> str:
        return f"tell:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Warn(Local):
    """Show operators something they should look at today; the same `name` is shown once."""

    kind: ClassVar[str] = "warn"
    name: str
    text: str

    def key(self) -> str:
        return f"warn:{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap(Local):
    """Keep a phrase that no rule knows, for the operator's weekly work."""

    kind: ClassVar[str] = "gap"
    text: str

    def key(self) -> str:
        return "gap"


# --- remote effects ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Remote):
    """Answer a follower, inside the response where the callback still waits, else by message.

    The platform shows one answer a message and offers no key (oa/callbacks.md section 6).
    """

    kind: ClassVar[str] = "oa_reply"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 0
    openid: str
    text: str

    def key(self) -> str:
        return "reply"

    def order(self) -> str:
        return f"say:{self.account}:{self.openid}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Remote):
    """Send a follower a customer-service message: no key, no message id (oa/api.md section 2)."""

    kind: ClassVar[str] = "oa_send"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 1
    openid: str
    text: str
    name: str = "send"

    def key(self) -> str:
        return self.name

    def order(self) -> str:
        return f"say:{self.account}:{self.openid}"


class Truth(StrEnum):
    """Which of the three is true of something we say or do; shown on every screen."""

    AUTOMATIC = "automatic"
    CUSTOMER_TAP = "customer_tap"
    EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A link card under a welcome: title <= 128 bytes, description <= 512, url <= 2,048."""

    title: str
    url: str
    picture: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomeContact(Remote):
    """Welcome a new contact once, within 20 s; the code is the platform's own key: 41051 = done."""

    kind: ClassVar[str] = "wecom_welcome"
    klass: ClassVar[Class] = Class.C
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 0
    code: str
    text: str
    attachments: tuple[Attachment, ...] = ()

    def key(self) -> str:
        return "welcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark(Remote):
    """Write the remark of a contact, at most 20 characters."""

    kind: ClassVar[str] = "wecom_remark"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 2
    staff: str
    member: str
    text: str

    def key(self) -> str:
        return f"remark:{self.staff}:{self.member}"

    def order(self) -> str:
        return f"contact:{self.account}:{self.member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Remote):
    """Make the platform's labels of a contact or follower follow our tags."""

    kind: ClassVar[str] = "label"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 2
    member: str
    staff: str = ""
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def key(self) -> str:
        return f"label:{self.account}:{self.staff}:{self.member}"

    def order(self) -> str:
        return f"contact:{self.account}:{self.member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadProfile(Remote):
    """Ask the platform who a follower or contact is; answered by a `ProfileRead` event."""

    kind: ClassVar[str] = "read_profile"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 1
    alias: Alias
    staff: str = ""
    remark: str = ""

    def key(self) -> str:
        return f"profile:{self.alias.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadGroup(Remote):
    """Ask for the member list of a group; answered by a `GroupRead` event.

    The list lags behind the callback by some 2 s (wecom/events.md section 2.2), so `expect` names
    customers who must be in it; the read is repeated a few times until they are.
    """

    kind: ClassVar[str] = "read_group"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 1
    chat: str
    expect: tuple[str, ...] = ()

    def key(self) -> str:
        return f"group:{self.chat}"

    def order(self) -> str:
        return f"group:{self.account}:{self.chat}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeJoinWay(Remote):
    """Make the way into a group; repeating leaves an unused way behind, which harms nobody."""

    kind: ClassVar[str] = "make_join_way"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 1
    chat: str
    state: str
    remark: str = ""

    def key(self) -> str:
        return f"join_way:{self.chat}"


LOCAL: tuple[type[Local], ...] = (
    Tag, Untag, Claim, Redeem, Invite, BindStore, TakeSeat, LeaveSeat,
    MarkGroup, MarkReach, Tell, Warn, Gap,
)  # fmt: skip
REMOTE: tuple[type[Remote], ...] = (
    Reply, Send, WelcomeContact, Remark, Label, ReadProfile, ReadGroup, MakeJoinWay,
)  # fmt: skip


def check_declared(kinds: tuple[type[Action], ...] = (*LOCAL, *REMOTE)) -> None:
    """Raise Undeclared when a kind lacks its class, policy, lane or key; start-up calls this."""
    for kind in kinds:
        missing = [n for n in ("klass", "policy", "lane") if not hasattr(kind, n)]
        if not kind.kind:
            missing.append("kind")
        if kind.key is Action.key:
            missing.append("key")
        if missing:
            raise Undeclared(f"{kind.__name__} declares no {', '.join(missing)}")


# --- receipts ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What became of one try of a remote effect.

    `state` READY means try again after `retry_s`; `events` are answers of queries, put into the
    inbox in the same transaction as the outcome.
    """

    state: State
    code: int | None = None
    meaning: str = ""
    retry_s: float = 0.0
    phase: str = ""
    events: tuple[Event, ...] = ()
    outcome: Mapping[str, str] = field(default_factory=dict)


# --- what handlers say, before it is known which effect carries it ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Speak:
    """Words for the customer, in a persona's voice; `why` tells how the persona was chosen."""

    text: str
    persona: str = ""
    why: str = ""
    truth: Truth = Truth.AUTOMATIC
    card: Attachment | None = None
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a till is answered: a stable code, a sentence, and the facts it may show."""

    code: str
    text: str
    details: Mapping[str, str] = field(default_factory=dict)


Output = Action | Speak | Verdict
