"""Customer-contact APIs about groups: list, read a little late, and ways in with a state."""

from twin.contact.api import picture
from twin.group.seats import CUSTOMER, JoinWay, Seat
from twin.host import Denied, Done, Endpoint
from twin.shape import BadShape, Json, flag, record, text, texts, whole
from twin.stage import Stage
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
GROUPS_PER_WAY = 5
STATE_LENGTH = 30
REMARK_LENGTH = 30
BASE_NAME_LENGTH = 40
PAGE = 1000
OWNERS = 100
STATUSES = (0, 1, 2, 3)


def list_groups(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST groupchat/list`; `limit` is required; the cursor is a plain position."""
    limit, start = whole(args, "limit"), whole(args, "cursor", 0) if args.get("cursor") else 0
    if not 1 <= limit <= PAGE:
        raise BadShape("limit")
    owners = texts(record(args, "owner_filter"), "userid_list")
    if len(owners) > OWNERS:
        raise BadShape("owner_filter")
    status = whole(args, "status_filter", 0)
    if status not in STATUSES:
        raise BadShape("status_filter")
    mine = [one for one in stage.groups.by_id.values() if not owners or one.owner in owners]
    mine = [] if status else mine  # nobody resigns here
    page: list[Json] = [{"chat_id": one.chat_id, "status": 0} for one in mine[start:][:limit]]
    body: Json = {**OK, "group_chat_list": page}
    if start + limit < len(mine):
        body["next_cursor"] = str(start + limit)
    return Done(body=body)


def get_group(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST groupchat/get`: members as they were `group_stale_s` ago."""
    group = stage.groups.by_id.get(text(args, "chat_id"))
    if group is None:
        raise Denied(90501, "not a customer group")
    moment = stage.now() - stage.settings.group_stale_s
    named = flag(args, "need_name")
    members = [_member(one, named=named) for one in group.seats_at(moment)]
    told: Json = {
        "chat_id": group.chat_id,
        "name": group.name,
        "owner": group.owner,
        "create_time": int(group.created),
        "notice": group.notice,
        "member_list": members,
        "admin_list": [],
        "member_version": group.version_at(moment),
    }
    return Done(body={**OK, "group_chat": told})


def add_way(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST groupchat/add_join_way`: every call makes another way."""
    way = _way(stage, args, stage.groups.way_id())
    if stage.ways_in() >= stage.settings.way_most:
        raise Denied(41045, "join way count out of limit")
    stage.groups.ways[way.config_id] = way
    effect: Json = {"config_id": way.config_id, "chats": list(way.chat_ids), "state": way.state}
    return Done(body={**OK, "config_id": way.config_id}, effect=effect)


def get_way(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST groupchat/get_join_way`, with the address of the QR picture."""
    way = _known(stage, args)
    told: Json = {
        "config_id": way.config_id,
        "scene": way.scene,
        "remark": way.remark,
        "auto_create_room": int(way.auto_create),
        "room_base_name": way.base_name,
        "room_base_id": way.base_id,
        "chat_id_list": list(way.chat_ids),
        "qr_code": picture(stage, way.config_id),
        "state": way.state,
        "mark_source": way.marked,
    }
    return Done(body={**OK, "join_way": told})


def update_way(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST groupchat/update_join_way`: overwrites everything."""
    way = _way(stage, args, _known(stage, args).config_id)
    stage.groups.ways[way.config_id] = way
    return Done(body=OK, effect={"config_id": way.config_id, "chats": list(way.chat_ids)})


def delete_way(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST groupchat/del_join_way`: the printed QR is dead from now on."""
    way = _known(stage, args)
    del stage.groups.ways[way.config_id]
    return Done(body=OK, effect={"config_id": way.config_id, "deleted": True})


def _known(stage: Stage, args: Json) -> JoinWay:
    way = stage.groups.ways.get(text(args, "config_id"))
    if way is None:
        raise Denied(41044, "invalid config_id")
    return way


def _way(stage: Stage, args: Json, config_id: str) -> JoinWay:
    scene, chats = whole(args, "scene"), texts(args, "chat_id_list")
    if scene not in (1, 2):
        raise BadShape("scene")
    _check_chats(stage, chats)
    state, base_name = text(args, "state", ""), text(args, "room_base_name", "")
    if len(state) > STATE_LENGTH:
        raise BadShape("state")
    if len(base_name) > BASE_NAME_LENGTH:
        raise BadShape("room_base_name")
    return JoinWay(
        config_id=config_id,
        scene=scene,
        chat_ids=list(chats),
        state=state,
        remark=text(args, "remark", "")[:REMARK_LENGTH],
        auto_create=bool(whole(args, "auto_create_room", 1)),
        base_name=base_name,
        base_id=whole(args, "room_base_id", 1),
        marked=args.get("mark_source", True) is not False,
    )


def _check_chats(stage: Stage, chats: tuple[str, ...]) -> None:
    if not chats:
        raise Denied(40063, "chat_id_list is empty")
    if len(chats) > GROUPS_PER_WAY:
        raise Denied(41091, "too many chats in a join way")
    unknown: list[str] = [one for one in chats if one not in stage.groups.by_id]
    if unknown:
        raise Denied(40050, f"invalid chatid {unknown[0]}")


def _member(seat: Seat, *, named: bool) -> Json:
    told: Json = {
        "userid": seat.userid,
        "type": seat.kind,
        "join_time": int(seat.joined),
        "join_scene": seat.scene,
        "group_nickname": "",
    }
    if seat.kind == CUSTOMER and seat.unionid:
        told["unionid"] = seat.unionid
    if seat.invitor:
        told["invitor"] = {"userid": seat.invitor}
    if seat.state:
        told["state"] = seat.state
    if named:
        told["name"] = seat.name
    return told


_AT = "/cgi-bin/externalcontact/groupchat"
GROUP_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    f"{_AT}/list": Endpoint(method="POST", act=list_groups),
    f"{_AT}/get": Endpoint(method="POST", act=get_group),
    f"{_AT}/add_join_way": Endpoint(method="POST", act=add_way),
    f"{_AT}/get_join_way": Endpoint(method="POST", act=get_way),
    f"{_AT}/update_join_way": Endpoint(method="POST", act=update_way),
    f"{_AT}/del_join_way": Endpoint(method="POST", act=delete_way),
}
