"""What we can owe and say: every kind of effect, words before they have a carrier, receipts.

The kinds stand in `bot.effects_local`, `bot.effects_remote` and `bot.effects_kf`; this is the
place to import them from, and where the program checks before it starts that each declares what
`bot.effect` asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.effect import Action, Class, Local, Policy, Remote
from bot.effects_kf import (
    Choice,
    InviteKf,
    PullKf,
    ReadKfCustomer,
    SendKf,
    TransKf,
    WelcomeKf,
)
from bot.effects_local import (
    BindStore,
    Claim,
    Gap,
    Invite,
    LeaveSeat,
    MarkGroup,
    MarkReach,
    MarkTalk,
    Redeem,
    Tag,
    TakeSeat,
    Tell,
    Untag,
    Warn,
)
from bot.effects_remote import (
    Attachment,
    Label,
    MakeJoinWay,
    ReadGroup,
    ReadProfile,
    Remark,
    Reply,
    Send,
    WelcomeContact,
)
from bot.errors import Undeclared
from bot.events import Event

__all__ = [
    "LOCAL",
    "REMOTE",
    "Action",
    "Attachment",
    "BindStore",
    "Choice",
    "Claim",
    "Class",
    "Gap",
    "Invite",
    "InviteKf",
    "Label",
    "LeaveSeat",
    "Local",
    "MakeJoinWay",
    "MarkGroup",
    "MarkReach",
    "MarkTalk",
    "Output",
    "Policy",
    "PullKf",
    "ReadGroup",
    "ReadKfCustomer",
    "ReadProfile",
    "Receipt",
    "Redeem",
    "Remark",
    "Remote",
    "Reply",
    "Send",
    "SendKf",
    "Speak",
    "State",
    "Tag",
    "TakeSeat",
    "Tell",
    "TransKf",
    "Truth",
    "Untag",
    "Verdict",
    "Warn",
    "WelcomeContact",
    "WelcomeKf",
    "check_declared",
]

LOCAL: tuple[type[Local], ...] = (
    Tag, Untag, Claim, Redeem, Invite, BindStore, TakeSeat, LeaveSeat,
    MarkGroup, MarkReach, MarkTalk, Tell, Warn, Gap,
)  # fmt: skip
REMOTE: tuple[type[Remote], ...] = (
    Reply, Send, WelcomeContact, Remark, Label, ReadProfile, ReadGroup, MakeJoinWay,
    PullKf, SendKf, WelcomeKf, TransKf, InviteKf, ReadKfCustomer,
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
class Receipt:
    """What became of one try of a remote effect.

    `state` READY means try again after `retry_s`. `events` are answers of queries and `remember`
    what the account's next calls need to know; both are written in the transaction of the outcome.
    """

    state: State
    code: int | None = None
    meaning: str = ""
    retry_s: float = 0.0
    phase: str = ""
    events: tuple[Event, ...] = ()
    outcome: Mapping[str, str] = field(default_factory=dict)
    remember: Mapping[str, str] = field(default_factory=dict)


class Truth(StrEnum):
    """Which of the three is true of something we say or do; shown on every screen."""

    AUTOMATIC = "automatic"
    CUSTOMER_TAP = "customer_tap"
    EMPLOYEE = "employee"


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
