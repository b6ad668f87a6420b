"""Every call that we make to customer service, one module a noun (wecom/kf.md)."""

from typing import Any

from bot.platforms.call import Call

CALLS: tuple[type[Call[Any]], ...] = ()
