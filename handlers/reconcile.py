"""Comparing an account with its platform: which lists are asked for, and what is refused.

What no callback told us is found in the answers (`contact_lists`, `group_lists`,
`follower_lists`) and becomes an event, late (`found`).
"""

from collections.abc import Iterable
from datetime import timedelta

from bot.actions import (
    AskContacts,
    AskFollowers,
    AskGroups,
    AskStaff,
    MarkCompared,
    MarkGap,
    Output,
    PullKf,
)
from bot.events import ComparisonRefused, KfPulled, ReconcileDue, StaffListed
from bot.facts import Situation
from handlers.group_lists import asks_of_pools, group_gap
from handlers.listing import ASKED_WITHIN, CONTACTS, FOLLOWERS, GROUPS, KF, UNDER_WAY, ends_of

_TOO_MANY = 81017  # above 1,000 members owners must be named (customer-contact.md section 5.1)
_PULL_EVERY = timedelta(seconds=10)  # without a token pulling is strictly limited (kf.md section 4)


def due(situation: Situation) -> Iterable[Output]:
    """Ask for the lists of an account, but for those that are left alone this time."""
    event, listed = situation.event, situation.facts.listed
    if not isinstance(event, ReconcileDue):
        return
    resting = {} if event.asked else listed.resting
    account, ends = event.account, situation.facts.now + ASKED_WITHIN
    if account in situation.facts.corps:
        staff = AskStaff(account=account, run=event.run, deadline=ends)
        yield from _asked(staff, CONTACTS, rests=resting.get(CONTACTS, ""))
        groups = AskGroups(account=account, run=event.run, deadline=ends)
        yield from _asked(groups, GROUPS, rests=resting.get(GROUPS, ""))
        yield from _pulls(situation, event)
    else:
        now = situation.facts.now
        followers = AskFollowers(account=account, run=event.run, begun=now, deadline=ends)
        yield from _asked(followers, FOLLOWERS, rests=resting.get(FOLLOWERS, ""))


def _asked(
    question: AskStaff | AskGroups | AskFollowers, part: str, *, rests: str
) -> Iterable[Output]:
    if rests:
        yield MarkCompared(run=question.run, part=part, rests=True, trouble=rests)
    else:
        yield question
        yield MarkCompared(run=question.run, part=part, waiting=1)


def _pulls(situation: Situation, event: ReconcileDue) -> Iterable[Output]:
    known, now = situation.facts.listed.kf, situation.facts.now
    for place, kf in enumerate(known):
        yield PullKf(
            account=event.account, kf=kf, run=event.run, not_before=now + place * _PULL_EVERY,
            deadline=ends_of(event.run),
        )  # fmt: skip
    yield MarkCompared(run=event.run, part=KF, waiting=len(known))


def kf_pulled(situation: Situation) -> Iterable[Output]:
    """Tell which messages were late: no bell rang since, and they are older than two minutes."""
    event, since = situation.event, situation.facts.listed.kf_heard
    if not isinstance(event, KfPulled):
        return
    ends = 0 if event.more else 1
    yield MarkCompared(run=event.run, part=KF, compared=ends, waiting=-ends)
    until = situation.facts.now - UNDER_WAY
    for one in event.heard:
        if since and since < one.at < until:
            yield MarkGap(
                run=event.run, part=KF, what="message", member=one.member, about=event.kf,
                happened=one.at,
            )  # fmt: skip


def staff_listed(situation: Situation) -> Iterable[Output]:
    """Ask for the contacts of every employee."""
    event, now = situation.event, situation.facts.now
    if not isinstance(event, StaffListed):
        return
    staff = dict.fromkeys(event.staff)
    for one in staff:
        yield AskContacts(
            account=event.account, run=event.run, staff=one, begun=now, deadline=now + ASKED_WITHIN
        )
    yield MarkCompared(run=event.run, part=CONTACTS, waiting=len(staff) - 1)


def refused(situation: Situation) -> Iterable[Output]:
    """Say what could not be compared and why; it is not asked again in this run.

    A list of all groups that is too long is asked for again by the owners we know. Without any
    list those of our pools are asked for one by one.
    """
    event = situation.event
    if not isinstance(event, ComparisonRefused):
        return
    owners = situation.facts.listed.owners
    if event.code == _TOO_MANY and owners and not event.owners:
        yield AskGroups(
            account=event.account, run=event.run, owners=owners, deadline=ends_of(event.run)
        )
        return
    asks = (
        tuple(asks_of_pools(situation, event.run, listed=False))
        if event.part == GROUPS and not event.about
        else ()
    )
    yield from asks
    if event.part == GROUPS and event.about and not event.listed:
        yield from group_gap(event, certain=False)
    about = f"{event.about}：" if event.about else ""
    yield MarkCompared(
        run=event.run, part=event.part, waiting=len(asks) - 1,
        trouble=f"{about}{event.meaning}（错误码 {event.code}）",
    )  # fmt: skip
