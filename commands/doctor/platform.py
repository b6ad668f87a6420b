"""What the platform itself says of an Official Account's callback: is one set, can it be found."""

from bot.platforms.oa.api.network import NO_CALLBACK, CheckCallback
from commands.doctor import pages
from commands.doctor.answers import words
from commands.doctor.case import Case
from commands.doctor.finding import Finding
from commands.doctor.tokens import Api

_CHECK = "platform"


async def of_callback(case: Case, api: Api) -> Finding:
    """Return what `callback/check` finds (oa/api.md section 10); its silence proves nothing."""
    check = CheckCallback()
    answer = await api.ask(check)
    if answer.code == NO_CALLBACK:
        return case.warn(
            _CHECK,
            "公众平台还没有填服务器地址",
            f"在{pages.server(case.account)}填 URL {case.callback_url}、Token、EncodingAESKey，"
            "保存并启用",
        )
    if answer.code != 0:
        return case.skipped(_CHECK, f"平台没有查：{words(case, check.api, answer)}")
    found = check.understood(answer)
    if not (found.addresses or found.pings):
        return case.warn(
            _CHECK, "平台解析不到后台所填网址的域名", "检查域名解析，以及后台的 URL 有没有写错"
        )
    lossy = [ping for ping in found.pings if ping.lost not in ("0%", "0")]
    if lossy:
        return case.warn(
            _CHECK, f"平台连后台所填的网址会丢包（{len(lossy)} 处）", "检查服务器的网络和防火墙"
        )
    return case.ok(_CHECK, "平台找得到后台所填的网址")
