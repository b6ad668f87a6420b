"""What is wrong with the settings, each problem with its next step; also when they do not load."""

import re
from collections.abc import Iterator

from commands.doctor import pages
from commands.doctor.finding import Finding, Status
from config.accounts import Account
from config.problems import Problem
from config.settings_mended import Mended

_NAMED = re.compile(r"accounts\[(\d+)\]\.(\w+)")
_CHECK = "settings"


def of_settings(read: Mended) -> Iterator[Finding]:
    """Yield a finding for each problem of the settings, or one that there is none."""
    for problem in read.problems:
        yield _finding(problem, read)
    if read.settings is not None and not read.accounts:
        yield Finding(
            account="", check=_CHECK, status=Status.BAD, found="settings.yaml 里没有能用的账号",
            next="先运行 python run.py init --home 家目录 --channel oa，或补全 accounts",
        )  # fmt: skip
    elif not read.problems:
        accounts = len(read.accounts)
        yield Finding(
            account="", check=_CHECK, status=Status.OK, found=f"设置读得懂，{accounts} 个账号"
        )


def _finding(problem: Problem, read: Mended) -> Finding:
    named = _NAMED.search(problem.message)
    warning = problem.level == "warning"
    return Finding(
        account=read.names.get(int(named[1]), "") if named else "",
        check=_CHECK,
        status=Status.WARN if warning else Status.BAD,
        found=str(problem),
        next=_next(problem, named, read),
    )


def _next(problem: Problem, named: re.Match[str] | None, read: Mended) -> str:
    where = f"{problem.file} 第 {problem.line} 行" if problem.line else problem.file
    if named is None:
        return f"改好 {where}，再运行一次"
    accounts = {one.index: one.account for one in read.accounts}
    account = accounts.get(int(named[1]))
    copied = _copied(named[2], account) if account else ""
    return f"{copied}改 {where} 的 accounts[{named[1]}].{named[2]}，再重启 serve"


def _copied(name: str, account: Account) -> str:
    match name:
        case "aes_key" | "previous_aes_key":
            return (
                f"到{pages.server(account)}，把 43 位的 EncodingAESKey 整个复制过来（不带空格）："
            )
        case "token":
            return f"到{pages.server(account)}，把 Token 复制过来："
        case "secret":
            return f"到{pages.secret(account)}查看或重置："
        case "appid" | "corpid":
            return f"到{pages.owner(account)}复制："
        case _:
            return ""
