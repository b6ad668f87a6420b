"""Pages speak of what is there: paths, functions of the flow, rules that would be accepted."""

import ast
import re
from pathlib import Path

import pytest

from commands.parts.compose import sample_home, vocabulary
from keyword_rules.load import RuleBook
from tests.pages import FENCE, blocks, pages
from tests.rule_pages import FOLDER
from tests.source import PACKAGES, ROOT, tree_of

CODE = re.compile(r"`([^`\n]+)`")
OURS = re.compile(rf"(?:{'|'.join((*PACKAGES, 'docs', 'docker'))})/[\w./-]*")
FLOW = ROOT / "docs" / "architecture.md"
NAME = re.compile(r"`([A-Za-z_]\w*)`")


def named(page: Path) -> list[str]:
    """The paths of this project that a page names in inline code."""
    prose = FENCE.sub("", page.read_text("utf-8"))
    return [code for code in CODE.findall(prose) if OURS.fullmatch(code)]


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_path_that_a_page_names_is_there(page: Path) -> None:
    assert [path for path in named(page) if not (ROOT / path).exists()] == []


def test_every_rule_that_a_page_shows_is_accepted_and_keeps_its_cases(tmp_path: Path) -> None:
    shown = [
        "\n".join(block.lines)
        for page in pages()
        if page.parent != FOLDER  # whose rules have a home of their own
        for block in blocks(page)
        if block.tag == "yaml" and any(line.startswith("- id: ") for line in block.lines)
        if any(line.startswith("  do:") for line in block.lines)  # content has ids too
    ]
    assert shown
    for number, text in enumerate(shown):
        (tmp_path / f"{number}.yaml").write_text(text, "utf-8")
    book = RuleBook(tmp_path, vocabulary(sample_home().content))
    book.reload()
    assert not book.problems
    ids = [line for text in shown for line in text.splitlines() if line.startswith("- id: ")]
    assert len(book.current.rules) == len(ids)


def test_every_name_of_the_flow_is_in_the_file_beside_it() -> None:
    rows = re.findall(r"^\| (\d+) \| `([^`]+)` \| (.*) \|$", FLOW.read_text("utf-8"), re.MULTILINE)
    assert [int(number) for number, _, _ in rows] == list(range(1, len(rows) + 1))
    missing = [
        f"{path}: {names[0]}"
        for _, path, told in rows
        if (names := NAME.findall(told)) and names[0] not in _defined(ROOT / path)
    ]
    assert missing == []


def test_every_value_that_passes_is_known_in_the_file_beside_it() -> None:
    rows = re.findall(
        r"^\| (`[A-Z].*?`) \| `([^`]+\.py)` \|", FLOW.read_text("utf-8"), re.MULTILINE
    )
    assert rows
    missing = [
        f"{path}: {name}"
        for names, path in rows
        for name in NAME.findall(names)
        if name not in _known(ROOT / path)
    ]
    assert missing == []


def _defined(path: Path) -> set[str]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(tree_of(path)) if isinstance(node, kinds)}


def _known(path: Path) -> set[str]:
    """What is defined there, or handed on from there."""
    imported = {
        alias.name
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    return _defined(path) | imported
