"""What the twin answers is either published or owned up to on its page."""

import ast
import re
from collections.abc import Iterator

from tests.source import ROOT, files, tree_of
from twin.corp.host import WECOM_HOST
from twin.oa.host import OA_HOST

PAGE = (ROOT / "docs" / "reference" / "twin.md").read_text("utf-8")
CODE = re.compile(r"(?<![\d.])(\d{5,6})(?!\d)")
RANGE = re.compile(r"(\d{5}) to (\d{5})")
CODES = range(30_000, 400_000)
ROUTE = re.compile(r"/twin/[a-z_/]+")


def written(text: str) -> set[int]:
    """The numbers in a text that may be error codes, ranges told as «40016 to 40027» too."""
    found = {int(one) for one in CODE.findall(text)}
    for first, last in RANGE.findall(text):
        found |= set(range(int(first), int(last) + 1))
    return found


def published() -> set[int]:
    """The codes of the platforms' own lists, as our error tables have them."""
    tables = ROOT.glob("bot/platforms/*/errors.yaml")
    return set().union(*(written(table.read_text("utf-8")) for table in tables))


def answered() -> Iterator[tuple[int, str]]:
    """Every number in the twin's code that may be an error code, and where."""
    for path in files("twin/*.py", "twin/*/*.py"):
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Constant) and _is_code(node.value):
                yield int(str(node.value)), f"{path.relative_to(ROOT)}:{node.lineno}"


def _is_code(value: object) -> bool:
    """Tell a code from sizes and times, which are powers of two or end in 00."""
    if not isinstance(value, int) or value not in CODES:
        return False
    return bool(value % 100 and value & (value - 1))


def test_every_code_that_is_answered_is_published_or_named_as_invented() -> None:
    known = published() | written(PAGE)
    assert len({code for code, _ in answered()}) > 50
    assert [place for code, place in answered() if code not in known] == []


def test_what_is_left_out_is_not_served() -> None:
    _, _, left_out = PAGE.partition("\n## Left out\n")
    assert left_out
    named = set(re.findall(r"`([\w/]+)`", left_out))
    served = {path for host in (OA_HOST, WECOM_HOST) for path in (*host.endpoints,)}
    assert [one for one in named if any(path.endswith(f"/{one}") for path in served)] == []


def test_every_address_of_the_control_is_on_the_page() -> None:
    routes = {
        ROUTE.match(node.value)[0].rstrip("/")  # type: ignore[index]  # matched just before
        for path in files("twin/*.py", "twin/*/*.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and ROUTE.match(node.value)
    }
    assert len(routes) > 15
    assert [route for route in sorted(routes) if route not in PAGE] == []
