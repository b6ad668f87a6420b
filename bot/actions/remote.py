"""Effects at the platforms, owed through the ledger and carried out by `perform`."""

from dataclasses import dataclass
from typing import ClassVar

from bot.actions.action import Class, Policy, Remote
from bot.events import Alias


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
    earlier: bool = False

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
