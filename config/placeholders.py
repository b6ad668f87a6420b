"""Values that a new home begins with and somebody has to replace, and where the real ones are."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from pydantic import SecretStr

from config.accounts import Account

PUBLIC_URL = "https://bot.example.com"
AGENT = 0  # no app has it; the platform counts from 1000002
_FAKE = re.compile(r"(wx|ww|gh_)fa1e0{4,8}demo|fake[A-Z]\w*")
_OA_PAGE = "微信公众平台「设置与开发 → 基本配置」"
_APP_PAGE = "企业微信管理后台「应用管理 → 自建 → 点开应用」"
WHERE: Mapping[tuple[str, str], str] = {
    ("oa", "appid"): f"公众号的 AppID，在{_OA_PAGE}",
    ("oa", "original_id"): "公众号的原始 ID，在微信公众平台「设置与开发 → 公众号设置」",
    ("oa", "secret"): f"公众号的 AppSecret，在{_OA_PAGE}，只显示一次",
    ("wecom", "corpid"): "企业 ID，在企业微信管理后台「我的企业 → 企业信息」最下面",
    ("wecom", "agentid"): f"应用的 AgentId，在{_APP_PAGE}",
    ("wecom", "secret"): f"应用的 Secret，在{_APP_PAGE}",
    ("aibot", "name"): "机器人的名字，群里 @ 它时写的那个，在企业微信「智能机器人」",
}
MADE = "自己随机生成的一个（两边填得一样；init 会生成）"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfilled:
    """A setting of an account that still holds a placeholder, and what belongs there."""

    name: str
    wanted: str


def is_placeholder(value: object) -> bool:
    """Tell whether `value` is one that no platform gives and everybody may read.

    >>> is_placeholder("wxfa1e00000000demo"), is_placeholder("wxfa1e0000000012ab")
    (True, False)
    """
    if isinstance(value, int):
        return value == AGENT
    return isinstance(value, str) and _FAKE.fullmatch(value) is not None


def unfilled(account: Account) -> Iterator[Unfilled]:
    """Yield what somebody still has to write into an account, in the order of its settings."""
    for name in type(account).model_fields:
        value: object = getattr(account, name)
        plain = value.get_secret_value() if isinstance(value, SecretStr) else value
        if isinstance(plain, bool) or not is_placeholder(plain):
            continue
        yield Unfilled(name=name, wanted=WHERE.get((account.kind, name), MADE))


def is_example(url: str) -> bool:
    """Tell whether an address lies in the domain that is kept for examples."""
    host = urlsplit(url).hostname or ""
    return host == "example.com" or host.endswith(".example.com")
