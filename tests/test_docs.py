"""The pages keep their word: commands run, the two READMEs agree, links lead somewhere."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pages import blocks, headings, links, pages
from tests.source import ROOT

README, TWIN = ROOT / "README.md", ROOT / "README.zh-CN.md"
# The word `python` where a shell expects a command, not inside an argument.
PYTHON = re.compile(r"(^|[|&;] *)python(?= )")
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
MADE = re.compile(r"(?<!codes )(?<!mass )(?<!links )\bmake ([a-z-]+)")
VERB = re.compile(r"python run\.py (\w+)")

RUNNABLE = dict.fromkeys(
    line for page in pages() for block in blocks(page) if block.tag == "run" for line in block.lines
)


@pytest.mark.parametrize("line", RUNNABLE)
def test_a_command_shown_as_runnable_runs(line: str) -> None:
    """Each line of a block tagged `run`, from the repository's root, within two minutes."""
    own = shlex.quote(sys.executable)
    done = subprocess.run(
        ["/bin/sh", "-c", PYTHON.sub(lambda found: found[1] + own, line)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_shows_what_it_promises_to_run() -> None:
    """A README whose blocks lost their tag would pass the test above by running nothing."""
    shown = " ".join(line for block in blocks(README) if block.tag == "run" for line in block.lines)
    assert {"version", "check", "try", "decode"} <= set(VERB.findall(shown))


def test_the_two_readmes_lead_to_each_other_in_their_first_line() -> None:
    """Whoever lands on the wrong language is one click from the right one."""
    assert f"({TWIN.name})" in README.read_text(encoding="utf-8").splitlines()[0]
    assert f"({README.name})" in TWIN.read_text(encoding="utf-8").splitlines()[0]


def test_the_two_readmes_have_the_same_build() -> None:
    """Headings by level, fenced blocks word for word, links, table rows, inline code of tables."""
    assert [level for level, _ in headings(README)] == [level for level, _ in headings(TWIN)]
    assert blocks(README) == blocks(TWIN)
    assert set(links(README)) - {TWIN.name} == set(links(TWIN)) - {README.name}
    assert _first_cells(README) == _first_cells(TWIN)


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    """Files and folders only; other sites are not asked."""
    inside = [link for link in links(page) if "://" not in link]
    dead = [link for link in inside if not (page.parent / link.partition("#")[0]).exists()]
    assert not dead


def test_every_page_can_be_found_from_an_index() -> None:
    """A page that no page links to is not documentation."""
    linked = {(page.parent / link).resolve() for page in pages() for link in links(page)}
    lost = {page for page in pages() if page not in linked} - {README, TWIN}
    assert not lost


def test_every_make_target_that_is_shown_exists() -> None:
    """Also in prose."""
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    shown = {
        name for page in pages() for name in MADE.findall(_code(page.read_text(encoding="utf-8")))
    }
    assert shown <= targets, shown - targets


def test_every_command_of_the_readme_exists() -> None:
    """And is told by the program itself."""
    shown = sorted(
        {verb for page in (README, TWIN) for verb in VERB.findall(page.read_text("utf-8"))}
    )
    told = subprocess.run(
        [sys.executable, "run.py", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    unknown = [verb for verb in shown if not re.search(rf"\b{verb}\b", told.stdout)]
    assert not unknown


def _first_cells(page: Path) -> list[str]:
    """The inline code in the first cell of every table row."""
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    return [" ".join(re.findall(r"`[^`]+`", row.split("|")[1])) for row in rows]


def _code(text: str) -> str:
    """Fenced blocks and inline code: where `make` is a command and not a verb."""
    return "\n".join(re.findall(r"^```\w*\n.*?^```$|`[^`\n]+`", text, re.MULTILINE | re.DOTALL))
