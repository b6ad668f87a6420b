"""WeCom: actions → receipts (wecom/customer-contact.md)."""

from collections.abc import Awaitable, Callable
from functools import partial
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
from bot.platforms.call import ask, sent
from bot.platforms.checks import Unfit
from bot.platforms.port import Port
from bot.platforms.wecom.api.contacts import Contact, ReadContact, WriteRemark
from bot.platforms.wecom.api.corp import AskCorpToken
from bot.platforms.wecom.api.corp_tags import MarkContact
from bot.platforms.wecom.api.groups import CUSTOMER, EMPLOYEE, Group, ReadChat
from bot.platforms.wecom.api.join_ways import STATE_CHARS as JOIN_STATE_CHARS
from bot.platforms.wecom.api.join_ways import AddJoinWay, JoinWay, ReadJoinWay
from bot.platforms.wecom.api.material import DESCRIPTION_BYTES, TITLE_BYTES, LinkCard
from bot.platforms.wecom.api.welcomes import WELCOME_BYTES, SendWelcome
from bot.platforms.wecom.app_calls import APP_CALLS
from bot.platforms.wecom.labels import label_ids
from bot.platforms.wecom.mass_calls import MASS_PERFORMERS
from bot.platforms.wecom.reconcile import RECONCILE_CALLS
from bot.platforms.wecom.welcome_calls import WELCOME_CALLS
from bot.platforms.wire import Answer, Wire

_GROUP_READS = 4  # then the callback is believed without the list
_GROUP_LAG_S = 2.0
_NO_SUCH_LABEL = 40068
_LABEL_TRIES = 3


async def perform(action: Remote, port: Port, attempts: int) -> Receipt:
    """Carry out one effect at WeCom and say what became of it.

    Never raises for what a platform or a network can do; what the platform would refuse fails
    before anything is sent.
    """
    call = _CALLS.get(type(action))
    if call is None:
        return Receipt(state=State.FAILED, meaning=f"企业微信没有这种动作：{action.kind}")
    try:
        return await call(action, port, attempts)
    except Unfit as trouble:
        return Receipt(state=State.FAILED, meaning=f"没有发出：{trouble}")


def token_fetch(wire: Wire, *, corpid: str, secret: str) -> Callable[[], Awaitable[Answer]]:
    """Return how a token is asked for."""
    return partial(sent, wire, AskCorpToken(corpid=corpid, secret=secret))


async def _welcome(action: WelcomeContact, port: Port, attempts: int) -> Receipt:
    welcome = SendWelcome(
        code=action.code,
        text=_cut(action.text, WELCOME_BYTES),
        attachments=tuple(_link_card(card) for card in action.attachments),
    )
    # 41051 is the platform's own key at work: our earlier try arrived (customer-contact.md 2).
    return (await ask(port, welcome, attempts)).receipt


def _link_card(card: Attachment) -> LinkCard:
    return LinkCard(
        title=_cut(card.title or card.url, TITLE_BYTES),
        picture=card.picture,
        description=_cut(card.description, DESCRIPTION_BYTES),
        url=card.url,
    )


def _cut(text: str, limit: int) -> str:
    return text.encode()[:limit].decode(errors="ignore")


async def _remark(action: Remark, port: Port, attempts: int) -> Receipt:
    remark = WriteRemark(staff=action.staff, member=action.member, remark=action.text)
    return (await ask(port, remark, attempts)).receipt


async def _label(action: Label, port: Port, attempts: int) -> Receipt:
    ids, trouble = await label_ids(action.add + action.remove, port, attempts)
    if trouble:
        return trouble
    mark = MarkContact(
        staff=action.staff,
        member=action.member,
        add=tuple(ids[name] for name in action.add),
        remove=tuple(ids[name] for name in action.remove),
    )
    receipt = (await ask(port, mark, attempts)).receipt
    if receipt.code == _NO_SUCH_LABEL and attempts < _LABEL_TRIES:
        return await port.forgotten(action.add + action.remove)
    return receipt


async def _read_profile(action: ReadProfile, port: Port, attempts: int) -> Receipt:
    told = await ask(port, ReadContact(member=action.alias.value), attempts)
    contact = next(iter(told.value or ()), Contact(member=action.alias.value))
    read = ProfileRead(
        account=port.account,
        who=action.alias,
        unionid=contact.unionid,
        name=contact.name,
        staff=action.staff,
        remark=action.remark,
    )
    return _told(told.receipt, read)


async def _read_group(action: ReadGroup, port: Port, attempts: int) -> Receipt:
    told = await ask(port, ReadChat(chat=action.chat), attempts)
    group = told.value or Group(chat=action.chat)
    seats = [
        Seat(member=one.member, unionid=one.unionid, joined=one.joined, state=one.state)
        for one in group.sitting
        if one.kind == CUSTOMER
    ]
    absent = [m for m in action.expect if m not in {s.member for s in seats}]
    if told.done and absent and attempts < _GROUP_READS:
        return Receipt(state=State.READY, code=0, meaning="群成员还未同步", retry_s=_GROUP_LAG_S)
    seats += [Seat(member=m) for m in absent]
    read = GroupRead(
        account=port.account,
        chat=action.chat,
        name=group.name,
        owner=group.owner,
        staff=sum(one.kind == EMPLOYEE for one in group.sitting),
        members=tuple(seats),
        expect=action.expect,
        earlier=action.earlier,
    )
    return _told(told.receipt, read)


async def _make_join_way(action: MakeJoinWay, port: Port, attempts: int) -> Receipt:
    way = JoinWay(chats=(action.chat,), remark=action.remark, state=action.state[:JOIN_STATE_CHARS])
    made = await ask(port, AddJoinWay(way=way), attempts)
    if not made.value:
        return made.receipt
    told = await ask(port, ReadJoinWay(config=made.value), attempts)
    event = JoinWayMade(
        account=port.account,
        chat=action.chat,
        config_id=made.value,
        qr_code=told.value.qr_code if told.value else "",
    )
    return _told(told.receipt, event)


def _told(receipt: Receipt, event: Event) -> Receipt:
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
    **MASS_PERFORMERS,
    **RECONCILE_CALLS,
}
