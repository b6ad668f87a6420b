"""The fans of an Official Account by openid, one or page by page, with the platform's refusals."""

from collections.abc import Sequence

from twin.host import Denied
from twin.people import Following, Person
from twin.shape import Json
from twin.stage import Stage
from twin.world import OaAccount


def owner(stage: Stage, account: OaAccount, openid: str) -> Person:
    """Return whose openid this is, fan or not. Raises Denied 40003."""
    person = stage.crowd.by_openid(account.appid, openid)
    if person is None:
        raise Denied(40003, "invalid openid")
    return person


def fan(stage: Stage, account: OaAccount, openid: str) -> tuple[Person, Following]:
    """Return the fan of this openid.

    Raises Denied: 49003 for an openid of another Official Account, 40003 for one who does not
    follow and for an openid that nobody has.
    """
    others = (one.appid for one in stage.world.oa if one is not account)
    if any(stage.crowd.by_openid(appid, openid) for appid in others):
        raise Denied(49003, "not match openid with appid")
    person = owner(stage, account, openid)
    following = person.follows.get(account.appid)
    if following is None:
        raise Denied(40003, "invalid openid", person.name)
    return person, following


def fans(stage: Stage, account: OaAccount) -> list[tuple[str, Following]]:
    """Return every fan's openid and following, in the order they followed."""
    found = [
        (person.openids[account.appid], following)
        for person in stage.crowd.everyone()
        if (following := person.follows.get(account.appid))
    ]
    return sorted(found, key=lambda one: one[1].since)


def page(stage: Stage, openids: Sequence[str], after: str) -> Json:
    """Return `count`, `data` and `next_openid` of the page behind `after`, "" for the first.

    The last page has a `next_openid` too, and the page behind it is empty and has no `data`.
    Raises Denied 40003 for an `after` that is not in the list.
    """
    if after and after not in openids:
        raise Denied(40003, "invalid openid")
    start = openids.index(after) + 1 if after else 0
    found = list(openids[start : start + stage.settings.openid_page])
    if not found:
        return {"count": 0, "next_openid": ""}
    return {"count": len(found), "data": {"openid": found}, "next_openid": found[-1]}
