"""Every call that we make to customer service, one module a noun (wecom/kf.md)."""

from typing import Any

from bot.metrics import know_apis
from bot.platforms.call import Call
from bot.platforms.kf.api.accounts import ACCOUNT_CALLS
from bot.platforms.kf.api.customers import CUSTOMER_CALLS
from bot.platforms.kf.api.sends import SEND_CALLS
from bot.platforms.kf.api.sessions import SESSION_CALLS

CALLS: tuple[type[Call[Any]], ...] = (
    *ACCOUNT_CALLS,
    *CUSTOMER_CALLS,
    *SESSION_CALLS,
    *SEND_CALLS,
)
know_apis(call.api for call in CALLS)
