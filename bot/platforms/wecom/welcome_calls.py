"""The welcome of a customer group: material its owner picks (wecom/customer-contact.md 5.3)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.actions import MakeGroupWelcome, Receipt, Remote, State
from bot.events import GroupWelcomeMade
from bot.platforms.call import ask
from bot.platforms.fitting import fitting
from bot.platforms.port import Port
from bot.platforms.wecom.api.material import DESCRIPTION_BYTES, TITLE_BYTES, LinkCard
from bot.platforms.wecom.api.welcomes import (
    GROUP_WELCOME_BYTES,
    AddGroupWelcome,
    EditGroupWelcome,
    GroupWelcome,
)

_GONE = (40058, 41058)  # somebody deleted it in the console, or another app made it


async def make_welcome(action: MakeGroupWelcome, port: Port, attempts: int) -> Receipt:
    """Keep a welcome at the platform: new, or in the place of the one we made before.

    Where that one is gone a new one is made. Owners are not told by the platform: with many groups
    everybody would read about everybody else's.
    """
    link = LinkCard(
        title=fitting(action.title or action.url, TITLE_BYTES),
        description=fitting(action.description, DESCRIPTION_BYTES),
        url=action.url,
    )
    welcome = GroupWelcome(text=fitting(action.text, GROUP_WELCOME_BYTES), material=link)
    if action.template:
        change = EditGroupWelcome(template=action.template, welcome=welcome, agentid=port.agentid)
        receipt = (await ask(port, change, attempts)).receipt
        if receipt.code not in _GONE:
            return _told(action, port, receipt, action.template)
    told = await ask(port, AddGroupWelcome(welcome=welcome, agentid=port.agentid), attempts)
    return _told(action, port, told.receipt, told.value or "")


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
