"""Acquisition links by API (customer-contact.md section 6); none of it causes a callback."""

from twin.contact.links import ADDRESS, Link
from twin.corp.parties import parties
from twin.corp.people_api import serving
from twin.host import Denied, Done, Endpoint
from twin.paging import page_of
from twin.shape import BadShape, Json, flag, record, text, texts, whole
from twin.stage import Stage
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
LINK_PAGE, USUAL_PAGE, LARGEST_PAGE = 100, 100, 1000


def list_links(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST customer_acquisition/list_link`, oldest first."""
    page, after = page_of(args, list(stage.links.by_id), LINK_PAGE, LINK_PAGE)
    return Done(body={**OK, "link_id_list": page, "next_cursor": after})


def get(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST customer_acquisition/get`; `skip_verify` stands in the link and beside it."""
    link = _known(stage, args)
    verified: Json = {"skip_verify": link.skip_verify}
    told: Json = {**_told(link), **verified, "mark_source": True}
    reach: Json = {"user_list": list(link.staff), "department_list": list(link.parties)}
    return Done(body={**OK, "link": told, "range": reach, **verified})


def create(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST customer_acquisition/create_link`: 41095 when there are too many."""
    name = text(args, "link_name", "")
    if not name:
        raise Denied(40063, "link_name is empty")
    staff, departments = _range(stage, args)
    if len(stage.links.by_id) >= stage.settings.link_most:
        raise Denied(41095, "acquisition link count out of limit")
    link_id = stage.links.next_id()
    link = Link(
        link_id=link_id,
        name=name,
        url=f"{ADDRESS}{link_id}",
        staff=staff,
        parties=departments,
        skip_verify="skip_verify" not in args or flag(args, "skip_verify"),
        made=stage.now(),
    )
    stage.links.by_id[link_id] = link
    effect: Json = {"link_id": link_id, "staff": list(staff)}
    return Done(body={**OK, "link": _told(link)}, effect=effect)


def update(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST customer_acquisition/update_link`: what is given replaces what was."""
    link = _known(stage, args)
    if "range" in args:
        link.staff, link.parties = _range(stage, args)
    link.name = text(args, "link_name", "") or link.name
    if "skip_verify" in args:
        link.skip_verify = flag(args, "skip_verify")
    return Done(body=OK, effect={"link_id": link.link_id})


def delete(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST customer_acquisition/delete_link`: its address opens nothing any more."""
    link = _known(stage, args)
    del stage.links.by_id[link.link_id]
    return Done(body=OK, effect={"link_id": link.link_id, "deleted": True})


def list_comers(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST customer_acquisition/customer`: who came by the link, and whether they wrote."""
    link = _known(stage, args)
    page, after = page_of(args, link.comers, USUAL_PAGE, LARGEST_PAGE)
    listed: list[Json] = []
    for one in page:
        contact = stage.contacts.pair(one.userid, one.external_userid)
        names: Json = {"external_userid": one.external_userid, "userid": one.userid}
        chatted = int(contact is not None and contact.said > 0)
        listed.append({**names, "chat_status": chatted, "state": one.state})
    return Done(body={**OK, "customer_list": listed, "next_cursor": after})


def tell_quota(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`GET externalcontact/customer_acquisition_quota`: what was bought and what is left."""
    now = stage.now()
    listed: list[Json] = [
        {"expire_date": int(one.expires), "balance": one.balance} for one in stage.links.living(now)
    ]
    left: Json = {"total": stage.links.total, "balance": stage.links.balance(now)}
    return Done(body={**OK, **left, "quota_list": listed})


def count(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST customer_acquisition/statistic`: openings and additions of a time."""
    link, begin, end = _known(stage, args), whole(args, "start_time"), whole(args, "end_time")
    if begin > end:
        raise BadShape("end_time")
    clicks = sum(begin <= at < end + 1 for at in link.clicks.values())
    added = sum(begin <= one.at < end + 1 for one in link.comers)
    body: Json = {"click_link_customer_cnt": clicks, "new_customer_cnt": added}
    return Done(body={**OK, **body})


def tell_chat(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST customer_acquisition/get_chat_info`: who a ChatKey of 30 minutes speaks of."""
    key = stage.links.chat(text(args, "chat_key", ""), stage.now())
    if key is None:
        raise BadShape("chat_key")
    about: Json = {"recv_msg_cnt": key.said, "link_id": key.link_id, "state": key.state}
    names: Json = {"userid": key.userid, "external_userid": key.external_userid}
    return Done(body={**OK, **names, "chat_info": about})


def _known(stage: Stage, args: Json) -> Link:
    link = stage.links.by_id.get(text(args, "link_id", ""))
    if link is None:
        raise BadShape("link_id")
    return link


def _range(stage: Stage, args: Json) -> tuple[tuple[str, ...], tuple[int, ...]]:
    wanted = record(args, "range")
    staff, departments = texts(wanted, "user_list"), parties(wanted, "department_list")
    if not staff and not departments:
        raise Denied(40063, "range is empty")
    for userid in staff:
        serving(stage, userid)
    return staff, departments


def _told(link: Link) -> Json:
    return {
        "link_id": link.link_id,
        "link_name": link.name,
        "url": link.url,
        "create_time": int(link.made),
    }


_AT = "/cgi-bin/externalcontact/customer_acquisition"
ACQUISITION_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    f"{_AT}/list_link": Endpoint(method="POST", act=list_links),
    f"{_AT}/get": Endpoint(method="POST", act=get),
    f"{_AT}/create_link": Endpoint(method="POST", act=create),
    f"{_AT}/update_link": Endpoint(method="POST", act=update),
    f"{_AT}/delete_link": Endpoint(method="POST", act=delete),
    f"{_AT}/customer": Endpoint(method="POST", act=list_comers),
    f"{_AT}_quota": Endpoint(method="GET", act=tell_quota),
    f"{_AT}/statistic": Endpoint(method="POST", act=count),
    f"{_AT}/get_chat_info": Endpoint(method="POST", act=tell_chat),
}
