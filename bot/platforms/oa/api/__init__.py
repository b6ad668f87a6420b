"""Every call that we make to an Official Account's platform, one module a noun (oa/api.md)."""

from typing import Any

from bot.platforms.call import Call
from bot.platforms.oa.api.followers import FOLLOWER_CALLS

CALLS: tuple[type[Call[Any]], ...] = (*FOLLOWER_CALLS,)
