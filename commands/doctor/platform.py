"""What the platform itself says of an Official Account's callback: is one set, can it be found."""

from commands.doctor import pages
from commands.doctor.answers import words
from commands.doctor.case import Case
from commands.doctor.finding import Finding
from commands.doctor.tokens import Api

_API = "/cgi-bin/callback/check"
_CHECK = "platform"
_NO_URL = 40201


async def of_callback(case: Case, api: Api) -> Finding:
    """Return what `callback/check` finds (oa/api.md section 10); its silence proves nothing."""
    answer = await api.call("POST", _API, {"action": "all", "check_operator": "DEFAULT"})
    if answer.code == _NO_URL:
        return case.warn(
            _CHECK,
            "公众平台还没有填服务器地址",
            f"在{pages.server(case.account)}填 URL {case.callback_url}、Token、EncodingAESKey，"
            "保存并启用",
        )
    if answer.code != 0 or answer.body is None:
        return case.skipped(_CHECK, f"平台没有查：{words(case, _API, answer)}")
    named = answer.body.get("dns") or answer.body.get("ping")
    if not named:
        return case.warn(
            _CHECK, "平台解析不到后台所填网址的域名", "检查域名解析，以及后台的 URL 有没有写错"
        )
    lossy = [each for each in answer.body.get("ping") or () if _lost(each)]
    if lossy:
        return case.warn(
            _CHECK, f"平台连后台所填的网址会丢包（{len(lossy)} 处）", "检查服务器的网络和防火墙"
        )
    return case.ok(_CHECK, "平台找得到后台所填的网址")


def _lost(ping: object) -> bool:
    return isinstance(ping, dict) and str(ping.get("package_loss", "0%")) not in ("0%", "0")
