"""What happens in customer groups (wecom/events.md section 2), and what we read of them."""

from dataclasses import dataclass
from typing import ClassVar

from bot.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCreated(Event):
    """A customer group was created."""

    chat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupGrew(Event):
    """Members joined a customer group. `members` is empty on older corps: read the group."""

    chat: str
    members: tuple[str, ...] = ()
    scene: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShrank(Event):
    """Members left a customer group. `members` is empty on older corps: read the group."""

    chat: str
    members: tuple[str, ...] = ()
    scene: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupChanged(Event):
    """Owner, name or notice of a customer group changed, as `detail` says."""

    chat: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDismissed(Event):
    """A customer group was dissolved."""

    chat: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One customer's place in a group. `joined` is Unix seconds by the platform's clock."""

    member: str
    unionid: str = ""
    joined: int = 0
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRead(Event):
    """The member list of a customer group, as it was when read; `staff` counts our own people.

    `expect` and `earlier` come from the question: who was said to have joined, and whether this is
    the first look at a group whose members were there before us.
    """

    chat: str
    name: str = ""
    owner: str = ""
    staff: int = 0
    members: tuple["Seat", ...] = ()
    expect: tuple[str, ...] = ()
    earlier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(Event):
    """One customer is seen in a group for the first time since leaving or ever.

    `earlier`: they sat there before we first looked, so nothing is owed to them for joining.
    """

    chat: str
    unionid: str = ""
    state: str = ""
    earlier: bool = False
    occasion: ClassVar[str] = "group_joined"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(Event):
    """One customer is no longer in a group."""

    chat: str
    occasion: ClassVar[str] = "group_left"


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinWayMade(Event):
    """The platform made the way into a group: its QR picture and id."""

    chat: str
    config_id: str
    qr_code: str
