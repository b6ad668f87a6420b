"""The platform accounts of an installation: Official Accounts, WeCom apps and bots, as settings."""

import re
from typing import Annotated, Literal, LiteralString
from urllib.parse import SplitResult, urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
)
from pydantic import field_validator as check
from pydantic_core import PydanticCustomError

AES_KEY_CHARS = 43
_PLAIN = re.compile(r"[A-Za-z0-9/:.?#@!$&()*+,;=%~_\[\]-]+")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def wrong(message: LiteralString, **values: str | int) -> PydanticCustomError:
    """Return the refusal of a setting, in words for operators; never put a secret in `values`."""
    return PydanticCustomError("setting", message, values)


def is_loopback(url: str) -> bool:
    """Tell whether `url` stays on this machine."""
    return urlsplit(url).hostname in _LOOPBACK


def base_url(url: str) -> str:
    """Return `url` without its last slash; https, or http on this machine only."""
    parts = _parts(url)
    if parts is None or parts.query or parts.fragment:
        raise wrong("应为网址，如 https://bot.example.com")
    if parts.username or parts.password:
        raise wrong("网址里不要写用户名和密码")
    if parts.scheme == "http" and not is_loopback(url):
        raise wrong("须用 https；只有本机地址可以用 http")
    return url.rstrip("/")


def old_system(url: str) -> str:
    """Return the address of a system of the shop's own, which may be in the clear inside it."""
    parts = _parts(url)
    if parts is None or parts.fragment:
        raise wrong("应为网址，如 https://old.example.com/wx/callback")
    if parts.username or parts.password:
        raise wrong("网址里不要写用户名和密码")
    return url


def _parts(url: str) -> SplitResult | None:
    """Return the parts of a web address that can be pasted anywhere as it is, or None."""
    try:
        parts = urlsplit(url)
        whole = parts.hostname and parts.port != 0  # reading a port that is none raises
    except ValueError:
        return None
    return parts if whole and parts.scheme in {"https", "http"} and _PLAIN.fullmatch(url) else None


def _token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9]{3,32}", token.get_secret_value()):
        raise wrong("应为 3 到 32 个字母或数字")
    return token


def _wecom_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9]{1,32}", token.get_secret_value()):
        raise wrong("应为 1 到 32 个字母或数字")
    return token


def _aes_key(key: SecretStr) -> SecretStr:
    count = len(key.get_secret_value())
    if count != AES_KEY_CHARS:
        raise wrong("应为 {want} 个字符，现为 {count} 个", want=AES_KEY_CHARS, count=count)
    if not re.fullmatch(r"[A-Za-z0-9+/]+", key.get_secret_value()):
        raise wrong("只能是字母和数字")
    return key


def _secret(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value() or re.search(r"\s", secret.get_secret_value()):
        raise wrong("不能空着，也不能有空格")
    return secret


def _path(path: str) -> str:
    if not re.fullmatch(r"(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+", path):
        raise wrong("应为以 / 开头的路径，如 /callback/oa-main")
    return path


def _identifier(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", text):
        raise wrong("只用字母、数字、- 和 _，最多 64 个")
    return text


def _mention(name: str) -> str:
    if not re.fullmatch(r"[^@\s](.{0,62}[^\s])?", name):
        raise wrong("应为机器人的名字，不带 @，首尾没有空格，最多 64 个字符")
    return name


def _number(value: object) -> object:
    if isinstance(value, bool):
        raise wrong("应为数字")
    return value


Number = BeforeValidator(_number)  # true is no 1
BaseUrl = Annotated[str, AfterValidator(base_url)]
Secret = Annotated[SecretStr, AfterValidator(_secret)]
AesKey = Annotated[SecretStr, AfterValidator(_aes_key)]
Identifier = Annotated[str, AfterValidator(_identifier)]


class Section(BaseModel):
    """A group of settings: frozen, every name known, numbers finite, no value in an error."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        hide_input_in_errors=True,
        validate_default=True,
    )


class Relay(Section):
    """Where verified callbacks are handed on to, after they are stored here; an older system."""

    url: Annotated[str, AfterValidator(old_system)]
    timeout_s: Annotated[float, Number, Field(gt=0, le=30)] = 3


class _AccountBase(Section):
    id: Identifier
    callback_path: str = ""
    relay: Relay | None = None

    @check("callback_path")
    @classmethod
    def _default_path(cls, path: str, info: ValidationInfo) -> str:
        return _path(path) if path else f"/callback/{info.data.get('id', '')}"


class OaAccount(_AccountBase):
    """An Official Account (公众号). Without a `secret` it answers, and can do nothing else."""

    kind: Literal["oa"]
    appid: Identifier
    original_id: str = ""  # gh_…, the receiver of its callbacks
    token: Annotated[SecretStr, AfterValidator(_token)]
    mode: Literal["plain", "compatible", "safe"] = "safe"
    aes_key: AesKey | None = None
    previous_aes_key: AesKey | None = None  # still accepted while a new key spreads
    secret: Secret | None = None
    api_base: BaseUrl = "https://api.weixin.qq.com"
    token_api: Literal["stable", "classic"] = "stable"  # noqa: S105 (a choice of API)

    @property
    def scope(self) -> str:
        """Whose openids and callbacks these are."""
        return self.appid

    @check("aes_key")
    @classmethod
    def _needed_unless_plain(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if key is None and info.data.get("mode") in {"compatible", "safe"}:
            raise wrong("缺少这一项：mode 为 compatible 或 safe 时必填")
        return key


class WecomAccount(_AccountBase):
    """An app of a WeCom corp (企业微信自建应用), or its customer-contact receiver."""

    kind: Literal["wecom"]
    corpid: Identifier
    agentid: Annotated[int, Number, Field(ge=0)]
    token: Annotated[SecretStr, AfterValidator(_wecom_token)]
    aes_key: AesKey
    previous_aes_key: AesKey | None = None
    secret: Secret
    api_base: BaseUrl = "https://qyapi.weixin.qq.com"
    receivers: tuple[Identifier, ...] = ()  # accepted besides the corpid

    @property
    def scope(self) -> str:
        """Whose contacts and callbacks these are."""
        return self.corpid


class AibotAccount(_AccountBase):
    """A bot in internal groups of a corp (智能机器人); its callbacks name no receiver."""

    kind: Literal["aibot"]
    name: Annotated[str, AfterValidator(_mention)]  # as people mention it, without the @
    token: Annotated[SecretStr, AfterValidator(_wecom_token)]
    aes_key: AesKey
    previous_aes_key: AesKey | None = None
    api_base: BaseUrl = "https://qyapi.weixin.qq.com"  # where a late answer goes

    @property
    def scope(self) -> str:
        """Our own name for it: the platform gives none before it is first mentioned."""
        return self.id


Account = Annotated[OaAccount | WecomAccount | AibotAccount, Field(discriminator="kind")]
