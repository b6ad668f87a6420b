"""Where an Official Account's platform calls from and is called, and whether it finds us.

oa/api.md section 10. Addresses change: read them daily, never pin them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, rows, texts
from bot.platforms.port import text_of

_SHEET = "oa/api.md section 10"
NO_CALLBACK = 40201  # the console has no callback URL


@dataclass(frozen=True, slots=True, kw_only=True)
class _Addresses(Call[tuple[str, ...]]):
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def read(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        return texts(body, "ip_list")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOaCallbackIps(_Addresses):
    """The addresses and networks that callbacks come from."""

    api: ClassVar[str] = "/cgi-bin/getcallbackip"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOaApiIps(_Addresses):
    """The addresses and networks of the API host."""

    api: ClassVar[str] = "/cgi-bin/get_api_domain_ip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One try to reach the callback's host; `lost` as the platform writes it, "0%" for nothing."""

    ip: str
    lost: str = "0%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the platform found of the callback's host: addresses by name, and tries."""

    addresses: tuple[str, ...] = ()
    pings: tuple[Ping, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCallback(Call[Found]):
    """Let the platform look the callback's host up and ping it; 40201 when no URL is set.

    `action`: all, dns or ping (40202); `operator`: DEFAULT, CHINANET, UNICOM or CAP (40203).
    """

    api: ClassVar[str] = "/cgi-bin/callback/check"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    action: str = "all"
    operator: str = "DEFAULT"

    def body(self) -> Mapping[str, Any]:
        return {"action": self.action, "check_operator": self.operator}

    def read(self, body: Mapping[str, Any]) -> Found:
        return Found(
            addresses=tuple(text_of(one, "ip") for one in rows(body, "dns")),
            pings=tuple(
                Ping(ip=text_of(one, "ip"), lost=text_of(one, "package_loss") or "0%")
                for one in rows(body, "ping")
            ),
        )


NETWORK_CALLS: tuple[type[Call[Any]], ...] = (ListOaCallbackIps, ListOaApiIps, CheckCallback)
