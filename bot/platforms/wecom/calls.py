"""WeCom: actions → receipts (wecom/customer-contact.md)."""

from collections.abc import Awaitable, Callable
from typing import Any

from bot.actions import (
    Attachment,
    Label,
    MakeJoinWay,
    ReadGroup,
    ReadProfile,
    Receipt,
    Remark,
    Remote,
    State,
    WelcomeContact,
)
from bot.events import Event, GroupRead, JoinWayMade, ProfileRead, Seat
from bot.platforms.port import Port, text_of
from bot.platforms.wecom.app_calls import APP_CALLS
from bot.platforms.wecom.labels import label_ids
from bot.platforms.wecom.welcome_calls import WELCOME_CALLS
from bot.platforms.wire import Answer, Wire

_CONTACT = "/cgi-bin/externalcontact"
_EMPLOYEE, _CUSTOMER = 1, 2  # member types (customer-contact.md section 5.1)
_WELCOME_BYTES = 4000  # customer-contact.md section 2
_TITLE_BYTES = 128
_DESCRIPTION_BYTES = 512
_GROUP_READS = 4  # then the callback is believed without the list
_GROUP_LAG_S = 2.0
_NO_SUCH_LABEL = 40068
_LABEL_TRIES = 3


async def perform(action: Remote, port: Port, attempts: int) -> Receipt:
    """Carry out one effect at WeCom and say what became of it.

    Never raises for what a platform or a network can do.
    """
    call = _CALLS.get(type(action))
    if call is None:
        return Receipt(state=State.FAILED, meaning=f"企业微信没有这种动作：{action.kind}")
    return await call(action, port, attempts)


def token_fetch(wire: Wire, *, corpid: str, secret: str) -> Callable[[], Awaitable[Answer]]:
    """Return how a token is asked for."""

    async def fetch() -> Answer:
        query = {"corpid": corpid, "corpsecret": secret}
        return await wire.call("GET", "/cgi-bin/gettoken", query=query)

    return fetch


async def _welcome(action: WelcomeContact, port: Port, attempts: int) -> Receipt:
    api = f"{_CONTACT}/send_welcome_msg"
    body: dict[str, Any] = {"welcome_code": action.code}
    if action.text:
        body["text"] = {"content": _cut(action.text, _WELCOME_BYTES)}
    if action.attachments:
        body["attachments"] = [_link_card(a) for a in action.attachments]
    answer = await port.call("POST", api, body)
    # 41051 is the platform's own key at work: our earlier try arrived (customer-contact.md 2).
    return port.receipt(api, answer, attempts=attempts, repeatable=True)


def _link_card(card: Attachment) -> dict[str, Any]:
    link = {
        "title": _cut(card.title, _TITLE_BYTES),
        "picurl": card.picture,
        "desc": _cut(card.description, _DESCRIPTION_BYTES),
        "url": card.url,
    }
    return {"msgtype": "link", "link": {k: v for k, v in link.items() if v}}


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")


async def _remark(action: Remark, port: Port, attempts: int) -> Receipt:
    api = f"{_CONTACT}/remark"
    body = {"userid": action.staff, "external_userid": action.member, "remark": action.text[:20]}
    answer = await port.call("POST", api, body)
    return port.receipt(api, answer, attempts=attempts, repeatable=True)


async def _label(action: Label, port: Port, attempts: int) -> Receipt:
    ids, trouble = await label_ids(action.add + action.remove, port, attempts)
    if trouble:
        return trouble
    api = f"{_CONTACT}/mark_tag"
    body: dict[str, Any] = {"userid": action.staff, "external_userid": action.member}
    if action.add:
        body["add_tag"] = [ids[n] for n in action.add]
    if action.remove:
        body["remove_tag"] = [ids[n] for n in action.remove]
    answer = await port.call("POST", api, body)
    if answer.code == _NO_SUCH_LABEL and attempts < _LABEL_TRIES:
        return await port.forgotten(action.add + action.remove)
    return port.receipt(api, answer, attempts=attempts, repeatable=True)


async def _read_profile(action: ReadProfile, port: Port, attempts: int) -> Receipt:
    api = f"{_CONTACT}/get"
    answer = await port.call("GET", api, None, external_userid=action.alias.value)
    contact = (answer.body or {}).get("external_contact") or {}
    read = ProfileRead(
        account=port.account,
        who=action.alias,
        unionid=text_of(contact, "unionid"),
        name=text_of(contact, "name"),
        staff=action.staff,
        remark=action.remark,
    )
    return _told(port, api, answer, attempts, read)


async def _read_group(action: ReadGroup, port: Port, attempts: int) -> Receipt:
    api = f"{_CONTACT}/groupchat/get"
    answer = await port.call("POST", api, {"chat_id": action.chat, "need_name": 0})
    group = (answer.body or {}).get("group_chat") or {}
    listed = group.get("member_list") or []
    seats = [
        Seat(
            member=text_of(m, "userid"),
            unionid=text_of(m, "unionid"),
            joined=int(m.get("join_time") or 0),
            state=text_of(m, "state"),
        )
        for m in listed
        if m.get("type") == _CUSTOMER
    ]
    absent = [m for m in action.expect if m not in {s.member for s in seats}]
    if answer.code == 0 and absent and attempts < _GROUP_READS:
        return Receipt(state=State.READY, code=0, meaning="群成员还未同步", retry_s=_GROUP_LAG_S)
    seats += [Seat(member=m) for m in absent]
    read = GroupRead(
        account=port.account,
        chat=action.chat,
        name=text_of(group, "name"),
        owner=text_of(group, "owner"),
        staff=sum(m.get("type") == _EMPLOYEE for m in listed),
        members=tuple(seats),
        expect=action.expect,
        earlier=action.earlier,
    )
    return _told(port, api, answer, attempts, read)


async def _make_join_way(action: MakeJoinWay, port: Port, attempts: int) -> Receipt:
    api = f"{_CONTACT}/groupchat/add_join_way"
    body = {
        "scene": 2,
        "remark": action.remark[:30],
        "auto_create_room": 0,
        "chat_id_list": [action.chat],
        "state": action.state[:30],
    }
    made = await port.call("POST", api, body)
    config = text_of(made.body, "config_id")
    if made.code != 0 or not config:
        return port.receipt(api, made, attempts=attempts, repeatable=True)
    api = f"{_CONTACT}/groupchat/get_join_way"
    answer = await port.call("POST", api, {"config_id": config})
    way = (answer.body or {}).get("join_way") or {}
    event = JoinWayMade(
        account=port.account,
        chat=action.chat,
        config_id=config,
        qr_code=text_of(way, "qr_code"),
    )
    return _told(port, api, answer, attempts, event)


def _told(port: Port, api: str, answer: Answer, attempts: int, event: Event) -> Receipt:
    receipt = port.receipt(api, answer, attempts=attempts, repeatable=True)
    if receipt.state is not State.DONE:
        return receipt
    return Receipt(state=State.DONE, code=0, phase=receipt.phase, events=(event,))


_CALLS: dict[type[Remote], Callable[[Any, Port, int], Awaitable[Receipt]]] = {
    WelcomeContact: _welcome,
    Remark: _remark,
    Label: _label,
    ReadProfile: _read_profile,
    ReadGroup: _read_group,
    MakeJoinWay: _make_join_way,
    **APP_CALLS,
    **WELCOME_CALLS,
}
