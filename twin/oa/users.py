"""Profiles of fans: one, a hundred, the list of all, and their remark (oa/api.md section 5)."""

from twin.host import Denied, Done, Endpoint
from twin.oa.fans import fan, fans, owner, page
from twin.people import Following, Person
from twin.shape import Json, records, text
from twin.stage import Stage
from twin.world import OaAccount

MOST_PROFILES = 100
REMARK_BELOW = 30  # characters
OK: Json = {"errcode": 0, "errmsg": "ok"}


def user_profile(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET user/info`: the unionid is there only when the world has unionids."""
    openid = text(args, "openid", "")
    person = owner(stage, account, openid)
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
        person = owner(stage, account, text(one, "openid"))
        following = person.follows.get(account.appid)
        if following is None:
            raise Denied(40003, "invalid openid", person.name)
        told.append(_profile(account, person, following))
    return Done(body={"user_info_list": told})


def list_users(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET user/get`: 10,000 openids after `next_openid`, in the order they followed."""
    openids = [openid for openid, _ in fans(stage, account)]
    body: Json = {"total": len(openids)}
    return Done(body=body | page(stage, openids, text(args, "next_openid", "")))


def write_remark(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST user/info/updateremark`: fewer than 30 characters, "" takes it away."""
    person, following = fan(stage, account, text(args, "openid"))
    remark = text(args, "remark")
    if len(remark) >= REMARK_BELOW:
        raise Denied(40035, "invalid remark length", person.name)
    changed = remark != following.remark
    following.remark = remark
    return Done(body=OK, who=person.name, effect={"remark": remark} if changed else None)


def _profile(account: OaAccount, person: Person, following: Following) -> Json:
    told: Json = {
        "subscribe": 1,
        "openid": person.openids[account.appid],
        "subscribe_time": following.since,
        "remark": following.remark,
        "groupid": 0,
        "tagid_list": sorted(following.tags),
        "subscribe_scene": "ADD_SCENE_QR_CODE" if following.scene else "ADD_SCENE_SEARCH",
        "qr_scene": int(following.scene) if following.is_number else 0,
        "qr_scene_str": "" if following.is_number else following.scene,
    }
    return told | {"unionid": person.unionid} if person.unionid else told


USER_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/user/info": Endpoint(method="GET", act=user_profile),
    "/cgi-bin/user/info/batchget": Endpoint(method="POST", act=user_profiles),
    "/cgi-bin/user/info/updateremark": Endpoint(method="POST", act=write_remark),
    "/cgi-bin/user/get": Endpoint(method="GET", act=list_users),
}
