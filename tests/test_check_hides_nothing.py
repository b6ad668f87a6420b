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
