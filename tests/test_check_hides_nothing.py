"""`check` tells a mistake also where another one, in its file or the next, stands before it."""

from pathlib import Path

import pytest

from commands.parts.compose import fill
from tests.homes import command

_TAKEN = "- {{ id: {id}, say: {say}, do: [handover], cases: [{{ text: {say}, hit: true }}] }}\n"


def rule(id: str, say: str) -> str:
    return _TAKEN.format(id=id, say=say)


def checked(
    home: Path, capsys: pytest.CaptureFixture[str], files: dict[str, bytes]
) -> tuple[str, ...]:
    fill(home)
    for name, content in files.items():
        (home / name).write_bytes(content)
    return tuple(command(capsys, "check", "--home", home).out.splitlines())


@pytest.mark.parametrize("second", ["", "- { id: broken-too }\n"])
def test_an_id_that_stands_twice_is_told_though_its_first_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], second: str
) -> None:
    files = {
        "rules/x1.yaml": rule("twice", "青团") + "- { id: broken }\n",
        "rules/x2.yaml": rule("twice", "粽子") + second,
    }
    told = checked(tmp_path, capsys, {name: text.encode() for name, text in files.items()})
    assert "rules/x2.yaml:1:3: 规则 id twice 已经用在 x1.yaml:1（换一个 id）" in told


def test_an_id_that_loading_tells_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"rules/x1.yaml": rule("twice", "青团"), "rules/x2.yaml": rule("twice", "粽子")}
    told = checked(tmp_path, capsys, {name: text.encode() for name, text in files.items()})
    assert len([line for line in told if "id twice 已经用在" in line]) == 1


def test_links_in_a_circle_are_told_and_hide_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path)
    for name in ("rules/loop.yaml", "words.txt", "personas/loop.yaml"):
        (tmp_path / name).unlink(missing_ok=True)
        (tmp_path / name).symlink_to(tmp_path / name)
    told = "\n".join(checked(tmp_path, capsys, {"rules/x1.yaml": b"- { id: broken }\n"}))
    for name in ("rules/loop.yaml:1:1: 读不了", "words.txt: 读不了", "personas/loop.yaml: 读不了"):
        assert name in told
    assert "rules/x1.yaml:1:3: 规则缺少 do" in told


def test_an_unprintable_character_is_told_in_one_line_at_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = checked(tmp_path, capsys, {"rules/x1.yaml": "- id: x\n  say: 青\x00团\n".encode()})
    assert "rules/x1.yaml:2:9: 有看不见的控制字符 U+0000（删掉它）" in told


def test_broken_settings_do_not_say_that_there_is_no_official_account(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = checked(tmp_path, capsys, {"settings.yaml": b"accounts: [\n"})
    assert [line for line in told if "没有公众号" in line] == []


def test_a_notice_that_does_not_exist_is_called_by_its_noun(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "- { id: x, say: 青团, do: [notify: coupon-expirin] }\n"
    told = checked(tmp_path, capsys, {"rules/x1.yaml": text.encode()})
    assert any("没有通知 coupon-expirin（是不是 coupon-expiring？）" in line for line in told)


BROKEN = """\
- id: broken
  say: 青团
  do:
    - reply: { text: 好, persona: nobody, image: none.png, menu: [a, a] }
    - reply: { text: '{0} {nope} {a.b}', link: 'ftp://x', link_title: x }
    - topic: unheard
  cases: [{ text: 青团, hit: yes }]
"""


def test_what_a_step_says_is_judged_though_its_rule_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = checked(tmp_path, capsys, {"rules/x.yaml": BROKEN.encode()})
    for words in (
        "没有人设 nobody", "image 用不了", "menu 有重复的行", "{0} 不是变量", "没有变量 {nope}",
        "{a.b} 不是变量", "link 应为 https:// 开头", "话题“unheard”",
        "应是 true 或 false，这里是 yes",
    ):  # fmt: skip
        assert any(line.startswith("rules/x.yaml:") and words in line for line in told), words


def test_every_mistake_in_a_text_of_the_content_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "- { id: w, occasion: enter, key: a, text: '{0} {nope} {a.b}' }\n"
    (told,) = (
        line
        for line in checked(tmp_path, capsys, {"welcomes/w.yaml": text.encode()})
        if line.startswith("welcomes/w.yaml:1") and "text: " in line
    )
    assert all(slot in told for slot in ("{0}", "{nope}", "{a.b}"))


def test_a_quote_that_nobody_closes_is_told_where_it_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "- id: a\n  say: 青团\n  do:\n    - reply: '好\n- id: b\n  say: 粽子\n"
    told = checked(tmp_path, capsys, {"rules/x.yaml": text.encode()})
    assert "rules/x.yaml:4:14: YAML 语法错误：从这里开始的引号没有收尾（补上后一个引号）" in told


def test_tags_that_a_file_wants_and_does_not_want_are_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    only = "only: { tagged: [x], not_tagged: [x] }\nrules:\n"
    told = checked(tmp_path, capsys, {"rules/x.yaml": (only + rule("a", "青团")).encode()})
    assert [line for line in told if "既要有又要没有" in line or "一个要有" in line] == [
        "rules/x.yaml:1:34: 标签 x 既要有又要没有，永远不会命中"
    ]
