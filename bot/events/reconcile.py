"""What comparing with a platform tells: its lists page by page, and what no callback told us."""

from dataclasses import dataclass
from datetime import datetime

from bot.events.contact import ContactAdded, ContactDeleted
from bot.events.event import Event
from bot.events.follower import Followed, Unfollowed
from bot.events.group import MemberJoined, MemberLeft, Seat


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconcileDue(Event):
    """An account is to be compared with its platform; `run` names this comparison: the microsecond
    it began.

    `asked`: an operator wants it now, also of what the platform refused within a day.
    """

    run: str
    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffListed(Event):
    """The employees who may have customers."""

    run: str
    staff: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A contact or follower in a list: since when, in Unix seconds, and by which entry code.

    `labels` are the platform's ids. `follows` is False for one who left meanwhile.
    """

    member: str
    unionid: str = ""
    since: int = 0
    state: str = ""
    labels: tuple[str, ...] = ()
    follows: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactsListed(Event):
    """A page of one employee's contacts; `cursor` is where the next begins, "" after the last.

    `begun` is when the first page was asked for.
    """

    run: str
    staff: str
    contacts: tuple[Listed, ...]
    begun: datetime
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactShown(Event):
    """Whether an employee has a contact whom no page of their list showed; `begun` as above."""

    run: str
    staff: str
    member: str
    begun: datetime
    there: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsListed(Event):
    """A page of the corp's customer groups, of some `owners` or all; `cursor` as with contacts."""

    run: str
    chats: tuple[str, ...]
    owners: tuple[str, ...] = ()
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupShown(Event):
    """One group as the platform shows it; `gone`: it says that there is no such group.

    `listed`: the group was in the list of all groups of this comparison.
    """

    run: str
    chat: str
    begun: datetime
    name: str = ""
    owner: str = ""
    staff: int = 0
    members: tuple[Seat, ...] = ()
    gone: bool = False
    listed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowersListed(Event):
    """A page of an Official Account's followers; `cursor` and `begun` as with contacts."""

    run: str
    openids: tuple[str, ...]
    begun: datetime
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowersShown(Event):
    """Followers as the platform shows them, asked for the sake of one `part`.

    Of followers: who in the list is news, and who is in no page of it. Of labels: whose tags the
    platform should know.
    """

    run: str
    followers: tuple[Listed, ...]
    part: str = "followers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Something that a customer sent or did in customer service, and when."""

    member: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KfPulled(Event):
    """What a comparison pulled from a customer service account; `more`: that was not all.

    The items themselves are events of their own.
    """

    run: str
    kf: str
    heard: tuple[Heard, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRefused(Event):
    """A platform refused one question of a comparison for good.

    `part` is what was being compared; `about` the employee or group asked for, "" for all of it.
    `owners`: it was asked about the groups of these.
    """

    run: str
    part: str
    about: str = ""
    owners: tuple[str, ...] = ()
    code: int = 0
    meaning: str = ""
    listed: bool = True


# --- what was found ---


@dataclass(frozen=True, slots=True, kw_only=True)
class AddFound(ContactAdded):
    """A comparison found that a customer had added a member of staff; there is no welcome code.

    `earlier`: they did so before we first heard of the account, so nothing is owed for it.
    """

    run: str
    unionid: str = ""
    earlier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DropFound(ContactDeleted):
    """A comparison found that a customer is no longer a contact of a member of staff.

    A list does not say who ended it: by the platform's rules a customer who deletes the employee
    stays in the list, so it was the employee, or a hand-over to another.
    """

    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinFound(MemberJoined):
    """A comparison found that a customer had joined a group, at `joined`."""

    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveFound(MemberLeft):
    """A comparison found that a customer had left a group, some time before `at`."""

    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowFound(Followed):
    """A comparison found that somebody follows the account. `earlier` as with contacts."""

    run: str
    unionid: str = ""
    earlier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfollowFound(Unfollowed):
    """A comparison found that somebody had left the account, some time before `at`."""

    run: str


ANSWERS = (
    StaffListed, ContactsListed, ContactShown, GroupsListed, GroupShown, FollowersListed,
    FollowersShown, KfPulled, ComparisonRefused,
)  # fmt: skip
FOUND = (AddFound, DropFound, JoinFound, LeaveFound, FollowFound, UnfollowFound)
