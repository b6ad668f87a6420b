"""The fans of an Official Account: one, a hundred, or all of them page by page (oa/api.md 5)."""

from twin.host import Denied, Done, Endpoint
from twin.people import Following, Person
from twin.shape import Json, records, text
from twin.stage import Stage
from twin.world import OaAccount

MOST_PROFILES = 100
PAGE = 10_000


def user_profile(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET user/info`: the unionid is there only when the world has unionids."""
    openid = text(args, "openid", "")
    person = _owner(stage, account, openid)
    following = person.follows.get(account.appid)
    if following is None:
        return Done(body={"subscribe": 0, "openid": openid}, who=person.name)
    return Done(body=_profile(account, person, following), who=person.name)


def user_profiles(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST user/info/batchget`: at most 100, every one of them a fan."""
    wanted = records(args, "user_list")
    if not 1 <= len(wanted) <= MOST_PROFILES:
        raise Denied(40032, "invalid openid list size")
    told: list[Json] = []
    for one in wanted:
        person = _owner(stage, account, text(one, "openid"))
        following = person.follows.get(account.appid)
        if following is None:
            raise Denied(40003, "invalid openid", person.name)
        told.append(_profile(account, person, following))
    return Done(body={"user_info_list": told})


def list_users(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET user/get`: 10,000 openids after `next_openid`, in the order they followed."""
    fans = [
        (following.since, person.openids[account.appid])
        for person in stage.crowd.everyone()
        if (following := person.follows.get(account.appid))
    ]
    openids = [openid for _, openid in sorted(fans, key=lambda fan: fan[0])]
    page = openids[_start(openids, text(args, "next_openid", "")) :][:PAGE]
    body: Json = {"total": len(openids), "count": len(page)}
    if page:
        body["data"] = {"openid": page}
    return Done(body={**body, "next_openid": page[-1] if page else ""})


def _start(openids: list[str], after: str) -> int:
    if not after:
        return 0
    if after not in openids:
        raise Denied(40003, "invalid openid")
    return openids.index(after) + 1


def _owner(stage: Stage, account: OaAccount, openid: str) -> Person:
    person = stage.crowd.by_openid(account.appid, openid)
    if person is None:
        raise Denied(40003, "invalid openid")
    return person


def _profile(account: OaAccount, person: Person, following: Following) -> Json:
    told: Json = {
        "subscribe": 1,
        "openid": person.openids[account.appid],
        "subscribe_time": following.since,
        "remark": "",
        "groupid": 0,
        "tagid_list": sorted(following.tags),
        "subscribe_scene": "ADD_SCENE_QR_CODE" if following.scene else "ADD_SCENE_SEARCH",
        "qr_scene": 0,
        "qr_scene_str": following.scene,
    }
    return told | {"unionid": person.unionid} if person.unionid else told


USER_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/user/info": Endpoint(method="GET", act=user_profile),
    "/cgi-bin/user/info/batchget": Endpoint(method="POST", act=user_profiles),
    "/cgi-bin/user/get": Endpoint(method="GET", act=list_users),
}
