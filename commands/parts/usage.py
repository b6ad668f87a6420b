"""What is wrong with a command line, in the operator's language."""

import re
from collections.abc import Iterable

from commands.parts.problems import USAGE, stop

_TOLD = tuple(
    (re.compile(said, re.DOTALL), told)
    for said, told in (
        (r"No such command '(.+?)'\..*", "没有命令 {}"),
        (r"No such option: (\S+).*", "没有选项 {}"),
        (r"Missing \w+ '(.+?)'\..*", "还缺 {}"),
        (r"Option '(.+?)' requires .*", "{} 后面要写上值"),
        (r"Option '(.+?)' does not take a value\.", "{} 后面不写值"),
        (r"Got unexpected extra argument\(?s?\)? \((.*)\)", "多写了 {}（一句话里有空格请加引号）"),
        (r"Invalid value for '(.+?)': .* valid integer.*", "{} 应是整数"),
        (r"Invalid value for '(.+?)': (.*)", "{} 的值不对：{}"),
    )
)


def check_readable(words: Iterable[str]) -> None:
    """Stop when a word of the command line is not UTF-8, which no rule and no name could match."""
    for word in words:
        try:
            word.encode()
        except UnicodeEncodeError:
            shown = word.encode(errors="backslashreplace").decode()
            stop(f"用法不对：{shown} 不是合法的 UTF-8 文字", USAGE)


def explained(complaint: str) -> str:
    """The command line parser's complaint in Chinese; as it came when it is none we know.

    >>> explained("No such option: --onec")
    '没有选项 --onec'
    """
    for said, told in _TOLD:
        if found := said.fullmatch(complaint):
            return told.format(*found.groups())
    return complaint
