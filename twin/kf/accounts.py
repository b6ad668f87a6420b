"""The kf accounts of a world by API: listed, linked to, and whom a call is about."""

import re

from twin.corp.parties import members
from twin.host import Denied, Done, Endpoint
from twin.kf.sessions import Session
from twin.people import Person
from twin.plant_refusals import kf_refusal
from twin.shape import BadShape, Json, text, whole
from twin.stage import Stage
from twin.world import KfAccount, WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
LARGEST_LIST = 100
ON_DUTY = 0
_SCENE = re.compile(r"[0-9a-zA-Z_-]{0,32}")


def list_accounts(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/account/list`, `offset` and `limit` of at most 100."""
    start = whole(args, "offset", 0)
    most = min(whole(args, "limit", LARGEST_LIST), LARGEST_LIST)
    listed: list[Json] = [
        {
            "open_kfid": one.open_kfid,
            "name": one.name,
            "avatar": "",
            "manage_privilege": not stage.plants.kf_unmanaged(account.id, one.open_kfid),
        }
        for one in stage.world.kf[start : start + most]
    ]
    return Done(body={**OK, "account_list": listed})


def list_servicers(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`GET kf/servicer/list`: every servicer receives all day."""
    kf = kf_account(stage, args)
    listed: list[Json] = [{"userid": one, "status": ON_DUTY} for one in kf.servicers]
    listed += [{"department_id": one} for one in kf.parties]
    return Done(body={**OK, "servicer_list": listed})


def add_way(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/add_contact_way`: the link that opens the account with `scene`."""
    kf = kf_account(stage, args)
    scene = text(args, "scene", "")
    if not _SCENE.fullmatch(scene):
        raise BadShape("scene")
    url = stage.kf.link(kf.open_kfid, scene)
    return Done(body={**OK, "url": url}, effect={"open_kfid": kf.open_kfid, "scene": scene})


def serves(stage: Stage, kf: KfAccount, userid: str) -> bool:
    """Tell whether an employee serves at this account, by name or by department."""
    return userid in (*kf.servicers, *members(stage, kf.parties))


def kf_account(stage: Stage, args: Json) -> KfAccount:
    """Return the kf account a call names. Raises Denied 95000, 95004, or 48007 when planted."""
    wanted = text(args, "open_kfid", "")
    found = stage.world.kf_account(wanted)
    if found:
        check_managed(stage, wanted)
        return found
    if wanted and not wanted.startswith("wk"):
        raise Denied(95000, "invalid open_kfid")
    raise Denied(95004, "open_kfid missing or not of this corp")


def check_managed(stage: Stage, open_kfid: str) -> None:
    """Raise Denied while a planted trouble keeps this kf account from the app."""
    corp = stage.corp()
    refusal = kf_refusal(stage.plants, corp.id if corp else "", open_kfid)
    if refusal:
        raise Denied(*refusal)


def kf_customer(stage: Stage, external_userid: str) -> Person:
    """Return the customer of this id. Raises Denied 40096."""
    person = stage.crowd.by_external(external_userid)
    if person is None:
        raise Denied(40096, "invalid external userid")
    return person


def consulted(stage: Stage, kf: KfAccount, person: Person) -> Session:
    """Return the conversation when the customer spoke within 48 h. Raises Denied 95031."""
    session = stage.kf.session(kf.open_kfid, person.external_userid)
    if session is None or not session.consulted(stage.now()):
        raise Denied(95031, "no consultation within 48 hours", person.name)
    return session


ACCOUNT_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/kf/account/list": Endpoint(method="POST", act=list_accounts),
    "/cgi-bin/kf/servicer/list": Endpoint(method="GET", act=list_servicers),
    "/cgi-bin/kf/add_contact_way": Endpoint(method="POST", act=add_way),
}
