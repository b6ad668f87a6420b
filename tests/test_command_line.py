"""The command line itself: a mistake is told in Chinese, ends with 2, and never in a traceback."""

import pytest

from commands.app import main
from commands.parts.problems import USAGE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["foo"], "没有命令 foo"),
        (["db", "foo"], "没有命令 foo"),
        (["try", "领券", "--stor", "S012"], "没有选项 --stor"),
        (["why"], "还缺 what"),
        (["decode"], "还缺 --platform"),
        (["try", "领券", "--store"], "--store 后面要写上值"),
        (["demo", "--once=1"], "--once 后面不写值"),
        (["try", "怎么", "领券"], "多写了 领券"),
        (["demo", "--kills", "many"], "--kills 应是整数"),
        (["demo", "--world", "mars"], "--world 只能是 yidian、no-unionid"),
        (["try", "\udcff领券"], "\\udcff领券 不是合法的 UTF-8 文字"),
        (["try", "领券", "--store", "S999"], "没有门店 S999，可用的有：S001"),
        (
            ["try", "领券", "--channel", "fax"],
            "没有渠道 fax，可用的有：aibot、app、group、kf、oa、wecom",
        ),
        (["try", "领券", "--on", "never"], "没有场合 never，可用的有：contact"),
        (["try", "领券", "--stage", "king"], "没有阶段 king，可用的有：advocate"),
    ],
)
def test_a_mistake_names_what_is_wrong(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == USAGE
    printed = capsys.readouterr()
    assert told in printed.err
    assert printed.out == ""
