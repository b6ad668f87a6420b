"""What we send to one API, and what its sheet says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.platforms.call import Call

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Our calls to one API, together as full as their classes allow.

    * required: what the sheet wants every call to have, as a body whose values only tell types
    * manual: what else the sheet names, in the same way; null tells no type
    * unsent: places that others or the sheet have and we do not send, each with why
    """

    calls: tuple[Call[Any], ...]
    required: Json = field(default_factory=dict)
    manual: Json = field(default_factory=dict)
    unsent: Mapping[str, str] = field(default_factory=dict)

    @property
    def api(self) -> str:
        """Return the address that all of them call."""
        return self.calls[0].api


def because(why: str, *places: str) -> dict[str, str]:
    """Return places that are not sent for one reason.

    >>> because("not needed", "agentid", "order")
    {'agentid': 'not needed', 'order': 'not needed'}
    """
    return dict.fromkeys(places, why)
