"""The Official Account's tags for fans and their limits (oa/api.md section 4)."""

from twin.host import Denied, Done, Endpoint
from twin.labels import FIRST_FREE_FAN_TAG, FanTags
from twin.people import Following, Person
from twin.shape import Json, record, text, texts, whole
from twin.stage import Stage
from twin.world import OaAccount

TAGS_PER_ACCOUNT = 100
TAG_BYTES = 30
TAGS_PER_FAN = 20
FANS_PER_CALL = 50
OK: Json = {"errcode": 0, "errmsg": "ok"}


def create_tag(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST /cgi-bin/tags/create`."""
    name = text(record(args, "tag"), "name")
    tags = stage.fan_tags[account.appid]
    if not name or len(name.encode()) > TAG_BYTES:
        raise Denied(45158, "tag name length out of limit")
    if name in tags.names.values():
        raise Denied(45157, "invalid tag name hint: duplicate")
    if len(tags.names) >= TAGS_PER_ACCOUNT:
        raise Denied(45056, "tag count out of limit")
    tag = tags.create(name)
    return Done(body={"tag": {"id": tag, "name": name}}, effect={"tag": tag, "name": name})


def list_tags(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET /cgi-bin/tags/get`, the platform's own tag 2 included."""
    listed: list[Json] = [{"id": 2, "name": "星标组", "count": 0}]
    for tag, name in stage.fan_tags[account.appid].names.items():
        worn = sum(tag in one.tags for one in _followings(stage, account))
        listed.append({"id": tag, "name": name, "count": worn})
    return Done(body={"tags": listed})


def tag_fans(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST /cgi-bin/tags/members/batchtagging`: all of the fans or none."""
    tag, fans = _asked(stage, account, args)
    if any(tag not in one.tags and len(one.tags) >= TAGS_PER_FAN for _, one in fans):
        raise Denied(45059, "tags of one fan out of limit", fans[0][0].name)
    new = [person.name for person, one in fans if tag not in one.tags]
    for _, following in fans:
        following.tags.add(tag)
    return Done(body=OK, who=fans[0][0].name, effect=_effect(stage, account, tag, new))


def untag_fans(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST /cgi-bin/tags/members/batchuntagging`; a tag that is not worn is no error."""
    tag, fans = _asked(stage, account, args)
    lost = [person.name for person, one in fans if tag in one.tags]
    for _, following in fans:
        following.tags.discard(tag)
    return Done(body=OK, who=fans[0][0].name, effect=_effect(stage, account, tag, lost))


def tags_of_fan(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST /cgi-bin/tags/getidlist`."""
    person, following = _fan(stage, account, text(args, "openid"))
    return Done(body={"tagid_list": sorted(following.tags)}, who=person.name)


def _asked(
    stage: Stage, account: OaAccount, args: Json
) -> tuple[int, list[tuple[Person, Following]]]:
    openids = texts(args, "openid_list")
    if not 1 <= len(openids) <= FANS_PER_CALL:
        raise Denied(40032, "invalid openid list size")
    tag = whole(args, "tagid")
    _known(stage.fan_tags[account.appid], tag)
    return tag, [_fan(stage, account, openid) for openid in openids]


def _known(tags: FanTags, tag: int) -> None:
    if 0 <= tag < FIRST_FREE_FAN_TAG and tag not in tags.names:
        raise Denied(45058, "can't modify sys tag")
    if tag not in tags.names:
        raise Denied(45159, "invalid tag id")


def _fan(stage: Stage, account: OaAccount, openid: str) -> tuple[Person, Following]:
    person = stage.crowd.by_openid(account.appid, openid)
    following = person.follows.get(account.appid) if person else None
    if person is None or following is None:
        raise Denied(40003, "invalid openid")
    return person, following


def _followings(stage: Stage, account: OaAccount) -> list[Following]:
    everyone = stage.crowd.everyone()
    return [one.follows[account.appid] for one in everyone if account.appid in one.follows]


def _effect(stage: Stage, account: OaAccount, tag: int, changed: list[str]) -> Json | None:
    name = stage.fan_tags[account.appid].names[tag]
    return {"tag": tag, "name": name, "fans": list(changed)} if changed else None


def _edited(args: Json) -> str:
    openids = args.get("openid_list")
    return f"fan:{openids}" if openids else ""


TAG_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/tags/create": Endpoint(method="POST", act=create_tag),
    "/cgi-bin/tags/get": Endpoint(method="GET", act=list_tags),
    "/cgi-bin/tags/members/batchtagging": Endpoint(method="POST", act=tag_fans, edits=_edited),
    "/cgi-bin/tags/members/batchuntagging": Endpoint(method="POST", act=untag_fans, edits=_edited),
    "/cgi-bin/tags/getidlist": Endpoint(method="POST", act=tags_of_fan),
}
