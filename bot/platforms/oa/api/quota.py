"""How much of an API's day is left, what a refusal was about, and where the platform is.

oa/api.md section 10.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Order, part, second, whole
from bot.platforms.checks import need
from bot.platforms.port import text_of

_SHEET = "oa/api.md section 10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How often an API may be called: today, and `burst` times within `burst_s` seconds."""

    daily: int
    used: int
    left: int
    burst: int = 0
    burst_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfPath:
    """The API that a call asks about: a path without host. Raises Unfit for another."""

    path: str

    def __post_init__(self) -> None:
        fits = self.path.startswith("/") and "://" not in self.path
        need(fits, f"接口路径要以 / 开头、不带域名：{self.path}")

    def body(self) -> Mapping[str, Any]:
        """Return the body of the POST."""
        return {"cgi_path": self.path}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadQuota(_OfPath, Call[Quota]):
    """How much of one API's day is used up; 76021 for an unknown path, 76022 for one not ours."""

    api: ClassVar[str] = "/cgi-bin/openapi/quota/get"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def read(self, body: Mapping[str, Any]) -> Quota:
        day, rate = part(body, "quota"), part(body, "rate_limit")
        return Quota(
            daily=whole(day, "daily_limit"),
            used=whole(day, "used"),
            left=whole(day, "remain"),
            burst=whole(rate, "call_count"),
            burst_s=whole(rate, "refresh_second"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearApiQuota(_OfPath, Order):
    """Let one API begin its day anew; 50 times a month."""

    api: ClassVar[str] = "/cgi-bin/openapi/quota/clear"
    klass: ClassVar[Class] = Class.E
    source: ClassVar[str] = _SHEET


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearQuota(Order):
    """Let every API begin its day anew; 10 times a month together with the other way (48006)."""

    api: ClassVar[str] = "/cgi-bin/clear_quota"
    klass: ClassVar[Class] = Class.E
    source: ClassVar[str] = _SHEET
    appid: str

    def body(self) -> Mapping[str, Any]:
        return {"appid": self.appid}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClearQuotaBySecret(Order):
    """The same without a token, asked with `sent`: the way out when no token is left for today.

    The sheet's text wants appid and secret in the body, its sample in the address: both are sent.
    """

    api: ClassVar[str] = "/cgi-bin/clear_quota/v2"
    klass: ClassVar[Class] = Class.E
    source: ClassVar[str] = _SHEET
    appid: str
    secret: str = field(repr=False)

    def query(self) -> Mapping[str, str]:
        return {"appid": self.appid, "appsecret": self.secret}

    def body(self) -> Mapping[str, Any]:
        return self.query()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A call that was refused, as the platform saw it; `asked` and `answered` are its words."""

    url: str = ""
    asked: str = ""
    answered: str = ""
    ip: str = ""
    at: int = 0  # Unix seconds by the platform's clock


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainRefusal(Call[Explained]):
    """What stands behind the `rid` of a refusal; for 7 days, only the own ones (76001..76004)."""

    api: ClassVar[str] = "/cgi-bin/openapi/rid/get"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    rid: str

    def body(self) -> Mapping[str, Any]:
        return {"rid": self.rid}

    def read(self, body: Mapping[str, Any]) -> Explained:
        # The sheet does not show this answer; what is named otherwise reads as empty.
        told = part(body, "request") or body
        return Explained(
            url=text_of(told, "request_url"),
            asked=text_of(told, "request_body"),
            answered=text_of(told, "response_body"),
            ip=text_of(told, "client_ip"),
            at=second(told, "invoke_time"),
        )


QUOTA_CALLS: tuple[type[Call[Any]], ...] = (
    ReadQuota, ClearApiQuota, ClearQuota, ClearQuotaBySecret, ExplainRefusal,
)  # fmt: skip
