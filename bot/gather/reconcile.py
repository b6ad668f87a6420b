"""Reads what we know of the people and groups that a platform's list is about."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.actions import MarkListed
from bot.clock import moment
from bot.db import comparisons
from bot.db.erasing import erased_among
from bot.db.tx import Row, Tx
from bot.events import (
    ComparisonRefused,
    ContactShown,
    ContactsListed,
    Event,
    FollowersListed,
    FollowersShown,
    GroupShown,
    GroupsListed,
    KfPulled,
    ReconcileDue,
)
from bot.facts import Content, ListedFacts, Standing
from bot.gather.amiss import amiss_of, labelled
from bot.gather.overtaken import overtaken
from bot.shop import Shop

CONTACTS, GROUPS, LABELS, FOLLOWERS = "contacts", "groups", "labels", "followers"
_OWNERS = 100  # that one list of groups takes (customer-contact.md section 5.1)
_KF_CURSOR = "kf:"  # how the calls name what they remember of a kf account


async def listed_facts(tx: Tx, shop: Shop, event: Event, now_us: int) -> ListedFacts:
    """Return what a comparison may look at, or whether what it found is no news any more."""
    look = _LOOKS.get(type(event))
    if look is None:
        return ListedFacts(overtaken=await overtaken(tx, event))
    keys = shop.accounts.get(event.account)
    facts = ListedFacts(
        since=moment(await comparisons.first_seen(tx, event.account, now_us)),
        scope=keys.scope if keys else "",
    )
    return await look(tx, _Listing(shop=shop, facts=facts, now_us=now_us), event)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listing:
    """What every look at a list begins with."""

    shop: Shop
    facts: ListedFacts
    now_us: int


async def _of_run(tx: Tx, listing: _Listing, event: ReconcileDue) -> ListedFacts:
    kf = await _kf_accounts(tx, listing.shop.content(), event.account)
    resting = await comparisons.resting(tx, event.account, listing.now_us)
    return replace(listing.facts, kf=kf, resting=resting)


async def _of_contacts(tx: Tx, listing: _Listing, event: ContactsListed) -> ListedFacts:
    there = [one.member for one in event.contacts]
    where = MarkListed(run=event.run, part=CONTACTS, about=event.staff)
    return replace(
        await _of_page(tx, listing, event, where, there),
        amiss=await amiss_of(tx, event.account, event.staff, event.contacts, listing.now_us),
    )


async def _of_contact(tx: Tx, listing: _Listing, event: ContactShown) -> ListedFacts:
    known = await _reaches(tx, listing, event.account, event.staff, [event.member])
    return replace(listing.facts, known=known)


async def _of_followers(tx: Tx, listing: _Listing, event: FollowersListed) -> ListedFacts:
    where = MarkListed(run=event.run, part=FOLLOWERS)
    looked = await comparisons.compared_within_a_day(
        tx, event.account, LABELS, event.run, listing.now_us
    )
    return replace(
        await _of_page(tx, listing, event, where, event.openids),
        labelled=() if looked else await labelled(tx, event.account, event.openids),
    )


async def _of_page(
    tx: Tx,
    listing: _Listing,
    event: ContactsListed | FollowersListed,
    where: MarkListed,
    there: Sequence[str],
) -> ListedFacts:
    here, unlisted = frozenset(there), {}
    if not event.cursor:
        rows = await comparisons.unsighted(tx, where, event.account)
        unlisted = {row["address"]: _reach(row) for row in rows if row["address"] not in here}
    return replace(
        listing.facts,
        known=await _reaches(tx, listing, event.account, where.about, there),
        unlisted=unlisted,
        seen=await comparisons.sighted(tx, where, event.account, there),
    )


async def _of_profiles(tx: Tx, listing: _Listing, event: FollowersShown) -> ListedFacts:
    shown = event.followers
    return replace(
        listing.facts,
        known=await _reaches(tx, listing, event.account, "", [one.member for one in shown]),
        amiss=await amiss_of(tx, event.account, "", shown, listing.now_us),
    )


async def _of_groups(
    tx: Tx, listing: _Listing, event: GroupsListed | ComparisonRefused
) -> ListedFacts:
    """Add the groups of pools that we know, whether the list has shown them, and whose they are."""
    rows = await tx.all(
        "SELECT chat, owner FROM chat_group WHERE account = ? AND state <> 'dismissed'"
        " ORDER BY chat",
        event.account,
    )
    pools = listing.shop.content().pools.values()
    pooled = {group.chat for pool in pools for group in pool.groups}
    ours = [row for row in rows if row["chat"] in pooled]
    owners = sorted({row["owner"] for row in ours if row["owner"]})
    here = event.chats if isinstance(event, GroupsListed) else ()
    where = MarkListed(run=event.run, part=GROUPS)
    seen = await comparisons.sighted(tx, where, event.account, [row["chat"] for row in ours])
    return replace(
        listing.facts,
        chats={row["chat"]: row["chat"] in seen or row["chat"] in here for row in ours},
        owners=tuple(owners[:_OWNERS]),
        seen=await comparisons.sighted(tx, where, event.account, here),
    )


async def _of_group(tx: Tx, listing: _Listing, event: GroupShown) -> ListedFacts:
    read = await tx.one(
        "SELECT 1 AS found FROM chat_group WHERE chat = ? AND (name <> '' OR owner <> '')",
        event.chat,
    )
    seats = await tx.all("SELECT * FROM seat WHERE chat = ?", event.chat)
    known = {row["member"]: _seat(row) for row in seats}
    strangers = [one.member for one in event.members if one.member not in known]
    known |= await _erased(tx, listing, strangers)
    return replace(listing.facts, known=known, met=read is not None)


async def _of_kf(tx: Tx, listing: _Listing, event: KfPulled) -> ListedFacts:
    since_us = await comparisons.kf_heard(tx, event.account, event.kf)
    return replace(listing.facts, kf_heard=moment(since_us) if since_us else None)


_LOOKS: Mapping[type[Event], Callable[[Tx, _Listing, Any], Awaitable[ListedFacts]]] = {
    ReconcileDue: _of_run,
    ContactsListed: _of_contacts,
    ContactShown: _of_contact,
    FollowersListed: _of_followers,
    FollowersShown: _of_profiles,
    GroupsListed: _of_groups,
    ComparisonRefused: _of_groups,
    GroupShown: _of_group,
    KfPulled: _of_kf,
}


async def _reaches(
    tx: Tx, listing: _Listing, account: str, staff: str, addresses: Sequence[str]
) -> dict[str, Standing]:
    found: dict[str, Standing] = {}
    for start in range(0, len(addresses), comparisons.AT_ONCE):
        some = addresses[start : start + comparisons.AT_ONCE]
        found |= await _some_reaches(tx, account, staff, some)
    return found | await _erased(tx, listing, [one for one in addresses if one not in found])


async def _erased(tx: Tx, listing: _Listing, strangers: Sequence[str]) -> dict[str, Standing]:
    """Return members who were erased as nothing new: a list brings nobody back, only they do."""
    gone = await erased_among(tx, listing.shop.instance_key, strangers)
    return dict.fromkeys(gone, Standing(on=True, changed=moment(listing.now_us)))


async def _some_reaches(
    tx: Tx, account: str, staff: str, addresses: Sequence[str]
) -> dict[str, Standing]:
    marks = ",".join("?" * len(addresses))
    rows = await tx.all(
        # A way that a comparison closed bears the moment of the gap it recorded.
        "SELECT r.address, r.is_on, r.changed_us, EXISTS (SELECT 1 FROM gap_found g"  # noqa: S608  (marks)
        " WHERE g.member = r.address AND g.about = r.staff AND g.account = r.account"
        " AND g.what IN ('drop', 'unfollow') AND g.happened_us = r.changed_us) AS guessed"
        f" FROM reach r WHERE r.account = ? AND r.staff = ? AND r.address IN ({marks})",
        account, staff, *addresses,
    )  # fmt: skip
    return {row["address"]: _reach(row, guessed=bool(row["guessed"])) for row in rows}


def _reach(row: Row, *, guessed: bool = False) -> Standing:
    return Standing(
        on=bool(row["is_on"]),
        changed=moment(row["changed_us"]),
        guessed=guessed and not row["is_on"],
    )


def _seat(row: Row) -> Standing:
    left = row["left_us"]
    return Standing(on=left is None, changed=moment(row["joined_us"] if left is None else left))


async def _kf_accounts(tx: Tx, content: Content, account: str) -> tuple[str, ...]:
    """Return the customer service accounts we know: pulled before, talked to, named by a pool."""
    pulled = await tx.all("SELECT name FROM memory WHERE account = ? AND name LIKE 'kf:%'", account)
    talked = await tx.all("SELECT DISTINCT kf FROM talk WHERE account = ?", account)
    named = (p.kf for p in content.pools.values() if p.account == account)
    found: Iterable[str] = (
        *(row["name"].removeprefix(_KF_CURSOR) for row in pulled),
        *(row["kf"] for row in talked),
        *named,
    )
    return tuple(sorted({one for one in found if one}))
