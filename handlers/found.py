"""What a comparison found and no callback told us: handled like the real thing, only late.

There is no welcome code and nobody waits for a greeting any more, so nothing is said but the
benefit of a group that was really joined. Tags, stores and coupons follow as ever.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.actions import Action, BindStore, Invite, MarkGap, MarkReach, Output, Speak
from bot.events import (
    FOUND,
    AddFound,
    DropFound,
    FollowFound,
    JoinFound,
    LeaveFound,
    UnfollowFound,
)
from bot.facts import Situation
from handlers import arrivals, groups
from handlers.listing import CONTACTS, FOLLOWERS, GROUPS
from handlers.wording import store_of
from keyword_rules.rule import Step

Handler = Callable[[Situation], Iterable[Output]]
StepHandler = Callable[[Situation, Step], Iterable[Output]]
Voice = Callable[[Situation, Sequence[Speak]], tuple[Sequence[Speak], Sequence[Action]]]
HELLO_LIVES = timedelta(minutes=10)  # a newcomer to a group is greeted within this time
_LATE = "对账补记：已不是当时，不再打招呼"
_PART = {"add": CONTACTS, "drop": CONTACTS, "join": GROUPS, "leave": GROUPS}


def added(situation: Situation) -> Iterable[Output]:
    """Do as for a contact who just added the employee, but for the welcome."""
    event = situation.event
    if isinstance(event, AddFound) and not event.earlier:
        yield _gap(situation, event, "add", about=event.staff)
        yield from _without_invitations(arrivals.contact_added(situation))
    elif isinstance(event, AddFound) and event.who is not None:
        yield MarkReach(account=event.account, address=event.who.value, staff=event.staff)
        yield from _bound(situation)


def dropped(situation: Situation) -> Iterable[Output]:
    """Do as when an employee deletes a contact; a hand-over looks the same in a list."""
    event = situation.event
    if isinstance(event, DropFound):
        yield _gap(situation, event, "drop", about=event.staff, certain=False)
        yield from arrivals.contact_lost(situation)


def joined(situation: Situation) -> Iterable[Output]:
    """Take the seat and give the benefit; greet only who joined a few minutes ago."""
    event, facts = situation.event, situation.facts
    if not isinstance(event, JoinFound):
        return
    if not event.earlier:
        yield _gap(situation, event, "join", about=event.chat)
    pool = facts.pools.get(facts.pool_of_chat)
    if pool and event.at and facts.now - event.at > HELLO_LIVES:
        silent = replace(pool, pool=replace(pool.pool, hello=""))
        facts = replace(facts, pools={**facts.pools, pool.pool.id: silent})
    yield from groups.member_joined(replace(situation, facts=facts))


def left(situation: Situation) -> Iterable[Output]:
    """Free the seat."""
    event = situation.event
    if isinstance(event, LeaveFound):
        yield _gap(situation, event, "leave", about=event.chat)
        yield from groups.member_left(situation)


def followed(situation: Situation) -> Iterable[Output]:
    """Do as for a new follower, but for the greeting."""
    event = situation.event
    if isinstance(event, FollowFound) and not event.earlier:
        yield _gap(situation, event, "follow")
        yield from _without_invitations(arrivals.followed(situation))
    elif isinstance(event, FollowFound) and event.who is not None:
        yield MarkReach(account=event.account, address=event.who.value)
        yield from _bound(situation)


def unfollowed(situation: Situation) -> Iterable[Output]:
    """Remember that the person cannot be reached there any more."""
    event = situation.event
    if isinstance(event, UnfollowFound):
        yield _gap(situation, event, "unfollow")
        yield from arrivals.unfollowed(situation)


def unless_overtaken(handler: Handler) -> Handler:
    """Let a handler do nothing when what happened was told, or found, before."""

    def checked(situation: Situation) -> Iterable[Output]:
        if not situation.facts.listed.overtaken:
            yield from handler(situation)

    return checked


def at_once(step: StepHandler) -> StepHandler:
    """Let a rule's step that only makes sense at once do nothing when its event comes late."""

    def checked(situation: Situation, wanted: Step) -> Iterable[Output]:
        if not isinstance(situation.event, FOUND):
            yield from step(situation, wanted)

    return checked


def unsaid(voice: Voice) -> Voice:
    """Let the words of what comes late be kept and go nowhere, but those of a joined group."""

    def checked(
        situation: Situation, said: Sequence[Speak]
    ) -> tuple[Sequence[Speak], Sequence[Action]]:
        event = situation.event
        if isinstance(event, FOUND) and not isinstance(event, JoinFound):
            return [replace(words, withheld=_LATE) for words in said], ()
        return voice(situation, said)

    return checked


def _gap(
    situation: Situation,
    event: AddFound | DropFound | JoinFound | LeaveFound | FollowFound | UnfollowFound,
    what: str,
    *,
    about: str = "",
    certain: bool = True,
) -> MarkGap:
    return MarkGap(
        run=event.run,
        part=_PART.get(what, FOLLOWERS),
        what=what,
        member=event.who.value if event.who else "",
        about=about,
        happened=event.at,
        certain=certain,
    )


def _bound(situation: Situation) -> Iterable[Output]:
    if store := store_of(situation):
        yield BindStore(store=store.id)


def _without_invitations(outputs: Iterable[Output]) -> Iterable[Output]:
    # A seat must not be held for somebody who is not shown the way to it.
    return (one for one in outputs if not isinstance(one, Invite))
