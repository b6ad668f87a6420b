"""Every call that we make to WeCom, one module a noun (customer-contact.md, apps-and-bots.md)."""

from typing import Any

from bot.platforms.call import Call
from bot.platforms.wecom.api.contacts import CONTACT_CALLS
from bot.platforms.wecom.api.groups import GROUP_CALLS

CALLS: tuple[type[Call[Any]], ...] = (*CONTACT_CALLS, *GROUP_CALLS)
