"""The channels that a home can begin with: its account, its content, and the console's pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from config.placeholders import AGENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A setting that only the platform's console knows, and what stands for it until then."""

    name: str
    option: str
    placeholder: str | int
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to customers or staff. `parts` are folders of config/start that make its content.

    `page` is where URL, Token and EncodingAESKey are pasted; `also` what else the console needs,
    in this order.
    """

    id: str
    title: str
    account: str
    parts: tuple[str, ...]
    codes: str
    page: str
    also: tuple[str, ...]


QUESTIONS: Mapping[str, tuple[Question, ...]] = {
    "oa": (
        Question(name="appid", option="--appid", placeholder="wxfa1e00000000demo"),
        Question(
            name="secret", option="--secret-file", secret=True,
            placeholder="fakeSecretOfOaMain00000000000000",
        ),
    ),
    "wecom": (
        Question(name="corpid", option="--corpid", placeholder="wwfa1e00000000demo"),
        Question(name="agentid", option="--agentid", placeholder=AGENT),
        Question(
            name="secret", option="--secret-file", secret=True,
            placeholder="fakeSecretOfWecomMain00000000000",
        ),
    ),
    "aibot": (Question(name="name", option="--bot-name", placeholder="fakeBot"),),
}  # fmt: skip
_APP = "企业微信管理后台「应用管理 → 自建 → 点开应用 → 接收消息 → 设置 API 接收」"
_TRUSTED = "同一个应用页面最下面「企业可信IP」：加上这台机器的出口 IP，否则接口报 60020"
CHANNELS: Mapping[str, Channel] = {
    one.id: one
    for one in (
        Channel(
            id="oa", title="公众号", account="oa", parts=("common", "coupons", "oa"), codes="door",
            page="微信公众平台「设置与开发 → 基本配置 → 服务器配置」，消息加解密方式选“安全模式”",
            also=(
                "同一页「IP 白名单」：加上这台机器的出口 IP，否则接口报 40164",
                "点「启用」：后台原有的自动回复和自定义菜单从此不再生效",
            ),
        ),
        Channel(
            id="wecom", title="企业微信（员工加好友、客户群）", account="wecom",
            parts=("common", "wecom"), codes="", page=_APP,
            also=(
                _TRUSTED,
                "「客户联系 → API → 可调用接口的应用」：勾上这个应用，加好友、进群才会通知过来",
                "「客户联系 → 欢迎语」里不要再设欢迎语：设了，平台就不给我们欢迎的机会",
            ),
        ),
        Channel(
            id="kf", title="微信客服", account="wecom", parts=("common", "coupons", "kf"),
            codes="kf", page=_APP,
            also=(
                _TRUSTED,
                "「微信客服 → API → 可调用接口的应用」：勾上这个应用，并把客服账号交给它管理",
                "接待人员要在应用的「可见范围」里；客服账号里不要再设欢迎语",
            ),
        ),
        Channel(
            id="aibot", title="智能机器人（员工和内部群）", account="aibot", parts=("common",),
            codes="", page="企业微信「智能机器人 → 创建 → API 模式 → 使用 URL 回调」",
            also=("把机器人拉进内部群，群里 @ 它就会回答；它进不了客户群",),
        ),
    )
}  # fmt: skip
ACCOUNT_IDS = {"oa": "oa-main", "wecom": "wecom-main", "aibot": "aibot-main"}


def accounts_of(channels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds of account these channels need, each once; 微信客服 is served by an app.

    >>> accounts_of(("kf", "oa", "wecom"))
    ('wecom', 'oa')
    """
    return tuple(dict.fromkeys(CHANNELS[channel].account for channel in channels))


def parts_of(channels: tuple[str, ...]) -> tuple[str, ...]:
    """Return the folders of content these channels need, each once."""
    return tuple(dict.fromkeys(part for channel in channels for part in CHANNELS[channel].parts))
