"""Customer service: may the app call it, and which of its accounts are ours to manage."""

from bot.platforms.port import text_of
from commands.doctor import pages
from commands.doctor.capabilities import KF
from commands.doctor.case import Case
from commands.doctor.finding import Finding
from commands.doctor.rights import NO_RIGHT, of_answer
from commands.doctor.tokens import Api

_CHECK = "kf"


async def of_kf(case: Case, api: Api, *, used: bool) -> tuple[Finding, ...]:
    """Return a finding for customer service, one more for accounts that are not ours to manage.

    `used`: the home was begun for it, or it rang already; otherwise lacking the right is no fault.
    """
    answer = await api.ask(KF.call)
    if answer.code in NO_RIGHT and not used:
        reason = f"这个应用没有微信客服权限；不用微信客服就不用管，要用就到{pages.KF_APPS}勾上"
        return (case.skipped(_CHECK, reason),)
    if answer.code != 0:
        return (of_answer(case, KF, answer),)
    listed = (answer.body or {}).get("account_list")
    found = [one for one in listed or () if isinstance(one, dict)]
    if not found:
        return (case.skipped(_CHECK, "还没有客服账号"),)
    strange = [_name(one) for one in found if not one.get("manage_privilege")]
    ours = [_name(one) for one in found if one.get("manage_privilege")]
    told = (case.ok(_CHECK, f"管理着 {len(ours)} 个客服账号：{'、'.join(ours)}"),) if ours else ()
    if not strange:
        return told
    said = f"客服账号 {'、'.join(strange)} 没有交给这个应用管理：收不到它的消息，也答不了"
    then = f"到{pages.KF_APPS}，把这个客服账号交给这个应用通过 API 管理"
    make = case.warn if ours else case.bad
    return (*told, make("kf_managed", said, then))


def _name(account: dict[str, object]) -> str:
    return f"{text_of(account, 'name')}（{text_of(account, 'open_kfid')}）"
