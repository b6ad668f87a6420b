"""Effects in our own tables, settled in the transaction that decides them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.actions.action import Local
from bot.events import Event


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
    """Bind the member to a store; the first one seen stays."""

    kind: ClassVar[str] = "bind_store"
    store: str

    def key(self) -> str:
        return "bind_store"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeSeat(Local):
    """Record that the customer sits in a group: since `joined`, Unix seconds, or since now."""

    kind: ClassVar[str] = "take_seat"
    chat: str
    member: str
    joined: int = 0

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
    """Record what we learnt of a group; empty fields, and `staff` -1, stay as they are."""

    kind: ClassVar[str] = "mark_group"
    chat: str
    state: str = ""
    name: str = ""
    owner: str = ""
    config_id: str = ""
    qr_code: str = ""
    staff: int = -1
    kf: str = ""
    kf_link: str = ""
    welcome: str = ""
    welcome_digest: str = ""

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
class MarkTalk(Local):
    """Record what happened in a conversation in customer service; `state` None leaves it.

    `chat` is the group by whose link the customer came; "" leaves it.
    """

    kind: ClassVar[str] = "mark_talk"
    kf: str
    member: str
    chat: str = ""
    state: str | None = None
    spoke: bool = False
    staff_spoke: bool = False
    sent: int = 0

    def key(self) -> str:
        return f"talk:{self.kf}:{self.member}:{self.state}:{self.spoke}:{self.sent}"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkTold(Local):
    """Record that the member was shown that answers come by themselves."""

    kind: ClassVar[str] = "mark_told"

    def key(self) -> str:
        return "mark_told"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOff(Local):
    """Take back words to the member that nobody asked for and that still wait for their hour."""

    kind: ClassVar[str] = "call_off"

    def key(self) -> str:
        return "call_off"
