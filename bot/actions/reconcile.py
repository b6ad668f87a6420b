"""Effects of comparing with a platform: its lists asked page by page, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from bot.actions.action import Class, Local, Policy, Remote


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking(Remote):
    """One question of a comparison; those of one account are asked one after the other."""

    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 3
    run: str

    def order(self) -> str:
        return f"reconcile:{self.account}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStaff(_Asking):
    """Ask who may have customers; answered by a `StaffListed` event."""

    kind: ClassVar[str] = "ask_staff"

    def key(self) -> str:
        return "ask_staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskContacts(_Asking):
    """Ask for a page of an employee's contacts; answered by a `ContactsListed` event."""

    kind: ClassVar[str] = "ask_contacts"
    staff: str
    begun: datetime
    cursor: str = ""

    def key(self) -> str:
        return f"ask_contacts:{self.staff}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskContact(_Asking):
    """Ask whether an employee has a contact that their list did not show.

    Answered by a `ContactShown` event.
    """

    kind: ClassVar[str] = "ask_contact"
    staff: str
    member: str
    begun: datetime

    def key(self) -> str:
        return f"ask_contact:{self.staff}:{self.member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskGroups(_Asking):
    """Ask for a page of the corp's customer groups; answered by a `GroupsListed` event.

    `owners`: only theirs, at most 100, where all are too many for the platform.
    """

    kind: ClassVar[str] = "ask_groups"
    owners: tuple[str, ...] = ()
    cursor: str = ""

    def key(self) -> str:
        return "ask_groups"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskGroup(_Asking):
    """Ask who sits in a group, to compare with our seats; answered by a `GroupShown` event."""

    kind: ClassVar[str] = "ask_group"
    chat: str
    begun: datetime
    listed: bool = True

    def key(self) -> str:
        return f"ask_group:{self.chat}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskFollowers(_Asking):
    """Ask for a page of followers, 10,000 each; answered by a `FollowersListed` event."""

    kind: ClassVar[str] = "ask_followers"
    begun: datetime
    cursor: str = ""

    def key(self) -> str:
        return "ask_followers"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskProfiles(_Asking):
    """Ask who up to 100 followers are, for one `part`; answered by a `FollowersShown` event."""

    kind: ClassVar[str] = "ask_profiles"
    openids: tuple[str, ...]
    part: str = "followers"

    def key(self) -> str:
        return f"ask_profiles:{self.part}:{self.openids[0]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkCompared(Local):
    """Count what a comparison has done of one part, and what it still waits for.

    `waiting` is added to the answers that are still to come; at none the part is done. `trouble`
    says what could not be compared. `rests`: it is not asked for this time.
    """

    kind: ClassVar[str] = "mark_compared"
    run: str
    part: str
    compared: int = 0
    waiting: int = 0
    trouble: str = ""
    rests: bool = False

    def key(self) -> str:
        return f"compared:{self.part}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkListed(Local):
    """Remember whom a list has shown so far; `last` forgets it, the list being at its end."""

    kind: ClassVar[str] = "mark_listed"
    run: str
    part: str
    about: str = ""
    names: tuple[str, ...] = ()
    last: bool = False

    def key(self) -> str:
        return f"listed:{self.part}:{self.about}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkGap(Local):
    """Record something that no callback told us: `what` happened to `member`, at `happened`.

    `about` is the employee or group. `certain` False: the platform's lists only suggest it.
    """

    kind: ClassVar[str] = "mark_gap"
    run: str
    part: str
    what: str
    member: str
    about: str = ""
    happened: datetime | None = None
    certain: bool = True

    def key(self) -> str:
        return f"gap:{self.what}:{self.about}:{self.member}:{self.happened or self.run}"
