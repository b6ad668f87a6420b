"""The project's own source as a test sees it: files, module names, syntax trees, imports."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "handlers", "keyword_rules", "config", "twin", "commands", "bench", "tests")
MIGRATIONS = ROOT / "bot" / "db" / "migrations"  # written by the ORM, read by nobody
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*patterns: str) -> list[Path]:
    """Our Python files, migrations left out; with patterns, those that match one of them."""
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    ours = sorted(path for path in [*found, ROOT / "run.py"] if MIGRATIONS not in path.parents)
    if not patterns:
        return ours
    return [path for path in ours if any(_relative(path).match(pattern) for pattern in patterns)]


def name_of(path: Path) -> str:
    """The dotted module name of one of our files."""
    parts = _relative(path).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def place(path: Path, node: ast.stmt | ast.expr | None = None) -> str:
    """Where something is, as an editor understands it."""
    return f"{_relative(path)}:{node.lineno if node else 1}"


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of one of our files."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.Module) -> Iterator[Function]:
    """Every function of a module, methods and nested ones included."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def imports(tree: ast.Module) -> Iterator[tuple[ast.Import | ast.ImportFrom, str]]:
    """Every import with each full name it may mean; relative imports are banned by the linter.

    `from a import b` yields `a.b`: the reader decides whether `b` is a module or a name in `a`.
    """
    typing_only = {id(node) for block in _typing_blocks(tree) for node in ast.walk(block)}
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node, f"{node.module}.{alias.name}"


def _typing_blocks(tree: ast.Module) -> Iterator[ast.If]:
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            yield node


def _relative(path: Path) -> Path:
    return path.relative_to(ROOT)
