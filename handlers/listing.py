"""What the lists of all platforms have in common: pages, who in them is news, what is too young.

Whatever is younger than two minutes is left to its callback, which may be under way. What was so
before we first heard of an account is met and recorded, nothing is owed for it, and it is no gap.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.actions import (
    AskContacts,
    AskFollowers,
    AskGroups,
    Label,
    MarkCompared,
    MarkGap,
    MarkListed,
    Output,
)
from bot.events import ContactsListed, FollowersListed, GroupsListed, Listed
from bot.facts import Situation, Standing

CONTACTS, GROUPS, LABELS, FOLLOWERS, KF = "contacts", "groups", "labels", "followers", "kf"
ASKED_WITHIN = timedelta(hours=6)  # a question not answered by then is left to a later run
UNDER_WAY = timedelta(minutes=2)  # a platform repeats a callback for some 15 s


def paged(
    situation: Situation,
    counted: MarkCompared,
    further: AskContacts | AskFollowers | AskGroups,
) -> Iterable[Output]:
    """Yield the question for the next page, or the end of the list, and what is waited for."""
    event = situation.event
    if not isinstance(event, ContactsListed | FollowersListed | GroupsListed):
        return
    about = event.staff if isinstance(event, ContactsListed) else ""
    seen = MarkListed(run=event.run, part=counted.part, about=about)
    if circles(situation):
        yield replace(seen, last=True)
        trouble = f"{about}：" if about else ""
        trouble += "平台翻页翻来翻去都是同样的人，名单没有读完"
        yield replace(counted, waiting=counted.waiting - 1, trouble=trouble)
    elif event.cursor:
        yield further
        yield replace(seen, names=_names(event))
        yield counted
    else:
        yield replace(seen, last=True)
        yield replace(counted, waiting=counted.waiting - 1)


def circles(situation: Situation) -> bool:
    """Return whether a page that is not the last shows only whom earlier pages have shown."""
    event = situation.event
    if not isinstance(event, ContactsListed | FollowersListed | GroupsListed):
        return False
    names = _names(event)
    return bool(event.cursor and names) and situation.facts.listed.seen.issuperset(names)


def _names(event: ContactsListed | FollowersListed | GroupsListed) -> tuple[str, ...]:
    match event:
        case ContactsListed(contacts=contacts):
            return tuple(one.member for one in contacts)
        case FollowersListed(openids=openids):
            return openids
        case GroupsListed(chats=chats):
            return chats


def ends_of(run: str) -> datetime:
    """Return when a run ends whatever is still to be asked; its name is when it began.

    >>> ends_of("1760000000000000").hour
    14
    """
    return datetime.fromtimestamp(int(run) / 1_000_000, UTC) + ASKED_WITHIN


def is_news(one: Listed, known: Standing | None, begun: datetime) -> bool:
    """Return whether a list shows somebody we know nothing of, or who is back since they left.

    Back is also who is there since long after we last heard of them.
    Who left by what we heard and is listed all the same deleted the employee, which leaves the
    employee's side as it was (wecom/events.md section 1.5).
    """
    since = moment_of(one.since)
    if since is not None and since > begun - UNDER_WAY:
        return False
    if known is None:
        return True
    if known.on:  # gone and back, both unheard
        return since is not None and since > known.changed + UNDER_WAY
    return known.guessed or (since is not None and since > known.changed)


def is_earlier(situation: Situation, since: datetime | None) -> bool:
    """Return whether it was so before we first heard of the account."""
    first = situation.facts.listed.since
    return since is not None and first is not None and since < first


def settled(known: Standing, begun: datetime) -> bool:
    """Return whether what we know is old enough for a list to show it."""
    return known.changed < begun - UNDER_WAY


def moment_of(seconds: int) -> datetime | None:
    """Return Unix seconds as a moment; None for 0, which a platform says when it does not know."""
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None


def labelled_again(
    situation: Situation, run: str, member: str, staff: str = ""
) -> Iterable[Output]:
    """Yield the labels of a contact or follower that do not follow our tags, and the finding."""
    amiss = situation.facts.listed.amiss.get(member)
    if amiss is None:
        return
    yield Label(
        account=situation.event.account, member=member, staff=staff,
        add=amiss.add, remove=amiss.remove,
    )  # fmt: skip
    yield MarkGap(run=run, part=LABELS, what="label", member=member, about=staff)
