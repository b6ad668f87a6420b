"""Every call that we make to an Official Account's platform, one module a noun (oa/api.md)."""

from typing import Any

from bot.metrics import know_apis
from bot.platforms.call import Call
from bot.platforms.oa.api.codes import CODE_CALLS
from bot.platforms.oa.api.console import CONSOLE_CALLS
from bot.platforms.oa.api.followers import FOLLOWER_CALLS
from bot.platforms.oa.api.media import MEDIA_CALLS
from bot.platforms.oa.api.menu import MENU_CALLS
from bot.platforms.oa.api.messages import MESSAGE_CALLS
from bot.platforms.oa.api.network import NETWORK_CALLS
from bot.platforms.oa.api.notices import NOTICE_CALLS
from bot.platforms.oa.api.quota import QUOTA_CALLS
from bot.platforms.oa.api.tags import TAG_CALLS
from bot.platforms.oa.api.tokens import TOKEN_CALLS

CALLS: tuple[type[Call[Any]], ...] = (
    *TOKEN_CALLS,
    *CODE_CALLS,
    *TAG_CALLS,
    *FOLLOWER_CALLS,
    *MENU_CALLS,
    *CONSOLE_CALLS,
    *MEDIA_CALLS,
    *MESSAGE_CALLS,
    *NOTICE_CALLS,
    *QUOTA_CALLS,
    *NETWORK_CALLS,
)
know_apis(call.api for call in CALLS)
