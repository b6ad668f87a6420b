"""What came of the platform's own callbacks: accepted, or refused at a step that names a cause."""

from bot.clock import moment
from commands.doctor import pages
from commands.doctor.case import Case
from commands.doctor.finding import Finding
from commands.doctor.records import Refusal, Traces
from config.accounts import AibotAccount, OaAccount

_KEY = ("base64", "decrypt", "padding", "length")


def of_callbacks(case: Case, traces: Traces) -> tuple[Finding, ...]:
    """Return a finding for each step at which today's callbacks were refused, or one that is fine.

    A refusal that a good callback followed was put right, or came from a stranger.
    """
    fresh = [one for one in traces.refusals if one.last_us >= traces.last_us]
    steps = {_check(one.step): one for one in reversed(fresh)}
    if steps:
        return tuple(_refused(case, check, one) for check, one in steps.items())
    if traces.callbacks:
        over = sum(one.count for one in traces.refusals)
        aside = f"；今天更早有 {over} 次被拒，之后已正常" if over else ""
        return (case.ok("received", f"最近一次回调 {_when(case, traces.last_us)}{aside}"),)
    return (
        case.skipped(
            "received", f"还没有收到过平台的回调：到{pages.server(case.account)}点保存，再发条消息"
        ),
    )


def _check(step: str) -> str:
    """Return the check that a step of refusal belongs to."""
    return "aes_key" if step in _KEY else {"signature": "token_setting"}.get(step, step)


def _refused(case: Case, check: str, one: Refusal) -> Finding:
    count = f"最近 24 小时有 {one.count} 次回调被拒，最近一次 {_when(case, one.last_us)}"
    page = pages.server(case.account)
    match check:
        case "token_setting":
            return case.bad(
                check,
                f"{count}：签名不符，后台的 Token 与设置里的不一样",
                f"把{page}的 Token 填到 {case.setting('token')}（或反过来），两边一致后重启 serve",
            )
        case "aes_key":
            return case.bad(
                check,
                f"{count}：签名对，但解不开（{one.step}），后台的 EncodingAESKey 与设置里的不一样",
                f"把{page}的 EncodingAESKey 填到 {case.setting('aes_key')}，两边一致后重启 serve",
            )
        case "receiver":
            return _strange_receiver(case, f"{count}：{one.reason}")
        case "path":
            return case.bad(
                check,
                f"{count}：{one.reason}，前面的代理改写了路径",
                f"让代理把 {case.account.callback_path} 原样转给店小二，"
                f"或把 {case.setting('callback_path')} 改成它转来的路径",
            )
        case _:
            return _unreadable(case, check, one, count)


def _strange_receiver(case: Case, found: str) -> Finding:
    account = case.account
    if isinstance(account, AibotAccount):
        then = f"这个网址要填在{pages.BOT}里，不是自建应用的接收消息"
        return case.bad("receiver", found, then)
    name = "appid" if isinstance(account, OaAccount) else "corpid"
    return case.bad(
        "receiver",
        found,
        f"把{pages.owner(account)}填到 {case.setting(name)}，再重启 serve；"
        "若网址填到了别的账号的后台，就改那边",
    )


def _unreadable(case: Case, check: str, one: Refusal, count: str) -> Finding:
    found = f"{count}：{one.step}，{one.reason}"
    if "明文" in one.reason:
        then = f"把{pages.server(case.account)}的消息加解密方式改成安全模式"
    else:
        then = "偶尔几次多半是外面的扫描，不用管；平台的消息一直收不到，就查前面的代理改没改请求"
    return case.warn(check, found, then)


def _when(case: Case, at_us: int) -> str:
    seconds = max(0, (case.clock() - at_us) // 1_000_000)
    if seconds < 3600:  # noqa: PLR2004  (an hour)
        return f"{seconds // 60} 分钟前" if seconds >= 60 else f"{seconds} 秒前"  # noqa: PLR2004
    return f"{moment(at_us):%m-%d %H:%M}（UTC）"
