"""The law of imports, and the purity of everything that decides."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.source import ROOT, files, imports, place, tree_of

# load.py reads rule files, segment.py reads a dictionary; what they hand on is values. portable.py
# pickles them, in memory and by their identity.
RULE_READERS = ("keyword_rules/load.py", "keyword_rules/segment.py", "keyword_rules/portable.py")
PURE = [
    "handlers/*.py",
    "keyword_rules/*.py",
    "bot/events/*.py",
    "bot/facts.py",
    "bot/actions/*.py",
    "bot/errors.py",
    "bot/plan.py",
    "bot/carry.py",
    "bot/draft.py",
    "bot/fit.py",
    "bot/member.py",
    "bot/pausing.py",
    "config/calendar.py",
    "config/nouns.py",
    "config/service_notices.py",
]
OUTSIDE = {
    *("os", "pathlib", "io", "shutil", "tempfile", "glob", "socket", "ssl", "subprocess", "signal"),
    *("threading", "multiprocessing", "concurrent", "asyncio", "time", "random", "secrets", "uuid"),
    *("sqlite3", "logging", "aiohttp", "aiosqlite", "asyncpg", "redis", "requests", "structlog"),
    *("tortoise", "importlib"),
}
IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "__import__", "hash", "id"}
CLOCKS = {"now", "today", "utcnow"}
VOCABULARY = ("bot.events.", "bot.facts.", "bot.actions.", "keyword_rules.rule.", "handlers.")
PURE_LIBRARY = {
    *("collections", "dataclasses", "datetime", "enum", "functools", "itertools", "math"),
    *("operator", "re", "string", "typing", "zoneinfo"),
}


def test_the_import_contracts_hold() -> None:
    """The contracts are in pyproject.toml; this runs them as `make law` does."""
    checker = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [checker, "--no-logo", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_decides_reaches_for_nothing_outside() -> None:
    """Clock, dice, files and environment come in as facts or arguments."""
    faults = [fault for path in _pure_files() for fault in _faults(path, tree_of(path))]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    "source",
    [
        "from pathlib import Path",
        "import os.path",
        "def peek() -> str: return open('x').read()",
        "from datetime import datetime\nat = datetime.now()",
        "import datetime\nat = datetime.datetime.utcnow()",
        "key = hash('salted anew in every process')",
    ],
)
def test_an_impurity_is_found_when_there_is_one(source: str) -> None:
    """The search above must not pass because it is blind."""
    assert list(_faults(ROOT / "handlers" / "sly.py", ast.parse(source)))


def test_handlers_import_the_vocabulary_and_nothing_else() -> None:
    """Policy that knows no machinery can be read, tested and replaced alone."""
    strangers = [
        f"{place(path, node)} {full}"
        for path in files("handlers/*.py")
        for node, full in imports(tree_of(path))
        if full.split(".")[0] not in PURE_LIBRARY and not full.startswith(VOCABULARY)
    ]
    assert not strangers


def test_only_settings_and_commands_read_the_environment() -> None:
    """Whoever asks why the program behaves as it does looks in one place."""
    readers = ("config/settings.py", "commands/*.py", "commands/*/*.py", "bench/*.py")
    allowed = {*files(*readers, "tests/*.py", "tests/*/*.py")}
    found = [
        place(path, node)
        for path in files()
        if path not in allowed
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]
    assert not found


def test_bot_never_uses_the_codec_of_its_judge() -> None:
    """The twin seals with wechatpy; sharing it would let one mistake hide the other."""
    shared = [
        place(path, node)
        for path in files()
        if path.is_relative_to(ROOT / "bot")
        for node, full in imports(tree_of(path))
        if full.startswith(("wechatpy.crypto", "wechatpy.enterprise"))
    ]
    assert not shared


def _pure_files() -> list[Path]:
    readers = {*files(*RULE_READERS)}
    return [path for path in files(*PURE) if path not in readers]


def _faults(path: Path, tree: ast.Module) -> Iterator[str]:
    for node, full in imports(tree):
        if full.split(".")[0] in OUTSIDE:
            yield f"{place(path, node)} imports {full}"
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and (name := _impure(call.func)):
            yield f"{place(path, call)} calls {name}"


def _impure(called: ast.expr) -> str:
    match called:
        case ast.Name(id=name) if name in IMPURE_CALLS:
            return name
        case ast.Attribute(attr=name) if name in CLOCKS:
            return name
    return ""
