"""The shape of the tree: small files and functions, everything documented, no import cycle."""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.source import (
    PACKAGES,
    ROOT,
    Function,
    files,
    functions,
    imports,
    name_of,
    place,
    tree_of,
)

FILE_LINES = 300
FUNCTION_LINES = 40

# Exceptions, each with its reason: "path" or "path:function" -> why it may be longer.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}

UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
WRITTEN = {".py", ".md", ".yaml", ".toml", ".csv", ".html", ".css", ".js"}


def test_no_file_is_longer_than_its_cap() -> None:
    """Split by noun before a file needs scrolling; a listed exception must still be one."""
    lengths = {str(path.relative_to(ROOT)): _lines(path) for path in files()}
    long = {name: count for name, count in lengths.items() if count > FILE_LINES}
    assert long.keys() == LONG_FILES.keys(), long


def test_no_function_is_longer_than_its_cap() -> None:
    """Docstring included, decorators not."""
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": _span(node)
        for path in files()
        for node in functions(tree_of(path))
        if _span(node) > FUNCTION_LINES
    }
    assert long.keys() == LONG_FUNCTIONS.keys(), long


def test_every_module_says_in_its_first_line_what_it_is() -> None:
    """Also packages that hold nothing but modules."""
    mute = [place(path) for path in files() if not ast.get_docstring(tree_of(path))]
    assert not mute


def test_everything_public_is_documented() -> None:
    """Functions, classes, methods without a leading underscore; an override inherits its text."""
    told = {
        (owner.name, inner.name)
        for owners in _classes().values()
        for owner in owners
        for inner in _documented(owner)
    }
    mute = [
        f"{place(path, node)} {node.name}"
        for path in files()
        if path.parent.name != "tests"  # a test's name is its sentence
        for node, bases in _public(tree_of(path).body)
        if not ast.get_docstring(node) and not {(base, node.name) for base in bases} & told
    ]
    assert not mute, "\n".join(mute)


def test_no_module_imports_itself_through_others() -> None:
    """Imports inside functions count: a cycle that is put off is still a cycle."""
    names = {name_of(path) for path in files()}
    graph = {
        name_of(path): {_module(full, names) for _, full in imports(tree_of(path))} - {""}
        for path in files()
    }
    assert not list(_cycles(graph))


def test_a_cycle_is_found_when_there_is_one() -> None:
    """The search above must not pass because it is blind."""
    assert list(_cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}))
    assert not list(_cycles({"a": {"b", "c"}, "b": {"c"}, "c": set()}))


def test_nothing_is_left_for_later() -> None:
    """What is not done is an issue of the tracker, not a comment."""
    ours = [path for package in (*PACKAGES, "docs") for path in (ROOT / package).rglob("*.*")]
    ours += [*ROOT.glob("*.md"), *ROOT.glob("*.yaml"), *ROOT.glob("*.toml"), ROOT / "run.py"]
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in ours
        if path.suffix in WRITTEN
        for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not found


def test_the_locks_name_no_index_and_hash_everything() -> None:
    """Whoever installs chooses where from; nobody chooses what."""
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert "://" not in text
        for requirement in re.split(r"\n(?=[a-z])", text)[1:]:
            assert "--hash=sha256:" in requirement, requirement.splitlines()[0]


def test_the_locks_hold_every_dependency_and_agree() -> None:
    """The develop lock contains the run lock, so that one environment can serve both."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run, develop = _pins("requirements.lock"), _pins("requirements-dev.lock")
    assert {_distribution(line) for line in wanted["project"]["dependencies"]} <= run.keys()
    assert {_distribution(line) for line in wanted["dependency-groups"]["dev"]} <= develop.keys()
    assert run.items() <= develop.items()


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _span(node: Function) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _public(
    body: list[ast.stmt], bases: frozenset[str] = frozenset()
) -> Iterator[tuple[Function | ast.ClassDef, frozenset[str]]]:
    """What a body shows to others, each with the names of all classes above its own."""
    for node in body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node, bases
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node, frozenset()
            methods = [inner for inner in node.body if isinstance(inner, Function)]
            yield from _public([*methods], _ancestors(node))


@cache
def _classes() -> Mapping[str, tuple[ast.ClassDef, ...]]:
    """Every class by its name."""
    found: defaultdict[str, tuple[ast.ClassDef, ...]] = defaultdict(tuple)
    for path in files():
        for node in tree_of(path).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] += (node,)
    return found


def _documented(owner: ast.ClassDef) -> Iterator[Function]:
    for inner in owner.body:
        if isinstance(inner, Function) and ast.get_docstring(inner):
            yield inner


def _ancestors(owner: ast.ClassDef) -> frozenset[str]:
    direct = {ast.unparse(base).partition("[")[0].rpartition(".")[2] for base in owner.bases}
    named = (node for name in direct - {owner.name} for node in _classes().get(name, ()))
    above = [_ancestors(node) for node in named]
    return frozenset(direct).union(*above)


def _module(full: str, names: set[str]) -> str:
    """The module of ours that an imported name belongs to, or "" when it is not ours."""
    while full and full not in names:
        full = full.rpartition(".")[0]
    return full


def _cycles(graph: dict[str, set[str]]) -> Iterator[list[str]]:
    finished: set[str] = set()

    def walk(name: str, path: list[str]) -> Iterator[list[str]]:
        if name in path:
            yield [*path[path.index(name) :], name]
        elif name not in finished:
            for follower in sorted(graph.get(name, ())):
                yield from walk(follower, [*path, name])
            finished.add(name)

    for name in sorted(graph):
        yield from walk(name, [])


def _pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", text, re.MULTILINE))


def _distribution(requirement: str) -> str:
    return re.split(r"[\[=~><;! ]", requirement)[0].lower()
