"""Which fan wears which tag of the Official Account (oa/api.md section 4)."""

from twin.host import Denied, Done, Endpoint
from twin.oa.fans import fan
from twin.oa.tags import check_tag
from twin.people import Following, Person
from twin.shape import Json, text, texts, whole
from twin.stage import Stage
from twin.world import OaAccount

TAGS_PER_FAN = 20
FANS_PER_CALL = 50
OK: Json = {"errcode": 0, "errmsg": "ok"}
# What the platform says, falsely, when one fan is being tagged by another call at this moment.
_DISTURBED = (45159, "invalid tag id")

_Fan = tuple[Person, Following]


def tag_fans(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST /cgi-bin/tags/members/batchtagging`: all of the fans or none."""
    tag, fans = _asked(stage, account, args)
    for person, one in fans:
        if tag not in one.tags and len(one.tags) >= TAGS_PER_FAN:
            raise Denied(45059, "tags of one fan out of limit", person.name)
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
    person, following = fan(stage, account, text(args, "openid"))
    return Done(body={"tagid_list": sorted(following.tags)}, who=person.name)


def _asked(stage: Stage, account: OaAccount, args: Json) -> tuple[int, list[_Fan]]:
    openids = texts(args, "openid_list")
    if not 1 <= len(openids) <= FANS_PER_CALL:
        raise Denied(40032, "invalid openid list size")
    tag = whole(args, "tagid")
    check_tag(stage.fan_tags[account.appid], tag)
    return tag, [fan(stage, account, openid) for openid in openids]


def _effect(stage: Stage, account: OaAccount, tag: int, changed: list[str]) -> Json | None:
    name = stage.fan_tags[account.appid].names[tag]
    return {"tag": tag, "name": name, "fans": list(changed)} if changed else None


def _edited(args: Json) -> str:
    openids = args.get("openid_list")
    return f"fan:{openids}" if openids else ""


_MEMBERS = "/cgi-bin/tags/members"
TAGGING_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    f"{_MEMBERS}/batchtagging": Endpoint(
        method="POST", act=tag_fans, edits=_edited, disturbed=_DISTURBED
    ),
    f"{_MEMBERS}/batchuntagging": Endpoint(
        method="POST", act=untag_fans, edits=_edited, disturbed=_DISTURBED
    ),
    "/cgi-bin/tags/getidlist": Endpoint(method="POST", act=tags_of_fan),
}
