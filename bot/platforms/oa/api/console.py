"""What an Official Account's console holds, told as it came: it is kept whole before it changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told(Call[Mapping[str, Any]]):
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = "oa/api.md section 6"  # which names the menu only, not the replies

    def read(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return body


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadShownMenu(_Told):
    """The menu that people see, whether it was made by API or in the console."""

    api: ClassVar[str] = "/cgi-bin/get_current_selfmenu_info"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAutoReplies(_Told):
    """The console's automatic replies; the keyword rules also while a callback turned them off."""

    api: ClassVar[str] = "/cgi-bin/get_current_autoreply_info"


CONSOLE_CALLS: tuple[type[Call[Any]], ...] = (ReadShownMenu, ReadAutoReplies)
