"""Tells findings as they come, and all of them as JSON."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from commands.doctor.finding import Finding, Status

VERSION = 1  # of the JSON form
MARKS = {Status.OK: "好", Status.WARN: "注意", Status.BAD: "不行", Status.SKIPPED: "跳过"}
TITLES = {
    "settings": "设置",
    "received": "回调记录",
    "token_setting": "Token",
    "aes_key": "EncodingAESKey",
    "receiver": "接收方",
    "path": "回调路径",
    "envelope": "回调内容",
    "parse": "回调内容",
    "callback_clock": "回调里的时间",
    "welcome": "后台欢迎语",
    "relay": "旧系统",
    "public_url": "对外网址",
    "callback": "回调网址",
    "clock": "时钟",
    "host": "平台",
    "token": "access_token",
    "secret": "Secret",
    "ip": "出口 IP",
    "rights": "接口权限",
    "platform": "平台看回调",
    "auto_reply": "后台自动回复",
    "menu": "后台菜单",
    "kf": "微信客服",
    "kf_managed": "客服账号",
    "wait": "等平台来",
    "right.followers": "粉丝资料权限",
    "right.fan_tags": "粉丝标签权限",
    "right.messages": "客服消息权限",
    "right.entry_codes": "二维码权限",
    "right.menu": "菜单权限",
    "right.quota": "额度查询权限",
    "right.app": "应用",
    "right.staff_messages": "应用消息权限",
    "right.contacts": "客户联系权限",
    "right.labels": "客户标签权限",
    "right.groups": "客户群权限",
    "right.kf": "微信客服权限",
}


@dataclass(slots=True)
class Teller:
    """Prints findings as they come: to people on standard output, beside JSON on the other."""

    as_json: bool
    found: list[Finding] = field(default_factory=list)

    def tell(self, one: Finding) -> None:
        """Keep a finding and print it."""
        self.found.append(one)
        for line in lines(one):
            self.say(line)

    def say(self, line: str) -> None:
        """Print a line that is no finding."""
        print(line, file=sys.stderr if self.as_json else sys.stdout, flush=True)


def lines(one: Finding) -> list[str]:
    """Return a finding as people read it: what was found, and below it what to do."""
    said = [f"  [{MARKS[one.status]}] {TITLES.get(one.check, one.check)}：{one.found}"]
    return [*said, f"         下一步：{one.next}"] if one.next else said


def document(home: str, found: Sequence[Finding]) -> dict[str, object]:
    """Return all findings as values for JSON (docs/how-to/doctor.md)."""
    return {
        "v": VERSION,
        "home": home,
        "checks": [
            {
                "account": one.account,
                "id": one.check,
                "status": one.status,
                "found": one.found,
                "next": one.next,
            }
            for one in found
        ],
        **{status.value: count(found, status) for status in Status},
    }


def summary(found: Sequence[Finding]) -> str:
    """Return the last line: how much there is to do."""
    bad, warn = count(found, Status.BAD), count(found, Status.WARN)
    if not bad and not warn:
        return "没有发现问题"
    return f"{bad} 处不行，{warn} 处要留意：照上面的「下一步」做完，再运行一次"


def count(found: Sequence[Finding], status: Status) -> int:
    """Return how many checks ended so."""
    return sum(one.status is status for one in found)
