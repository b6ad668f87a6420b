"""Every call that we make to WeCom, one module a noun (customer-contact.md, apps-and-bots.md)."""

from typing import Any

from bot.metrics import know_apis
from bot.platforms.call import Call
from bot.platforms.wecom.api.acquisition import ACQUISITION_CALLS
from bot.platforms.wecom.api.app import APP_MESSAGE_CALLS
from bot.platforms.wecom.api.contacts import CONTACT_CALLS
from bot.platforms.wecom.api.corp import CORP_CALLS
from bot.platforms.wecom.api.corp_tags import CORP_TAG_CALLS
from bot.platforms.wecom.api.groups import GROUP_CALLS
from bot.platforms.wecom.api.join_ways import JOIN_WAY_CALLS
from bot.platforms.wecom.api.mass import MASS_CALLS
from bot.platforms.wecom.api.media import MEDIA_CALLS
from bot.platforms.wecom.api.ways import WAY_CALLS
from bot.platforms.wecom.api.welcomes import WELCOME_CALLS

CALLS: tuple[type[Call[Any]], ...] = (
    *ACQUISITION_CALLS,
    *APP_MESSAGE_CALLS,
    *CONTACT_CALLS,
    *CORP_CALLS,
    *CORP_TAG_CALLS,
    *GROUP_CALLS,
    *JOIN_WAY_CALLS,
    *MASS_CALLS,
    *MEDIA_CALLS,
    *WAY_CALLS,
    *WELCOME_CALLS,
)
know_apis(call.api for call in CALLS)
