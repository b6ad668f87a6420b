"""Access tokens of an Official Account, from either of its two families (oa/api.md section 1).

Both are asked with `sent`, for no token is needed; `bot.platforms.token` holds what comes back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, whole
from bot.platforms.port import text_of

_SHEET = "oa/api.md section 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """An access token, and for how many seconds the platform keeps it alive."""

    token: str = field(repr=False)
    lives_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking(Call[Granted]):
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    appid: str
    secret: str = field(repr=False)

    def _identity(self) -> dict[str, str]:
        return {
            "grant_type": "client_credential",
            "appid": self.appid,
            "secret": self.secret,
        }

    def read(self, body: Mapping[str, Any]) -> Granted:
        return Granted(token=text_of(body, "access_token"), lives_s=whole(body, "expires_in"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AskStableToken(_Asking):
    """The token that every caller shares: asked again while it lives, it is the same one.

    10,000 a minute, 500,000 a day. A refresh by force, which kills the former one, is left out.
    """

    api: ClassVar[str] = "/cgi-bin/stable_token"

    def body(self) -> Mapping[str, Any]:
        return self._identity()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskClassicToken(_Asking):
    """A new token, 2,000 a day; the former one of this family dies within five minutes."""

    api: ClassVar[str] = "/cgi-bin/token"
    method: ClassVar[str] = "GET"

    def query(self) -> Mapping[str, str]:
        return self._identity()


TOKEN_CALLS: tuple[type[Call[Any]], ...] = (AskStableToken, AskClassicToken)
