"""Where in the platforms' consoles a thing is set."""

from config.accounts import Account, AibotAccount, OaAccount

_OA = "微信公众平台「设置与开发 → 基本配置」"
APP = "企业微信管理后台「应用管理 → 自建 → 点开应用」"
BOT = "企业微信「智能机器人 → API 模式 → 使用 URL 回调」"
OA_RIGHTS = "微信公众平台「设置与开发 → 接口权限」"
CONTACT_APPS = "企业微信管理后台「客户联系 → API → 可调用接口的应用」"
KF_APPS = "企业微信管理后台「微信客服 → API → 可调用接口的应用」"
WELCOMES = "企业微信管理后台「客户联系 → 欢迎语」"
SCOPE = f"{APP}的「可见范围」"
PROXY = "回调路径整条原样转给店小二，不跳转、不缓存、不改查询参数和内容、不要求登录"


def server(account: Account) -> str:
    """Return where URL, Token and EncodingAESKey are pasted."""
    if isinstance(account, AibotAccount):
        return BOT
    if isinstance(account, OaAccount):
        return f"{_OA}的「服务器配置」"
    return f"{APP}的「接收消息 → 设置 API 接收」"


def secret(account: Account) -> str:
    """Return where the app's secret is told or made anew."""
    return (
        f"{_OA}的「开发者密码(AppSecret)」" if isinstance(account, OaAccount) else f"{APP}的 Secret"
    )


def addresses(account: Account) -> str:
    """Return where the outgoing address of this machine is allowed."""
    if isinstance(account, OaAccount):
        return f"{_OA}的「IP 白名单」"
    return f"{APP}最下面的「企业可信IP」"


def owner(account: Account) -> str:
    """Return where the AppID or CorpID stands."""
    if isinstance(account, OaAccount):
        return f"{_OA}的 AppID"
    return "企业微信管理后台「我的企业 → 企业信息」最下面的企业 ID"
