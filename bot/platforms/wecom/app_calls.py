"""The app's messages to employees: actions → receipts (wecom/apps-and-bots.md section 2)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.actions import Receipt, Remote, SendApp, SendCard, State, UpdateCard
from bot.events import CardSent
from bot.platforms.call import Told, ask
from bot.platforms.fitting import fitting, short
from bot.platforms.port import Port
from bot.platforms.wecom.api.app import AppSent, ChangeCard, Receivers, SendAppMessage
from bot.platforms.wecom.api.card_parts import SUBTITLE_CHARS, TITLE_CHARS, Heading, Tap
from bot.platforms.wecom.api.cards import ButtonCard
from bot.platforms.wecom.api.messages import TEXT_BYTES, AppCard, AppMessage, AppText

_BUTTONS = 6
_CODE_SPENT = 40058  # also said of a code that our own earlier try has used
_FILLED, _PLAIN = 1, 2  # button styles


async def send_text(action: SendApp, port: Port, attempts: int) -> Receipt:
    """Send an employee a text; over 2,048 bytes it is cut and ends in «…»."""
    message = AppText(text=fitting(action.text, TEXT_BYTES))
    return (await _send(action.staff, message, port, attempts)).receipt


async def send_card(action: SendCard, port: Port, attempts: int) -> Receipt:
    """Send an employee a card with buttons; the code that allows its update is told as an event."""
    card = ButtonCard(
        heading=Heading(title=short(action.title, TITLE_CHARS)),
        subtitle=short(action.text, SUBTITLE_CHARS),
        task=action.task,
        buttons=tuple(
            Tap(text=one.text, key=one.key, style=_PLAIN if place else _FILLED)
            for place, one in enumerate(action.buttons[:_BUTTONS])
        ),
    )
    told = await _send(action.staff, AppCard(card=card), port, attempts)
    code = told.value.response_code if told.value else ""
    if not told.done or not code:
        return told.receipt
    sent = CardSent(account=port.account, task=action.task, response_code=code)
    return replace(told.receipt, events=(sent,), outcome={"response_code": code})


async def update_card(action: UpdateCard, port: Port, attempts: int) -> Receipt:
    """Replace the buttons of a card by a word; a code spent by an earlier try of ours is done."""
    change = ChangeCard(
        staff=(action.staff,),
        agentid=port.agentid,
        response_code=action.response_code,
        word=action.text,
    )
    receipt = (await ask(port, change, attempts)).receipt
    if receipt.code == _CODE_SPENT and attempts > 1:
        return replace(receipt, state=State.DONE, meaning="卡片已由先前一次更新")
    return receipt


async def _send(staff: str, message: AppMessage, port: Port, attempts: int) -> Told[AppSent]:
    call = SendAppMessage(to=Receivers(staff=(staff,)), message=message, agentid=port.agentid)
    told = await ask(port, call, attempts)
    if told.value is None or staff not in told.value.absent:
        return told
    meaning = f"没有送达：成员 {staff} 不存在，或不在应用的可见范围"
    return Told(receipt=replace(told.receipt, state=State.FAILED, meaning=meaning))


APP_CALLS: Mapping[type[Remote], Callable[[Any, Port, int], Awaitable[Receipt]]] = {
    SendApp: send_text,
    SendCard: send_card,
    UpdateCard: update_card,
}
