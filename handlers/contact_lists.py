"""The contacts of employees as WeCom lists them, compared with those we know, and their labels."""

from collections.abc import Iterable

from bot.actions import AskContact, AskContacts, MarkCompared, Output, Tell
from bot.events import AddFound, ContactShown, ContactsListed, DropFound, Listed
from bot.facts import Situation, Standing
from handlers.listing import (
    ASKED_WITHIN,
    CONTACTS,
    LABELS,
    is_earlier,
    is_news,
    labelled_again,
    moment_of,
    paged,
    settled,
)


def contacts_listed(situation: Situation) -> Iterable[Output]:
    """Tell of contacts we had not heard of; at the end ask for each who should have been listed.

    A list that changes while it is read may leave somebody out, so it is not the last word.
    """
    event, facts = situation.event, situation.facts
    if not isinstance(event, ContactsListed):
        return
    for one in event.contacts:
        known = facts.listed.known.get(one.member)
        if is_news(one, known, event.begun):
            yield _added(situation, event, one, known)
        else:
            yield from labelled_again(situation, event.run, one.member, event.staff)
    yield MarkCompared(run=event.run, part=LABELS, compared=len(event.contacts))
    ends = event.begun + ASKED_WITHIN
    asks = [
        AskContact(
            account=event.account, run=event.run, staff=event.staff, member=member,
            begun=event.begun, deadline=ends,
        )
        for member, known in facts.listed.unlisted.items()
        if settled(known, event.begun)
    ]  # fmt: skip
    yield from asks
    counted = MarkCompared(
        run=event.run, part=CONTACTS, compared=len(event.contacts), waiting=len(asks)
    )
    yield from paged(situation, counted, AskContacts(
        account=event.account, run=event.run, staff=event.staff, cursor=event.cursor,
        begun=event.begun, deadline=ends,
    ))  # fmt: skip


def contact_shown(situation: Situation) -> Iterable[Output]:
    """Tell that a contact is gone whom the list did not show and the platform does not know."""
    event = situation.event
    if not isinstance(event, ContactShown):
        return
    yield MarkCompared(run=event.run, part=CONTACTS, waiting=-1)
    known = situation.facts.listed.known.get(event.member)
    if not event.there and known and known.on and settled(known, event.begun):
        yield _dropped(situation, event)


def _added(
    situation: Situation, event: ContactsListed, one: Listed, known: Standing | None
) -> Tell:
    since = moment_of(one.since)
    wrong = known is not None and known.guessed
    at = event.begun if wrong or since is None else since
    return Tell(
        name=f"add:{event.staff}:{one.member}:{at.timestamp():.6f}",
        event=AddFound(
            account=event.account,
            at=at,
            who=situation.facts.contact(event.account, one.member),
            run=event.run,
            staff=event.staff,
            state=one.state,
            unionid=one.unionid,
            earlier=is_earlier(situation, since),
        ),
    )


def _dropped(situation: Situation, event: ContactShown) -> Tell:
    return Tell(
        name=f"drop:{event.staff}:{event.member}:{event.run}",
        event=DropFound(
            account=event.account,
            at=event.begun,
            who=situation.facts.contact(event.account, event.member),
            run=event.run,
            staff=event.staff,
        ),
    )
