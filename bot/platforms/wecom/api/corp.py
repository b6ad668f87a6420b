"""The corp itself: its access token, its employees, and the addresses that the platform uses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, texts, whole
from bot.platforms.port import text_of

_SHEET = "wecom/apps-and-bots.md section 9"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskCorpToken(Call[str]):
    """The access token of a corp and one app's secret; the same again within its two hours.

    It is asked without a token, so by the wire. Too many wrong secrets block the caller's address
    for an hour.
    """

    api: ClassVar[str] = "/cgi-bin/gettoken"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = "wecom/apps-and-bots.md section 1"
    corpid: str
    secret: str = field(repr=False)

    def query(self) -> Mapping[str, str]:
        return {"corpid": self.corpid, "corpsecret": self.secret}

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "access_token")


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpMember:
    """An employee; `status` 1 active, 2 disabled, 4 not activated, 5 left."""

    staff: str
    name: str = ""
    alias: str = ""
    position: str = ""
    parties: tuple[str, ...] = ()
    status: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMember(Call[CorpMember]):
    """One employee within the app's scope; 60111 for an unknown one, 60011 outside."""

    api: ClassVar[str] = "/cgi-bin/user/get"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    staff: str

    def query(self) -> Mapping[str, str]:
        return {"userid": self.staff}

    def read(self, body: Mapping[str, Any]) -> CorpMember:
        return CorpMember(
            staff=text_of(body, "userid"),
            name=text_of(body, "name"),
            alias=text_of(body, "alias"),
            position=text_of(body, "position"),
            parties=texts(body, "department"),
            status=whole(body, "status"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCallers(Call[tuple[str, ...]]):
    """The addresses and networks that callbacks come from; they change from day to day."""

    api: ClassVar[str] = "/cgi-bin/getcallbackip"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def read(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        return texts(body, "ip_list")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListApiHosts(Call[tuple[str, ...]]):
    """The addresses that calls go to, for a firewall."""

    api: ClassVar[str] = "/cgi-bin/get_api_domain_ip"
    method: ClassVar[str] = "GET"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def read(self, body: Mapping[str, Any]) -> tuple[str, ...]:
        return texts(body, "ip_list")


CORP_CALLS: tuple[type[Call[Any]], ...] = (
    AskCorpToken, ReadMember, ListCallers, ListApiHosts,
)  # fmt: skip
