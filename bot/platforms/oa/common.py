"""What every event of an Official Account says, whatever happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from bot.events import Alias


class Common(TypedDict):
    """The account it came to, when, the follower it is about, and all that arrived."""

    account: str
    at: datetime | None
    who: Alias
    fields: Mapping[str, str]
