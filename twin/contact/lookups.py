"""Ids told from other ids, and everybody whom the corp serves (customer-contact.md 3, 5.1)."""

from collections.abc import Iterator

from twin.contact.api import seen_by_api
from twin.contact.relations import Contact
from twin.group.seats import CUSTOMER, Group, Seat
from twin.host import Denied, Done, Endpoint
from twin.mint import mint
from twin.paging import page_of
from twin.shape import Json, text
from twin.stage import Stage
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
PAGE = 1000
TMP_S = 14_400.0  # a tmp_openid changes after four hours


def list_served(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/contact_list`: customers, and who is met in groups."""
    page, after = page_of(args, list(_served(stage)), PAGE, PAGE)
    return Done(body={**OK, "info_list": page, "next_cursor": after})


def by_unionid(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/unionid_to_external_userid`: 84061 for who is nobody's customer."""
    unionid, openid = text(args, "unionid", ""), text(args, "openid", "")
    if not unionid or not openid:
        raise Denied(40063, "unionid or openid is empty")
    if not stage.world.unionids:
        raise Denied(41057, "corp is not bound to a WeChat developer account")
    found = next((one for one in stage.crowd.everyone() if one.unionid == unionid), None)
    held = stage.contacts.of(found.external_userid) if found else ()
    if found is None or not any(seen_by_api(stage, one) for one in held):
        raise Denied(84061, "not external contact")
    return Done(body={**OK, "external_userid": found.external_userid}, who=found.name)


def by_opengid(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST externalcontact/opengid_to_chatid`: 90511 for an opengid of no group of the corp."""
    wanted = text(args, "opengid", "")
    for chat_id in stage.groups.by_id:
        if stage.groups.opengid(chat_id) == wanted:
            return Done(body={**OK, "chat_id": chat_id})
    raise Denied(90511, "invalid opengid")


def _served(stage: Stage) -> Iterator[Json]:
    for person in stage.crowd.everyone():
        held = [one for one in stage.contacts.of(person.external_userid) if seen_by_api(stage, one)]
        yield from (_customer(stage, one) for one in held)
        for group in stage.groups.holding(person.external_userid):
            seat = group.seat(person.external_userid)
            if seat and seat.kind == CUSTOMER:
                yield _met(stage, group, seat, customer=bool(held))


def _customer(stage: Stage, contact: Contact) -> Json:
    return {
        "is_customer": True,
        "tmp_openid": _tmp_openid(stage, contact.external_userid),
        "external_userid": contact.external_userid,
        "follow_userid": contact.userid,
        "add_time": int(contact.created),
    }


def _met(stage: Stage, group: Group, seat: Seat, *, customer: bool) -> Json:
    told: Json = {"is_customer": customer, "tmp_openid": _tmp_openid(stage, seat.userid)}
    if customer:
        told |= {"external_userid": seat.userid, "chat_id": group.chat_id}
    else:
        told |= {"name": f"***{seat.name[-1:]}", "chat_name": group.name}
    return {**told, "add_time": int(seat.joined)}


def _tmp_openid(stage: Stage, external_userid: str) -> str:
    return mint("tmp", 32, stage.world.id, external_userid, str(int(stage.now() // TMP_S)))


_AT = "/cgi-bin/externalcontact"
LOOKUP_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    f"{_AT}/contact_list": Endpoint(method="POST", act=list_served),
    f"{_AT}/unionid_to_external_userid": Endpoint(method="POST", act=by_unionid),
    f"{_AT}/opengid_to_chatid": Endpoint(method="POST", act=by_opengid),
}
