"""The app's messages to employees: actions → receipts (wecom/apps-and-bots.md section 2)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.actions import Receipt, Remote, SendApp, SendCard, State, UpdateCard
from bot.events import CardSent
from bot.platforms.fitting import fitting, short
from bot.platforms.port import Port, text_of

_SEND = "/cgi-bin/message/send"
_UPDATE = "/cgi-bin/message/update_template_card"
_TEXT_BYTES = 2048
_TITLE_CHARS, _SUBTITLE_CHARS = 26, 112  # apps-and-bots.md section 4.5
_BUTTONS = 6
_CODE_SPENT = 40058  # also said of a code that our own earlier try has used
_FILLED, _PLAIN = 1, 2  # button styles


async def send_text(action: SendApp, port: Port, attempts: int) -> Receipt:
    """Send an employee a text; over 2,048 bytes it is cut and ends in «…»."""
    content = {"content": fitting(action.text, _TEXT_BYTES)}
    return await _send(action.staff, port, attempts, msgtype="text", text=content)


async def send_card(action: SendCard, port: Port, attempts: int) -> Receipt:
    """Send an employee a card with buttons; the code that allows its update is told as an event."""
    card = {
        "card_type": "button_interaction",
        "main_title": {"title": short(action.title, _TITLE_CHARS)},
        "sub_title_text": short(action.text, _SUBTITLE_CHARS),
        "task_id": action.task,
        "button_list": [
            {"text": one.text, "key": one.key, "style": _PLAIN if place else _FILLED}
            for place, one in enumerate(action.buttons[:_BUTTONS])
        ],
    }
    receipt = await _send(action.staff, port, attempts, msgtype="template_card", template_card=card)
    code = receipt.outcome.get("response_code", "")
    if receipt.state is not State.DONE or not code:
        return receipt
    sent = CardSent(account=port.account, task=action.task, response_code=code)
    return replace(receipt, events=(sent,))


async def update_card(action: UpdateCard, port: Port, attempts: int) -> Receipt:
    """Replace the buttons of a card by a word; a code spent by an earlier try of ours is done."""
    body = {
        "userids": [action.staff],
        "agentid": port.agentid,
        "response_code": action.response_code,
        "button": {"replace_name": action.text},
    }
    answer = await port.call("POST", _UPDATE, body)
    receipt = port.receipt(_UPDATE, answer, attempts=attempts, repeatable=True)
    if answer.code == _CODE_SPENT and attempts > 1:
        return replace(receipt, state=State.DONE, meaning="卡片已由先前一次更新")
    return receipt


async def _send(staff: str, port: Port, attempts: int, **message: object) -> Receipt:
    answer = await port.call(
        "POST", _SEND, {"touser": staff, "agentid": port.agentid, "safe": 0, **message}
    )
    receipt = port.receipt(_SEND, answer, attempts=attempts, repeatable=False)
    if receipt.state is not State.DONE:
        return receipt
    if staff in text_of(answer.body, "invaliduser").split("|"):
        meaning = f"没有送达：成员 {staff} 不存在，或不在应用的可见范围"
        return replace(receipt, state=State.FAILED, meaning=meaning)
    code = text_of(answer.body, "response_code")
    return replace(receipt, outcome={"response_code": code}) if code else receipt


APP_CALLS: Mapping[type[Remote], Callable[[Any, Port, int], Awaitable[Receipt]]] = {
    SendApp: send_text,
    SendCard: send_card,
    UpdateCard: update_card,
}
