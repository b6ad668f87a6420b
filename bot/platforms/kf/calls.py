"""WeChat customer service: actions → receipts (wecom/kf.md)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
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
from bot.actions.kf import kf_msgid
from bot.events import (
    ComparisonRefused,
    Event,
    GroupLinkMade,
    Heard,
    KfEntered,
    KfNotice,
    KfPulled,
    KfRang,
    KfSaid,
    ProfileRead,
    group_scene,
)
from bot.platforms.call import Told, ask
from bot.platforms.checks import Unfit
from bot.platforms.kf.api.accounts import AddKfWay
from bot.platforms.kf.api.customers import OfferUpgrade, ReadVisitors
from bot.platforms.kf.api.sends import SayOnEvent
from bot.platforms.kf.api.sessions import MoveSession, Pulled, PullMessages, ReadSession
from bot.platforms.kf.gate import event_of
from bot.platforms.kf.message import message_of
from bot.platforms.kf.sending import send
from bot.platforms.port import Port

_PAGES = (128, 32, 8, 2, 1)  # items asked for: a page must fit into the 1 MiB that the wire takes
_STALE_TOKEN = 95007
_CUSTOMER = "3"  # the origin of what a customer sends
_NO_SUCH_CHANGE = 95016
_STATES = {0: "未处理", 1: "程序接待", 2: "排队中", 3: "人工接待", 4: "已结束"}


async def perform(action: Remote, port: Port, attempts: int) -> Receipt:
    """Carry out one effect in customer service and say what became of it.

    Never raises for what a platform or a network can do; what the platform would refuse fails
    before anything is sent.
    """
    call = _CALLS.get(type(action))
    if call is None:
        return Receipt(state=State.FAILED, meaning=f"微信客服没有这种动作：{action.kind}")
    try:
        return await call(action, port, attempts)
    except Unfit as trouble:
        return Receipt(state=State.FAILED, meaning=f"没有发出：{trouble}")


def cursor_name(kf: str) -> str:
    """Return the name under which an account remembers how far one of its kf accounts is read."""
    return f"kf:{kf}"


async def _pull(action: PullKf, port: Port, attempts: int) -> Receipt:
    cursor = await port.memory.recall(port.account, cursor_name(action.kf))
    told, token = await _page(action, port, cursor, attempts)
    if told.value is None:
        return _not_pulled(action, told.receipt)
    pulled = told.value
    events: list[Event] = [
        event_of(port.account, port.scope, item, action.kf) for item in pulled.items
    ]
    if action.run:
        events.append(_compared(action, events, more=pulled.more))
    if pulled.more:
        events.append(KfRang(account=port.account, kf=action.kf, token=token, run=action.run))
    return replace(
        told.receipt,
        events=tuple(events),
        remember={cursor_name(action.kf): pulled.reached} if pulled.reached else {},
    )


def _not_pulled(action: PullKf, receipt: Receipt) -> Receipt:
    """Return a receipt that also tells the comparison of a refusal for good."""
    if not action.run or receipt.state is not State.FAILED:
        return receipt
    told = ComparisonRefused(
        account=action.account, run=action.run, part="kf", about=action.kf,
        code=receipt.code or 0, meaning=receipt.meaning,
    )  # fmt: skip
    return replace(receipt, events=(told,))


def _compared(action: PullKf, items: Sequence[Event], *, more: bool) -> KfPulled:
    heard = tuple(
        Heard(member=item.who.value, at=item.at)
        for item in items
        if item.who and item.at and isinstance(item, KfSaid | KfEntered | KfNotice)
        # What a person on duty wrote, and what the platform did by itself, nobody waits for.
        if not isinstance(item, KfNotice) or item.fields.get("origin") == _CUSTOMER
    )
    return KfPulled(account=action.account, run=action.run, kf=action.kf, heard=heard, more=more)


async def _page(action: PullKf, port: Port, cursor: str, attempts: int) -> tuple[Told[Pulled], str]:
    size = _PAGES[min(max(attempts, 1), len(_PAGES)) - 1]
    pull = PullMessages(kf=action.kf, limit=size, cursor=cursor)
    if action.token:
        told = await ask(port, replace(pull, token=action.token), attempts)
        if told.receipt.code != _STALE_TOKEN:
            return told, action.token
    return await ask(port, pull, attempts), ""


async def _welcome(action: WelcomeKf, port: Port, attempts: int) -> Receipt:
    message = message_of(action.text, action.menu)
    said = SayOnEvent(code=action.code, msgid=kf_msgid(port.effect), message=message)
    return (await ask(port, said, attempts)).receipt


async def _trans(action: TransKf, port: Port, attempts: int) -> Receipt:
    move = MoveSession(
        kf=action.kf, member=action.member, state=action.state, servicer=action.servicer
    )
    told = await ask(port, move, attempts)
    if told.receipt.code == _NO_SUCH_CHANGE:
        return await _stands(action, port, told.receipt, attempts)
    return replace(told.receipt, outcome={"msg_code": told.value}) if told.value else told.receipt


async def _stands(action: TransKf, port: Port, refused: Receipt, attempts: int) -> Receipt:
    """Return what a refused change comes to: done, where the state is the wanted one already."""
    told = await ask(port, ReadSession(kf=action.kf, member=action.member), attempts)
    if told.value is None:
        return told.receipt
    session = told.value
    if session.state == action.state and action.servicer in ("", session.servicer):
        return replace(told.receipt, code=refused.code, meaning="会话已是这个状态")
    known = "未知" if session.state is None else _STATES.get(session.state, "未知")
    return replace(refused, meaning=f"{refused.meaning}（现在：{known}）")


async def _invite(action: InviteKf, port: Port, attempts: int) -> Receipt:
    offer = OfferUpgrade(
        kf=action.kf, member=action.member, chat=action.chat, wording=action.wording
    )
    return (await ask(port, offer, attempts)).receipt


async def _make_link(action: MakeGroupLink, port: Port, attempts: int) -> Receipt:
    told = await ask(port, AddKfWay(kf=action.kf, scene=group_scene(action.chat)), attempts)
    if not told.value:
        return told.receipt
    made = GroupLinkMade(account=port.account, chat=action.chat, kf=action.kf, url=told.value)
    return replace(told.receipt, events=(made,))


async def _read_customer(action: ReadKfCustomer, port: Port, attempts: int) -> Receipt:
    told = await ask(port, ReadVisitors(members=(action.alias.value,)), attempts)
    if told.value is None:
        return told.receipt
    found = next((one for one in told.value.known if one.member == action.alias.value), None)
    if found is None:
        return replace(
            told.receipt, state=State.FAILED, meaning="平台不认识这位顾客，或 48 小时内没有咨询过"
        )
    read = ProfileRead(
        account=port.account, who=action.alias, unionid=found.unionid, name=found.name
    )
    return replace(told.receipt, events=(read,))


_CALLS: Mapping[type[Remote], Callable[[Any, Port, int], Awaitable[Receipt]]] = {
    PullKf: _pull,
    SendKf: send,
    MakeGroupLink: _make_link,
    WelcomeKf: _welcome,
    TransKf: _trans,
    InviteKf: _invite,
    ReadKfCustomer: _read_customer,
}
