"""kf accounts made, changed and deleted by API, and who serves them (kf.md sections 1 and 2)."""

from dataclasses import replace

from twin.corp.parties import ROOT
from twin.host import Denied, Done, Endpoint
from twin.kf.accounts import OK, kf_account
from twin.media_api import check_media
from twin.mint import mint
from twin.shape import BadShape, Json, text, texts
from twin.stage import Stage
from twin.world import KfAccount, WecomAccount

NAME_LENGTH = 16
MEDIA_ID_BYTES = 128
MOST_AT_ONCE, MOST_PARTIES_AT_ONCE = 100, 20
MOST_SERVICERS, MOST_PARTIES = 2000, 20
DONE, ALREADY = "success", "ignored"
_NOBODY: Json = {"errcode": 60111, "errmsg": "userid not found"}
_NO_PARTY: Json = {"errcode": 40066, "errmsg": "invalid party"}


def add(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/account/add`: the link of a new account works at once; 95005 when there are many."""
    name = _name(stage, account, args)
    if len(stage.world.kf) >= stage.settings.kf_most:
        raise Denied(95005, "kf account count out of limit")
    open_kfid = mint("wk", 32, stage.world.id, "kf", str(stage.next_msg_id()))
    made = KfAccount(open_kfid=open_kfid, name=name)
    stage.world = replace(stage.world, kf=(*stage.world.kf, made))
    stage.kf.link(open_kfid, "")
    return Done(body={**OK, "open_kfid": open_kfid}, effect={"open_kfid": open_kfid, "name": name})


def update(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/account/update`: another name, another picture."""
    kf = kf_account(stage, args)
    if "name" not in args and "media_id" not in args:
        raise Denied(40063, "name and media_id are both empty")
    name = _name(stage, account, {"name": kf.name, **args})
    _put(stage, replace(kf, name=name))
    return Done(body=OK, effect={"open_kfid": kf.open_kfid, "name": name})


def delete(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/account/del`: its links open nothing from now on."""
    kf = kf_account(stage, args)
    left = tuple(one for one in stage.world.kf if one.open_kfid != kf.open_kfid)
    stage.world = replace(stage.world, kf=left)
    return Done(body=OK, effect={"open_kfid": kf.open_kfid, "deleted": True})


def add_servicers(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/servicer/add`: each is judged alone; one who serves already is ignored."""
    kf = kf_account(stage, args)
    staff, departments = _wanted(args)
    fresh = [one for one in staff if stage.world.employee(one) and one not in kf.servicers]
    new = [one for one in departments if one == ROOT and one not in kf.parties]
    changed = replace(kf, servicers=(*kf.servicers, *fresh), parties=(*kf.parties, *new))
    if len(changed.servicers) > MOST_SERVICERS or len(changed.parties) > MOST_PARTIES:
        raise BadShape("userid_list")
    return _changed(stage, changed, _results(stage, args, {*fresh, *new}))


def drop_servicers(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/servicer/del`: each is judged alone; one who does not serve is ignored."""
    kf = kf_account(stage, args)
    staff, departments = _wanted(args)
    gone: set[str | int] = {one for one in staff if one in kf.servicers}
    gone |= {one for one in departments if one in kf.parties}
    changed = replace(
        kf,
        servicers=tuple(one for one in kf.servicers if one not in gone),
        parties=tuple(one for one in kf.parties if one not in gone),
    )
    return _changed(stage, changed, _results(stage, args, gone))


def _name(stage: Stage, account: WecomAccount, args: Json) -> str:
    name, media_id = text(args, "name", ""), text(args, "media_id", "")
    if not 1 <= len(name) <= NAME_LENGTH:
        raise Denied(95006, "invalid kf account name")
    if len(media_id.encode()) > MEDIA_ID_BYTES:
        raise Denied(40007, "invalid media_id")
    if media_id:
        check_media(stage, account.id, media_id, "", "image")
    return name


def _put(stage: Stage, changed: KfAccount) -> None:
    known = stage.world.kf
    kept = tuple(changed if one.open_kfid == changed.open_kfid else one for one in known)
    stage.world = replace(stage.world, kf=kept)


def _wanted(args: Json) -> tuple[list[str], list[int]]:
    staff, departments = list(dict.fromkeys(texts(args, "userid_list"))), _departments(args)
    if not staff and not departments:
        raise Denied(40063, "userid_list and department_id_list are both empty")
    if len(staff) > MOST_AT_ONCE:
        raise BadShape("userid_list")
    if len(departments) > MOST_PARTIES_AT_ONCE:
        raise BadShape("department_id_list")
    return staff, departments


def _departments(args: Json) -> list[int]:
    found = args.get("department_id_list") or []
    if not isinstance(found, list) or not all(type(one) is int for one in found):
        raise BadShape("department_id_list")
    return list(dict.fromkeys(found))


def _results(stage: Stage, args: Json, changed: set[str | int]) -> list[Json]:
    staff, departments = _wanted(args)
    told: list[Json] = []
    for userid in staff:
        wrong = {} if stage.world.employee(userid) else _NOBODY
        told.append({"userid": userid, **_fine(changed, userid), **wrong})
    for department in departments:
        wrong = {} if department == ROOT else _NO_PARTY
        told.append({"department_id": department, **_fine(changed, department), **wrong})
    return told


def _fine(changed: set[str | int], one: str | int) -> Json:
    return {"errcode": 0, "errmsg": DONE if one in changed else ALREADY}


def _changed(stage: Stage, changed: KfAccount, results: list[Json]) -> Done:
    _put(stage, changed)
    effect: Json = {"open_kfid": changed.open_kfid, "servicers": list(changed.servicers)}
    return Done(body={**OK, "result_list": results}, effect=effect)


_AT = "/cgi-bin/kf"
ACCOUNT_EDIT_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    f"{_AT}/account/add": Endpoint(method="POST", act=add),
    f"{_AT}/account/update": Endpoint(method="POST", act=update),
    f"{_AT}/account/del": Endpoint(method="POST", act=delete),
    f"{_AT}/servicer/add": Endpoint(method="POST", act=add_servicers),
    f"{_AT}/servicer/del": Endpoint(method="POST", act=drop_servicers),
}
