"""The welcome of a customer group: material its owner picks (wecom/customer-contact.md 5.3)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.actions import MakeGroupWelcome, Receipt, Remote, State
from bot.events import GroupWelcomeMade
from bot.platforms.fitting import fitting
from bot.platforms.port import Port, text_of

_TEMPLATE = "/cgi-bin/externalcontact/group_welcome_template"
_TEXT_BYTES = 3000
_TITLE_BYTES, _DESCRIPTION_BYTES = 128, 512
_GONE = (40058, 41058)  # somebody deleted it in the console, or another app made it


async def make_welcome(action: MakeGroupWelcome, port: Port, attempts: int) -> Receipt:
    """Keep a welcome at the platform: new, or in the place of the one we made before.

    Where that one is gone a new one is made. Owners are not told by the platform: with many groups
    everybody would read about everybody else's.
    """
    link = {
        "title": fitting(action.title, _TITLE_BYTES),
        "desc": fitting(action.description, _DESCRIPTION_BYTES),
        "url": action.url,
    }
    body = {
        "text": {"content": fitting(action.text, _TEXT_BYTES)},
        "link": link,
        "agentid": port.agentid,
    }
    if action.template:
        changed = {"template_id": action.template, **body}
        answer = await port.call("POST", f"{_TEMPLATE}/edit", changed)
        if answer.code not in _GONE:
            receipt = port.receipt(f"{_TEMPLATE}/edit", answer, attempts=attempts, repeatable=True)
            return _told(action, port, receipt, action.template)
    answer = await port.call("POST", f"{_TEMPLATE}/add", {**body, "notify": 0})
    receipt = port.receipt(f"{_TEMPLATE}/add", answer, attempts=attempts, repeatable=True)
    return _told(action, port, receipt, text_of(answer.body, "template_id"))


def _told(action: MakeGroupWelcome, port: Port, receipt: Receipt, template: str) -> Receipt:
    if receipt.state is not State.DONE:
        return receipt
    made = GroupWelcomeMade(
        account=port.account, chat=action.chat, template=template, digest=action.digest
    )
    return replace(receipt, events=(made,))


WELCOME_CALLS: Mapping[type[Remote], Callable[[Any, Port, int], Awaitable[Receipt]]] = {
    MakeGroupWelcome: make_welcome,
}
