"""«Contact me» codes by API (customer-contact.md section 1); no change causes a callback."""

from dataclasses import replace

from twin.contact.api import picture, relation
from twin.contact.way_asked import asked_way
from twin.contact.ways import BY_BUTTON, BY_QR, SINGLE, ContactWay
from twin.host import Denied, Done, Endpoint
from twin.paging import page_of
from twin.people import Seen
from twin.shape import BadShape, Json, record, text, whole
from twin.stage import Stage
from twin.tokens import DAY_S
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
USUAL_PAGE, LARGEST_PAGE = 100, 1000
LISTED_S = 90 * DAY_S


def add(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/add_contact_way`: 41045 when the corp has too many ways in."""
    kind, scene = whole(args, "type"), whole(args, "scene")
    if kind not in (SINGLE, 2):
        raise BadShape("type")
    if scene not in (BY_BUTTON, BY_QR):
        raise BadShape("scene")
    blank = ContactWay(
        config_id="",
        state="",
        staff=(),
        made=stage.now(),
        kind=kind,
        scene=scene,
        temporary=args.get("is_temp") is True,
        exclusive=args.get("is_exclusive") is True,
    )
    way = asked_way(stage, account, args, blank)
    if stage.ways_in() >= stage.settings.way_most:
        raise Denied(41045, "contact way count out of limit")
    way = replace(way, config_id=stage.groups.way_id())
    stage.ways_to_add[way.config_id] = way
    body: Json = {**OK, "config_id": way.config_id}
    if way.scene == BY_QR:
        body["qr_code"] = picture(stage, way.config_id)
    return Done(body=body, effect={"config_id": way.config_id, "state": way.state})


def get(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/get_contact_way`: 41044 for an unknown config_id."""
    way = _known(stage, args)
    told: Json = {
        "config_id": way.config_id,
        "type": way.type(),
        "scene": way.scene,
        "remark": way.remark,
        "skip_verify": way.skip_verify,
        "state": way.state,
        "user": list(way.staff),
        "party": list(way.parties),
        "is_temp": way.temporary,
        "mark_source": True,
    }
    if way.scene == BY_QR:
        told["qr_code"] = picture(stage, way.config_id)
    else:
        told["style"] = way.style
    if way.temporary:
        told |= {"expires_in": way.expires_s, "chat_expires_in": way.chat_expires_s}
        told |= {"unionid": way.unionid, "conclusions": way.conclusions or {}}
    return Done(body={**OK, "contact_way": told})


def list_ways(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/list_contact_way`: of `start_time` to `end_time`, no temporary ones."""
    now = stage.now()
    begin = whole(args, "start_time", int(now - LISTED_S))
    end = whole(args, "end_time", int(now) + 1)
    if begin > end:
        raise BadShape("start_time")
    kept = [one for one in stage.ways_to_add.values() if not one.temporary]
    made = [one for one in kept if begin <= one.made <= end]
    page, after = page_of(args, made, USUAL_PAGE, LARGEST_PAGE)
    listed: list[Json] = [{"config_id": one.config_id} for one in page]
    return Done(body={**OK, "contact_way": listed, "next_cursor": after})


def update(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/update_contact_way`: what is given replaces what was, lists whole."""
    way = asked_way(stage, account, args, _known(stage, args))
    stage.ways_to_add[way.config_id] = way
    return Done(body=OK, effect={"config_id": way.config_id, "state": way.state})


def delete(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/del_contact_way`: the printed QR is dead from now on."""
    way = _known(stage, args)
    del stage.ways_to_add[way.config_id]
    return Done(body=OK, effect={"config_id": way.config_id, "deleted": True})


def close_chat(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/close_temp_chat`: says the conclusions of its code, then parts them."""
    contact, person = relation(stage, args)
    way = stage.ways_to_add.get(contact.temporary_way)
    if not contact.temporary_way:
        raise Denied(40058, "not a temporary chat", person.name)
    stage.contacts.drop(contact.userid, contact.external_userid)
    words = (way.conclusions or {}) if way else {}
    seen = Seen(
        at=stage.now(),
        channel="contact",
        sender=contact.userid,
        text=text(record(words, "text"), "content", ""),
        via="conclusions",
        attachments=tuple(
            {**record(words, kind), "type": kind} for kind in words if kind != "text"
        ),
    )
    shows = ((person.name, seen),) if words else ()
    return Done(body=OK, who=person.name, effect={"closed": contact.userid}, shows=shows)


def _known(stage: Stage, args: Json) -> ContactWay:
    way = stage.ways_to_add.get(text(args, "config_id", ""))
    if way is None:
        raise Denied(41044, "invalid config_id")
    return way


_AT = "/cgi-bin/externalcontact"
WAY_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    f"{_AT}/add_contact_way": Endpoint(method="POST", act=add),
    f"{_AT}/get_contact_way": Endpoint(method="POST", act=get),
    f"{_AT}/list_contact_way": Endpoint(method="POST", act=list_ways),
    f"{_AT}/update_contact_way": Endpoint(method="POST", act=update),
    f"{_AT}/del_contact_way": Endpoint(method="POST", act=delete),
    f"{_AT}/close_temp_chat": Endpoint(method="POST", act=close_chat),
}
