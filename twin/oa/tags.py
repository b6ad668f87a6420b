"""The Official Account's tags: made, renamed, deleted and listed (oa/api.md section 4)."""

from twin.host import Denied, Done, Endpoint
from twin.labels import FIRST_FREE_FAN_TAG, FanTags
from twin.oa.fans import fans, page
from twin.shape import Json, record, text, whole
from twin.stage import Stage
from twin.world import OaAccount

TAGS_PER_ACCOUNT = 100
TAG_BYTES = 30
STARRED = 2
OK: Json = {"errcode": 0, "errmsg": "ok"}


def create_tag(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST /cgi-bin/tags/create`."""
    tags, name = stage.fan_tags[account.appid], text(record(args, "tag"), "name")
    _check_name(tags, name)
    if len(tags.names) >= TAGS_PER_ACCOUNT:
        raise Denied(45056, "tag count out of limit")
    tag = tags.create(name)
    return Done(body={"tag": {"id": tag, "name": name}}, effect={"tag": tag, "name": name})


def list_tags(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`GET /cgi-bin/tags/get`, the platform's own tag 2 included."""
    names = {STARRED: "星标组", **stage.fan_tags[account.appid].names}
    worn = [tag for _, following in fans(stage, account) for tag in following.tags]
    listed = [{"id": tag, "name": name, "count": worn.count(tag)} for tag, name in names.items()]
    return Done(body={"tags": listed})


def rename_tag(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST tags/update`: another name; its own name again is fine."""
    tags, asked = stage.fan_tags[account.appid], record(args, "tag")
    tag, name = whole(asked, "id"), text(asked, "name")
    check_tag(tags, tag)
    former = tags.names[tag]
    if name != former:
        _check_name(tags, name)
        tags.names[tag] = name
    return Done(body=OK, effect={"tag": tag, "name": name} if name != former else None)


def delete_tag(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST tags/delete`: every fan loses it; not above 100,000 fans."""
    tags, tag = stage.fan_tags[account.appid], whole(record(args, "tag"), "id")
    check_tag(tags, tag)
    wearing = [following for _, following in fans(stage, account) if tag in following.tags]
    if len(wearing) > stage.settings.tag_fans_most:
        raise Denied(45057, "can't delete the tag that has too many fans")
    for following in wearing:
        following.tags.discard(tag)
    name = tags.names.pop(tag)
    return Done(body=OK, effect={"tag": tag, "name": name, "fans": len(wearing)})


def fans_of_tag(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST user/tag/get`: 10,000 openids after `next_openid`."""
    tag = whole(args, "tagid")
    if tag != STARRED:
        check_tag(stage.fan_tags[account.appid], tag)
    openids = [openid for openid, one in fans(stage, account) if tag in one.tags]
    return Done(body=page(stage, openids, text(args, "next_openid", "")))


def check_tag(tags: FanTags, tag: int) -> None:
    """Refuse a tag of the platform itself (45058) and one that does not exist (45159)."""
    if 0 <= tag < FIRST_FREE_FAN_TAG and tag not in tags.names:
        raise Denied(45058, "can't modify sys tag")
    if tag not in tags.names:
        raise Denied(45159, "invalid tag id")


def _check_name(tags: FanTags, name: str) -> None:
    if not name or len(name.encode()) > TAG_BYTES:
        raise Denied(45158, "tag name length out of limit")
    if name in tags.names.values():
        raise Denied(45157, "invalid tag name hint: duplicate")


TAG_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    "/cgi-bin/tags/create": Endpoint(method="POST", act=create_tag),
    "/cgi-bin/tags/get": Endpoint(method="GET", act=list_tags),
    "/cgi-bin/tags/update": Endpoint(method="POST", act=rename_tag),
    "/cgi-bin/tags/delete": Endpoint(method="POST", act=delete_tag),
    "/cgi-bin/user/tag/get": Endpoint(method="POST", act=fans_of_tag),
}
