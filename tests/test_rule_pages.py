"""The pages on rules keep their word: rules load, mistakes say so, commands answer as shown."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from commands.parts.compose import open_home
from tests.homes import OPENED_S, command, oa_event, oa_text, served_home
from tests.pages import headings, links
from tests.rule_pages import INDEX, File, Said, Typed, parts, rule_pages, shows

SECTIONS = ["Example", "What it does", "Limits", "Mistakes"]
LONGEST_PAGE = 80  # lines
PAGES = pytest.mark.parametrize("page", rule_pages(), ids=lambda page: page.stem)


@pytest.fixture
def home(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample home without its rules, in which all was said that the page tells of."""
    folder = tmp_path / "home"
    asyncio.run(_lived(folder, page))
    monkeypatch.setenv("XIAOER_HOME", str(folder))
    monkeypatch.chdir(folder)
    return folder


@PAGES
def test_a_page_is_short_and_built_like_the_others(page: Path) -> None:
    assert len(page.read_text("utf-8").splitlines()) < LONGEST_PAGE
    assert [text for level, text in headings(page) if level > 1] == SECTIONS


@PAGES
def test_the_commands_of_a_page_answer_what_it_shows(
    page: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the order of the page: what stands further down is not in the home yet."""
    ran = 0
    for part in parts(page):
        if isinstance(part, File) and (part.named or not part.refused):
            part.lay(home)
            assert _said_of(home, part.path) == sorted(part.refused)
        elif isinstance(part, Typed):
            told = command(capsys, *part.argv)
            absent = [line for line in part.shown if not shows(line, told.out + told.err)]
            assert part.shown and not absent, told.out + told.err
            unshown = [line for line in told.err.splitlines() if not _among(line, part.shown)]
            assert not unshown, part.argv
            ran += 1
    assert ran


@PAGES
def test_a_mistake_is_refused_in_the_words_of_the_page(page: Path, home: Path) -> None:
    mistakes = [part for part in parts(page) if isinstance(part, File) and part.refused]
    assert mistakes
    for mistake in mistakes:
        _emptied(home)
        mistake.lay(home)
        assert _said_of(home, mistake.path) == sorted(mistake.refused)


def test_the_index_leads_to_every_page() -> None:
    assert {INDEX.parent / link for link in links(INDEX)} >= set(rule_pages())


async def _lived(folder: Path, page: Path) -> None:
    async with served_home(folder) as rooms:
        _emptied(folder)
        told = [*parts(page)]
        for file in told:
            if isinstance(file, File) and file.is_rules and not file.refused:
                file.lay(folder)
        rooms.home.rules.reload()
        said: Sequence[Said] = [part for part in told if isinstance(part, Said)]
        for who in {one.who for one in said}:
            await rooms.hear(oa_event(who, "subscribe"))
        for number, one in enumerate(said, start=1):
            await rooms.hear(oa_text(one.who, one.words, number, OPENED_S + number))
    _emptied(folder)


def _emptied(home: Path) -> None:
    shutil.rmtree(home / "rules")
    (home / "rules").mkdir()


def _said_of(home: Path, path: str) -> list[str]:
    """The problems of one file of a home as operators read them, without their place."""
    read = open_home(home)
    assert not read.errors
    problems = (p for p in read.rules.problems if p.file == path.removeprefix("rules/"))
    return sorted(str(problem).split(": ", 1)[1] for problem in problems)


def _among(line: str, shown: Sequence[str]) -> bool:
    return any(shows(one, line) for one in shown)
