"""A pytest plugin that writes down how each test ended, and who raised what.

`--witness FILE` gets one JSON object a line. `--planted MODULE` is imported before any test is
collected: what does not even import says nothing about a test.
"""

import importlib
import json
from collections.abc import Generator
from pathlib import Path

import pytest

_SAYS_CHARS = 300


def pytest_addoption(parser: pytest.Parser) -> None:
    """Take the two options."""
    parser.addoption("--witness", type=Path, required=True)
    parser.addoption("--planted", action="append", default=[])


def pytest_collection(session: pytest.Session) -> None:
    """Import what was changed, and say when that went well."""
    for module in session.config.getoption("--planted"):
        importlib.import_module(module)
    _write(session.config, {"when": "imported"})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Write down how one phase of a test ended."""
    report = yield
    raised = call.excinfo
    _write(
        item.config,
        {
            "when": call.when,
            "test": item.nodeid,
            "outcome": report.outcome,
            "raised": raised.typename if raised else "",
            "where": _innermost(item, raised) if raised else "",
            "says": str(raised.value)[:_SAYS_CHARS] if raised else "",
        },
    )
    return report


def _innermost(item: pytest.Item, raised: pytest.ExceptionInfo[BaseException]) -> str:
    """Return the file of whoever raised it, from the project's root if it lies below."""
    path = Path(raised.traceback[-1].path)
    root = item.config.rootpath
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _write(config: pytest.Config, line: dict[str, str]) -> None:
    with config.getoption("--witness").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
