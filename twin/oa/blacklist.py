"""The blacklist of an Official Account: no message of its API reaches who stands there."""

from twin.host import Denied, Done, Endpoint
from twin.oa.fans import fan, fans, page
from twin.people import Following, Person
from twin.shape import Json, text, texts
from twin.stage import Stage
from twin.world import OaAccount

FANS_PER_CALL = 20
OK: Json = {"errcode": 0, "errmsg": "ok"}


def list_blacklisted(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST getblacklist`: 10,000 openids behind `begin_openid`."""
    openids = [openid for openid, one in fans(stage, account) if one.is_blacklisted]
    body: Json = {"total": len(openids)}
    return Done(body=body | page(stage, openids, text(args, "begin_openid", "")))


def blacklist(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST batchblacklist`: at most 20 fans; one who stands there already is fine."""
    return _marked(stage, account, args, to=True)


def unblacklist(stage: Stage, account: OaAccount, args: Json) -> Done:
    """`POST batchunblacklist`."""
    return _marked(stage, account, args, to=False)


def check_blacklist(person: Person, following: Following | None) -> None:
    """Refuse to write to somebody on the blacklist: Denied 43019."""
    if following is not None and following.is_blacklisted:
        raise Denied(43019, "require remove blacklist", person.name)


def _marked(stage: Stage, account: OaAccount, args: Json, *, to: bool) -> Done:
    openids = texts(args, "openid_list")
    if not 1 <= len(openids) <= FANS_PER_CALL:
        raise Denied(40032, "invalid openid list size")
    named = [fan(stage, account, openid) for openid in openids]
    changed = [person.name for person, one in named if one.is_blacklisted != to]
    for _, following in named:
        following.is_blacklisted = to
    effect: Json | None = {"blacklisted": to, "fans": list(changed)} if changed else None
    return Done(body=OK, who=named[0][0].name, effect=effect)


_MEMBERS = "/cgi-bin/tags/members"
BLACKLIST_ENDPOINTS: dict[str, Endpoint[OaAccount]] = {
    f"{_MEMBERS}/getblacklist": Endpoint(method="POST", act=list_blacklisted),
    f"{_MEMBERS}/batchblacklist": Endpoint(method="POST", act=blacklist),
    f"{_MEMBERS}/batchunblacklist": Endpoint(method="POST", act=unblacklist),
}
