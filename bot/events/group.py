"""What happens in customer groups (wecom/events.md section 2), and what we read of them."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from bot.events.event import Event

_SCENE_DIGITS = 20  # with the prefix well below the 32 bytes of a scene (wecom/kf.md section 1)


@lru_cache(maxsize=65_536)
def group_scene(chat: str) -> str:
    """Return the scene by which a customer service link tells from which group it was opened.

    >>> group_scene("wrPETS1")
    'g-3548eda0170626ba41f1'
    """
    return f"g-{hashlib.sha256(chat.encode()).hexdigest()[:_SCENE_DIGITS]}"


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
    """Owner, name or notice of a customer group changed, as `detail` says.

    We say `welcome` ourselves, when what newcomers are to be shown there changed.
    """

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

    `earlier`: they sat there before we first looked, so nothing is owed to them for joining; since
    when is `joined`, in Unix seconds by the platform's clock, 0 where it does not say.
    """

    chat: str
    unionid: str = ""
    state: str = ""
    earlier: bool = False
    joined: int = 0
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSaid(Event):
    """The archive feed tells that the customer `who` wrote in a group; we cannot answer there."""

    chat: str
    text: str
    msg_id: str
    occasion: ClassVar[str] = "text"

    def once(self) -> str:
        """Return the message's name in the archive."""
        return f"archive\0{self.chat}\0{self.msg_id}" if self.msg_id else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSaid(Event):
    """The archive feed shows that the employee wrote the words of the proposal `task` there.

    Which words they were stands in the proposal alone: what employees write is not kept.
    """

    chat: str
    staff: str
    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLinkMade(Event):
    """The platform made the customer service link that stands in a group's welcome."""

    chat: str
    kf: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWelcomeMade(Event):
    """The platform keeps a group's welcome as `template`; the owner must still pick it."""

    chat: str
    template: str
    digest: str
