"""WeChat customer service: actions → receipts (wecom/kf.md)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.actions import (
    InviteKf,
    MakeGroupLink,
    PullKf,
    ReadKfCustomer,
    Receipt,
    Remote,
    SendKf,
    State,
    TransKf,
    WelcomeKf,
)
from bot.events import Event, GroupLinkMade, KfRang, ProfileRead, group_scene
from bot.platforms.kf.gate import event_of
from bot.platforms.kf.message import message_of
from bot.platforms.kf.sending import msg_id, send
from bot.platforms.port import Port, text_of
from bot.platforms.wire import Answer

_KF = "/cgi-bin/kf"
_SYNC = f"{_KF}/sync_msg"
_TRANS = f"{_KF}/service_state/trans"
_STATE = f"{_KF}/service_state/get"
_CUSTOMER = f"{_KF}/customer/batchget"

_PAGES = (128, 32, 8, 2, 1)  # items asked for: a page must fit into the 1 MiB that the wire takes
_GROUP_CHAT = 2  # the kind of upgrade that leads into a group
_STALE_TOKEN = 95007
_NO_SUCH_CHANGE = 95016
_STATES = {0: "未处理", 1: "程序接待", 2: "排队中", 3: "人工接待", 4: "已结束"}


async def perform(action: Remote, port: Port, attempts: int) -> Receipt:
    """Carry out one effect in customer service and say what became of it.

    Never raises for what a platform or a network can do.
    """
    call = _CALLS.get(type(action))
    if call is None:
        return Receipt(state=State.FAILED, meaning=f"微信客服没有这种动作：{action.kind}")
    return await call(action, port, attempts)


def cursor_name(kf: str) -> str:
    """Return the name under which an account remembers how far one of its kf accounts is read."""
    return f"kf:{kf}"


async def _pull(action: PullKf, port: Port, attempts: int) -> Receipt:
    cursor = await port.memory.recall(port.account, cursor_name(action.kf))
    answer, token = await _page(action, port, cursor, attempts)
    receipt = port.receipt(_SYNC, answer, attempts=attempts, repeatable=True)
    if receipt.state is not State.DONE:
        return receipt
    body = answer.body or {}
    events: list[Event] = [
        event_of(port.account, port.scope, item, action.kf) for item in body.get("msg_list") or ()
    ]
    reached = text_of(body, "next_cursor")
    # Where the cursor stands still there is nothing behind it, whatever has_more says.
    if _more(body) and reached not in ("", cursor):
        events.append(KfRang(account=port.account, kf=action.kf, token=token))
    return replace(
        receipt,
        events=tuple(events),
        remember={cursor_name(action.kf): reached} if reached else {},
    )


async def _page(action: PullKf, port: Port, cursor: str, attempts: int) -> tuple[Answer, str]:
    size = _PAGES[min(max(attempts, 1), len(_PAGES)) - 1]
    asked = {"open_kfid": action.kf, "limit": size, "voice_format": 0}
    if cursor:
        asked["cursor"] = cursor
    if action.token:
        answer = await port.call("POST", _SYNC, {**asked, "token": action.token})
        if answer.code != _STALE_TOKEN:
            return answer, action.token
    return await port.call("POST", _SYNC, asked), ""


def _more(body: Mapping[str, Any]) -> bool:
    return text_of(body, "has_more").lower() in ("1", "true")


async def _welcome(action: WelcomeKf, port: Port, attempts: int) -> Receipt:
    api = f"{_KF}/send_msg_on_event"
    body = {
        "code": action.code,
        "msgid": msg_id(port),
        **message_of(action.text, action.menu),
    }
    answer = await port.call("POST", api, body)
    return port.receipt(api, answer, attempts=attempts, repeatable=True)


async def _trans(action: TransKf, port: Port, attempts: int) -> Receipt:
    session = {"open_kfid": action.kf, "external_userid": action.member}
    wanted: dict[str, str | int] = {**session, "service_state": action.state}
    if action.servicer:
        wanted["servicer_userid"] = action.servicer
    answer = await port.call("POST", _TRANS, wanted)
    receipt = port.receipt(_TRANS, answer, attempts=attempts, repeatable=True)
    if answer.code == _NO_SUCH_CHANGE:
        return await _stands(session, action, port, receipt, attempts)
    code = text_of(answer.body, "msg_code")
    return replace(receipt, outcome={"msg_code": code}) if code else receipt


async def _stands(
    session: Mapping[str, str], action: TransKf, port: Port, refused: Receipt, attempts: int
) -> Receipt:
    """Return what a refused change comes to: done, where the state is the wanted one already."""
    answer = await port.call("POST", _STATE, session)
    receipt = port.receipt(_STATE, answer, attempts=attempts, repeatable=True)
    if receipt.state is not State.DONE:
        return receipt
    body = answer.body or {}
    state, servicer = body.get("service_state"), text_of(body, "servicer_userid")
    if state == action.state and action.servicer in ("", servicer):
        return replace(receipt, code=refused.code, meaning="会话已是这个状态")
    known = _STATES.get(state, "未知") if isinstance(state, int) else "未知"
    return replace(refused, meaning=f"{refused.meaning}（现在：{known}）")


async def _invite(action: InviteKf, port: Port, attempts: int) -> Receipt:
    api = f"{_KF}/customer/upgrade_service"
    body = {
        "open_kfid": action.kf,
        "external_userid": action.member,
        "type": _GROUP_CHAT,
        "groupchat": {"chat_id": action.chat, "wording": action.wording},
    }
    answer = await port.call("POST", api, body)
    return port.receipt(api, answer, attempts=attempts, repeatable=True)


async def _make_link(action: MakeGroupLink, port: Port, attempts: int) -> Receipt:
    api = f"{_KF}/add_contact_way"
    body = {"open_kfid": action.kf, "scene": group_scene(action.chat)}
    answer = await port.call("POST", api, body)
    receipt = port.receipt(api, answer, attempts=attempts, repeatable=True)
    url = text_of(answer.body, "url")
    if receipt.state is not State.DONE or not url:
        return receipt
    made = GroupLinkMade(account=port.account, chat=action.chat, kf=action.kf, url=url)
    return replace(receipt, events=(made,))


async def _read_customer(action: ReadKfCustomer, port: Port, attempts: int) -> Receipt:
    body = {"external_userid_list": [action.alias.value], "need_enter_session_context": 0}
    answer = await port.call("POST", _CUSTOMER, body)
    receipt = port.receipt(_CUSTOMER, answer, attempts=attempts, repeatable=True)
    if receipt.state is not State.DONE:
        return receipt
    listed = (answer.body or {}).get("customer_list") or ()
    found = next((c for c in listed if c.get("external_userid") == action.alias.value), None)
    if found is None:
        return replace(
            receipt, state=State.FAILED, meaning="平台不认识这位顾客，或 48 小时内没有咨询过"
        )
    read = ProfileRead(
        account=port.account,
        who=action.alias,
        unionid=text_of(found, "unionid"),
        name=text_of(found, "nickname"),
    )
    return replace(receipt, events=(read,))


_CALLS: Mapping[type[Remote], Callable[[Any, Port, int], Awaitable[Receipt]]] = {
    PullKf: _pull,
    SendKf: send,
    MakeGroupLink: _make_link,
    WelcomeKf: _welcome,
    TransKf: _trans,
    InviteKf: _invite,
    ReadKfCustomer: _read_customer,
}
