"""The page of the command line says what the program offers."""

import re
from pathlib import Path

import pytest

from commands import demo
from commands.app import main
from tests.cli_page import PAGE, arguments, options, verbs, written
from tests.source import ROOT

CHINESE = re.compile(r"[\u4e00-\u9fff]")
HOMELY = ("README.md", "README.zh-CN.md")


def test_the_page_of_the_command_line_is_current() -> None:
    """When this fails, run `python -m tests.cli_page`."""
    page = PAGE.read_text("utf-8")
    assert written(page) == page


def test_every_verb_and_option_is_on_the_page() -> None:
    page = PAGE.read_text("utf-8")
    for name, command in verbs():
        assert f"\n### {name}\n" in page
        section = page.partition(f"\n### {name}\n")[2].partition("\n### ")[0]
        missing = [o for one in options(command) for o in one.opts if f"`{o}`" not in section]
        assert not missing


def test_every_verb_is_in_both_readmes() -> None:
    for name in HOMELY:
        text = (ROOT / name).read_text("utf-8")
        missing = [verb for verb, _ in verbs() if f"`python run.py {verb}" not in text]
        assert not missing, name


def test_every_verb_and_option_says_in_chinese_what_it_is_for() -> None:
    mute = [name for name, command in verbs() if not CHINESE.search(command.help or "")]
    for name, command in verbs():
        told = {one.name: one.help for one in options(command)}
        told |= {one.name: one.help for one in arguments(command)}
        mute += [f"{name} {one}" for one, help_ in told.items() if not CHINESE.search(help_ or "")]
    assert not mute


def test_the_demo_leaves_the_home_of_the_environment_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the image the variable is always set, and the demo must not write into a shop."""
    asked: list[Path | None] = []

    def played(wanted: demo.Wanted) -> int:
        asked.append(wanted.keep)
        return 0

    monkeypatch.setenv("XIAOER_HOME", str(tmp_path))
    monkeypatch.setattr(demo, "run", played)
    assert main(["demo", "--once"]) == 0
    assert asked == [None]
