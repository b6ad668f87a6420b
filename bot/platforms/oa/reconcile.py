"""Comparing with an Official Account's platform: questions → receipts (oa/api.md section 5)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.actions import AskFollowers, AskProfiles, Receipt, Remote, State
from bot.events import ComparisonRefused, Event, FollowersListed, FollowersShown, Listed
from bot.platforms.call import ask, ask_page
from bot.platforms.oa.api.followers import ListFollowers, Profile, ReadFollowers
from bot.platforms.port import Port

_NO_FOLLOWER = 40003


async def ask_followers(action: AskFollowers, port: Port, attempts: int) -> Receipt:
    """Ask for a page of followers."""
    page = await ask_page(port, ListFollowers(cursor=action.cursor), attempts)
    if not page.done:
        return _refused(action, page.receipt)
    listed = FollowersListed(
        account=port.account,
        run=action.run,
        openids=page.rows,
        begun=action.begun,
        # A platform that hands out the same cursor again has told all it has.
        cursor="" if page.cursor == action.cursor else page.cursor,
    )
    return _answered(page.receipt, listed)


async def ask_profiles(action: AskProfiles, port: Port, attempts: int) -> Receipt:
    """Ask who some followers are; whoever is none any more is told as one who left."""
    receipt, shown = await _profiles(action.openids, port, attempts)
    if shown is None:
        return _refused(action, receipt)
    return _answered(
        receipt,
        FollowersShown(account=port.account, run=action.run, followers=shown, part=action.part),
    )


async def _profiles(
    openids: tuple[str, ...], port: Port, attempts: int
) -> tuple[Receipt, tuple[Listed, ...] | None]:
    """Return what some followers are shown as, None with the receipt of a call that failed.

    One who is no follower makes the platform refuse all, so a refused half is halved again.
    """
    told = await ask(port, ReadFollowers(openids=openids), attempts)
    if told.value is not None:
        return told.receipt, tuple(map(_listed, told.value))
    if told.receipt.state is not State.FAILED or told.receipt.code != _NO_FOLLOWER:
        return told.receipt, None
    if len(openids) == 1:
        gone = Listed(member=openids[0], follows=False)
        return replace(told.receipt, state=State.DONE), (gone,)
    half = len(openids) // 2
    receipt, first = await _profiles(openids[:half], port, attempts)
    if first is None:
        return receipt, None
    receipt, rest = await _profiles(openids[half:], port, attempts)
    return receipt, None if rest is None else (*first, *rest)


def _listed(profile: Profile) -> Listed:
    return Listed(
        member=profile.openid,
        unionid=profile.unionid,
        since=profile.since,
        state=profile.scene,
        labels=tuple(map(str, profile.labels)),
        follows=profile.follows,
    )


def _answered(receipt: Receipt, event: Event) -> Receipt:
    return replace(receipt, events=(event,))


def _refused(action: AskFollowers | AskProfiles, receipt: Receipt) -> Receipt:
    """Return a receipt that also tells of a refusal for good; one to be tried again stays."""
    if receipt.state is not State.FAILED:
        return receipt
    told = ComparisonRefused(
        account=action.account,
        run=action.run,
        part="followers" if isinstance(action, AskFollowers) else action.part,
        about="" if isinstance(action, AskFollowers) else f"{len(action.openids)} 位粉丝的资料",
        code=receipt.code or 0,
        meaning=receipt.meaning,
    )
    return _answered(receipt, told)


RECONCILE_CALLS: Mapping[type[Remote], Callable[[Any, Port, int], Awaitable[Receipt]]] = {
    AskFollowers: ask_followers,
    AskProfiles: ask_profiles,
}
