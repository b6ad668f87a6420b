"""«Contact me» codes by API: made, read and listed (customer-contact.md section 1)."""

from twin.contact_ways import BY_QR, SINGLE, ContactWay
from twin.host import Denied, Done, Endpoint
from twin.paging import page_of
from twin.shape import BadShape, Json, text, texts, whole
from twin.stage import Stage
from twin.tokens import DAY_S
from twin.wecom_contacts import picture
from twin.wecom_people import reachable
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
STATE_LENGTH = REMARK_LENGTH = 30
MOST_STAFF = 100
USUAL_PAGE, LARGEST_PAGE = 100, 1000
LISTED_S = 90 * DAY_S


def add_contact_way(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/add_contact_way`: the part that a QR with a state needs."""
    staff, state = texts(args, "user"), text(args, "state", "")
    _check_staff(stage, staff, whole(args, "type"))
    if len(state) > STATE_LENGTH:
        raise Denied(40058, "state too long")
    way = ContactWay(
        config_id=stage.groups.way_id(),
        state=state,
        staff=staff,
        made=stage.now(),
        scene=whole(args, "scene", BY_QR),
        remark=text(args, "remark", "")[:REMARK_LENGTH],
        skip_verify=args.get("skip_verify", True) is not False,
    )
    stage.ways_to_add[way.config_id] = way
    body: Json = {**OK, "config_id": way.config_id}
    if way.scene == BY_QR:
        body["qr_code"] = picture(stage, way.config_id)
    return Done(body=body, effect={"config_id": way.config_id, "state": state})


def get_contact_way(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/get_contact_way`: 41044 for an unknown config_id."""
    way = stage.ways_to_add.get(text(args, "config_id", ""))
    if way is None:
        raise Denied(41044, "invalid config_id")
    told: Json = {
        "config_id": way.config_id,
        "type": way.type(),
        "scene": way.scene,
        "remark": way.remark,
        "skip_verify": way.skip_verify,
        "state": way.state,
        "user": list(way.staff),
        "party": [],
        "is_temp": False,
    }
    if way.scene == BY_QR:
        told["qr_code"] = picture(stage, way.config_id)
    return Done(body={**OK, "contact_way": told})


def list_contact_ways(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/list_contact_way`: those of `start_time` to `end_time`, 90 days."""
    now = stage.now()
    begin = whole(args, "start_time", int(now - LISTED_S))
    end = whole(args, "end_time", int(now) + 1)
    if begin > end:
        raise BadShape("start_time")
    made = [one for one in stage.ways_to_add.values() if begin <= one.made <= end]
    page, after = page_of(args, made, USUAL_PAGE, LARGEST_PAGE)
    listed: list[Json] = [{"config_id": one.config_id} for one in page]
    return Done(body={**OK, "contact_way": listed, "next_cursor": after})


def _check_staff(stage: Stage, staff: tuple[str, ...], kind: int) -> None:
    if kind == SINGLE and len(staff) != 1:
        raise Denied(40058, "exactly one user for type 1")
    if len(staff) > MOST_STAFF:
        raise Denied(41041, "too many users")
    if not staff:
        raise Denied(60111, "userid not found")
    for userid in staff:
        if not reachable(stage, userid).customer_contact:
            raise Denied(84074, "no external contact permission", userid)


WAY_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/externalcontact/add_contact_way": Endpoint(method="POST", act=add_contact_way),
    "/cgi-bin/externalcontact/get_contact_way": Endpoint(method="POST", act=get_contact_way),
    "/cgi-bin/externalcontact/list_contact_way": Endpoint(method="POST", act=list_contact_ways),
}
