"""What an audit finds: who was wronged, by what, what was expected and what was there instead."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a finding is counted."""

    LOST = "lost"
    DOUBLED = "doubled"
    GHOST = "ghost"
    UNKNOWN = "unknown"
    WRONG = "wrong"


TITLES = {
    Verdict.LOST: "丢失",
    Verdict.DOUBLED: "重复",
    Verdict.GHOST: "来路不明",
    Verdict.UNKNOWN: "结果未知",
    Verdict.WRONG: "不符",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One difference. `what` names the happening, effect key, call or promise it is about.

    `expected` continues «应当», `found` continues «实际».
    """

    verdict: Verdict
    what: str
    expected: str
    found: str
    culprit: str
    who: str = ""

    def line(self) -> str:
        """Return the finding as one line for an operator.

        >>> Finding(verdict=Verdict.LOST, what="回调 H1", who="甲", expected="在收件箱里",
        ...     found="没有", culprit="应答者不是店小二").line()
        '丢失：回调 H1（甲）应当在收件箱里，实际没有；嫌疑：应答者不是店小二'
        """
        who = f"（{self.who}）" if self.who else " " * self.what[-1:].isascii()
        head = f"{TITLES[self.verdict]}：{self.what}{who}应当{self.expected}，实际{self.found}"
        return f"{head}；嫌疑：{self.culprit}" if self.culprit else head
