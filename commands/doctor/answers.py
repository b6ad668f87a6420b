"""What a platform's refusal means to an operator, and where the cause is put right."""

from bot.platforms import codes
from bot.platforms.port import text_of
from bot.platforms.wire import Answer
from commands.doctor import pages
from commands.doctor.case import Case
from commands.doctor.finding import Finding

IP_REFUSED = frozenset({40164, 60020})
SECRET_REFUSED = frozenset({40001, 40125, 40013, 42001, 40014, 45031})


def seen_ip(answer: Answer) -> str:
    """Return the address the platform saw us call from, "" when it does not say.

    >>> from bot.platforms.wire import Phase
    >>> text = "not allow to access from your ip, hint: [1], from ip: 203.0.113.7, more info"
    >>> seen_ip(Answer(phase=Phase.ANSWERED, code=60020, body={"errmsg": text}))
    '203.0.113.7'
    """
    return codes.seen_ip(text_of(answer.body, "errmsg"))


def refused_ip(case: Case, answer: Answer) -> Finding:
    """Return that calls from this machine are not let in, with the address to allow."""
    ip = seen_ip(answer) or "这台机器的出口 IP（平台没有说是哪个）"
    soon = "" if answer.code != 60020 else "，保存后约 1 分钟生效"  # noqa: PLR2004  (WeCom's code)
    return case.bad(
        "ip",
        f"出口 IP 不被允许（错误码 {answer.code}）：平台看到的是 {ip}",
        f"到{pages.addresses(case.account)}，加上 {ip}{soon}",
    )


def words(case: Case, api: str, answer: Answer, table: str = "") -> str:
    """Return what an answer means, with its code; of a missing answer, what went wrong."""
    if answer.code is None:
        return f"没有应答（{answer.trouble}）"
    found = case.errors[table or case.account.kind].sort(api, answer.code)
    rid = codes.rid_of(answer.errmsg)
    return f"{found.meaning}（错误码 {answer.code}）{f'，rid {rid}' if rid else ''}"


def advice(case: Case, api: str, answer: Answer, table: str = "") -> str:
    """Return what our error table advises, "" when it knows nothing."""
    if answer.code is None:
        return "稍后再运行一次；总是这样就检查网络"
    return case.errors[table or case.account.kind].sort(api, answer.code).advice
