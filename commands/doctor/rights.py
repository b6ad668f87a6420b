"""Which capabilities are off because the platform does not allow a call."""

from collections.abc import AsyncIterator

from bot.platforms.wire import Answer
from commands.doctor import pages
from commands.doctor.answers import advice, words
from commands.doctor.capabilities import OA, Capability, wecom
from commands.doctor.case import Case
from commands.doctor.finding import Finding
from commands.doctor.tokens import Api
from config.accounts import WecomAccount

# The right itself is missing, not an argument (both sheets, limits-and-errors.md).
NO_RIGHT = frozenset({
    40013, 45035, 48001, 48002, 48003, 48004, 48005, 48006, 48007, 50004, 50007, 60011, 60030,
    60031, 84061, 84074, 301002, 301007,
})  # fmt: skip


async def of_rights(case: Case, api: Api) -> AsyncIterator[Finding]:
    """Yield a finding for each capability."""
    account = case.account
    wanted = wecom(account.agentid) if isinstance(account, WecomAccount) else OA
    for one in wanted:
        answer = await api.ask(one.call)
        yield of_answer(case, one, answer)


def of_answer(case: Case, one: Capability, answer: Answer) -> Finding:
    """Return what the answer to a capability's call says of it."""
    check = f"right.{one.id}"
    if answer.code is None:
        return case.warn(
            check, f"{one.path} {words(case, one.path, answer)}", advice(case, one.path, answer)
        )
    if answer.code in NO_RIGHT:
        return case.bad(
            check,
            f"缺少权限 {one.path}：{words(case, one.path, answer)}。因此{one.off}",
            _where(one, answer.code),
        )
    if answer.code == 0 or not one.reads or answer.code in one.fine:
        return case.ok(check, f"{one.path} 可以调用")
    return case.warn(
        check,
        f"{one.path} 被拒：{words(case, one.path, answer)}。因此{one.off}",
        advice(case, one.path, answer) or f"到{one.page}看看",
    )


def _where(one: Capability, code: int) -> str:
    match code:
        case 48004:
            return "接口因违规被封：到平台后台看通知并申诉"
        case 60011 | 60030:
            return f"到{pages.SCOPE}，把相关的员工（部门）加进去；再看{one.page}"
        case 301002:
            return f"到{pages.APP}核对 AgentId 与 Secret 是不是同一个应用的"
        case 48001:
            return f"到{one.page}看这个接口有没有获得；未认证的账号要先完成微信认证"
        case _:
            return f"到{one.page}，允许这个应用调用"
