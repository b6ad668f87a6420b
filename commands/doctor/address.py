"""Whether the callback URL leads to us as it stands, and what is in between when it does not."""

from urllib.parse import urlsplit

from bot.shop import AccountKeys
from commands.doctor import pages
from commands.doctor.case import Case
from commands.doctor.detours import detour
from commands.doctor.finding import Finding
from commands.doctor.knock import Heard, knock
from config.accounts import is_loopback

SLOW_MS = 1000  # wecom/crypto.md section 5
_CHECK = "callback"
_OK, _FORBIDDEN, _NOT_FOUND = 200, 403, 404


async def of_address(case: Case) -> tuple[Finding, ...]:
    """Return what a verification of the public callback URL comes to, as the platform makes it."""
    found = tuple(_outside(case))
    if case.keys is None:
        reason = "Token 或 EncodingAESKey 还不能用，先改好再自测回调"
        return (*found, case.skipped(_CHECK, reason))
    heard = await knock(case, case.keys, case.callback_url)
    if heard.echoed:
        return (*found, _echoed(case, heard))
    return (*found, await _explained(case, case.keys, heard))


def _outside(case: Case) -> list[Finding]:
    url = case.settings.public_url
    if case.at_home:
        return []
    if is_loopback(url):
        why = f"public_url 是本机地址 {url}，平台从公网连不进来"
    elif urlsplit(url).scheme != "https":
        why = f"public_url {url} 不是 https"
    else:
        return []
    then = "准备一个解析到这台机器（或代理）的 https 域名，填到 settings.yaml 的 public_url"
    return [case.bad("public_url", why, then)]


def _echoed(case: Case, heard: Heard) -> Finding:
    if heard.ms <= SLOW_MS:
        return case.ok(_CHECK, f"{case.callback_url} 验证通过，用了 {heard.ms} 毫秒")
    return case.warn(
        _CHECK,
        f"{case.callback_url} 验证通过，但用了 {heard.ms} 毫秒：企业微信只等 1 秒，"
        "收消息时平台 5 秒放弃",
        "看看慢在哪里：前面的代理、隧道或跨境线路；让代理直连店小二，机器别太忙",
    )


async def _explained(case: Case, keys: AccountKeys, heard: Heard) -> Finding:
    if heard.path:
        return _rewritten(case, f"到店小二时变成了 {heard.path}", heard)
    near = await _near(case, keys)
    if near is None or not near.echoed:
        return _nobody(case, heard, near)
    if heard.trouble:
        return _cut_off(case, heard)
    if heard.status == _NOT_FOUND and (way := await detour(case, keys)):
        return _rewritten(case, way, heard)
    return _spoilt(case, heard)


async def _near(case: Case, keys: AccountKeys) -> Heard | None:
    """Knock at the server itself, past every proxy; None when its port is not known."""
    listen = case.settings.listen
    if listen.port == 0 or listen.fd is not None:
        return None
    host = "127.0.0.1" if listen.host in ("0.0.0.0", "::", "") else listen.host  # noqa: S104
    return await knock(case, keys, f"http://{host}:{listen.port}{case.account.callback_path}")


def _rewritten(case: Case, how: str, heard: Heard) -> Finding:
    path = case.account.callback_path
    return case.bad(
        _CHECK,
        f"代理改写了路径：平台请求 {path}，{how}（{heard.said}）",
        f"改代理，让 {path} 原样转给店小二（nginx 的 proxy_pass 后面不要带路径和斜杠）；"
        f"或把 {case.setting('callback_path')} 改成店小二收到的那个",
    )


def _nobody(case: Case, heard: Heard, near: Heard | None) -> Finding:
    refused = near or heard
    if refused.status == _FORBIDDEN and not refused.body:
        return case.bad(
            _CHECK,
            f"{case.callback_url} 拒绝了用现在的 Token 和 EncodingAESKey 签的验证：{heard.said}",
            "服务用的还是旧设置：重启 serve 再运行一次",
        )
    aside = "" if near is None else f"；本机端口 {case.settings.listen.port} 上：{near.said}"
    return case.bad(
        _CHECK,
        f"{case.callback_url} 没有验证通过：{heard.said}{aside}",
        f"先启动 python run.py serve --home {case.home}，再看 public_url 指的是不是它",
    )


def _cut_off(case: Case, heard: Heard) -> Finding:
    if heard.silent:
        found = f"{case.callback_url} {heard.trouble}，而店小二在本机应答正常：慢在中间的代理"
        return case.bad(_CHECK, found, "让代理直连店小二；平台 5 秒放弃，企业微信验证只等 1 秒")
    return case.bad(
        _CHECK,
        f"{case.callback_url} {heard.trouble}，而店小二在本机应答正常",
        "检查域名解析、安全组和防火墙、证书，以及代理有没有启动",
    )


def _spoilt(case: Case, heard: Heard) -> Finding:
    found = f"店小二在本机应答正常，从 {case.callback_url} 却得到：{heard.said}"
    if heard.status == _OK:
        why = "代理自己应答了，或改了应答内容（应为 echostr 原文，不带引号、换行和 BOM）"
    elif heard.location:
        why = "代理让请求改道了：平台不跟随跳转（常见于 http 转 https、补斜杠、登录页）"
    elif heard.status == _FORBIDDEN:
        why = "代理或防火墙拦下了请求，或改动了查询参数"
    else:
        why = "代理没有把请求转给店小二"
    return case.bad(_CHECK, f"{found}；{why}", f"改代理：{pages.PROXY}")
