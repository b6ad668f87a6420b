"""Every call is declared whole, and has a contract test that makes it at the twin."""

import ast
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from bot.actions import Class
from bot.platforms.call import Call
from tests.calls_page import EVERY


@lru_cache
def _made() -> frozenset[str]:
    """Return the names of everything that the contract tests construct."""
    pages = Path(__file__).parent.glob("test_contract_*.py")
    trees = (ast.parse(page.read_text("utf-8")) for page in pages)
    calls = (one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.Call))
    return frozenset(one.func.id for one in calls if isinstance(one.func, ast.Name))


@pytest.mark.parametrize("call", EVERY, ids=lambda call: str(call.__name__))
def test_a_call_is_declared_whole_and_made_at_the_twin(call: type[Call[Any]]) -> None:
    assert call.api.startswith("/")
    assert call.method in ("GET", "POST")
    assert isinstance(call.klass, Class)
    assert " section " in call.source
    assert call.__doc__ and not call.__doc__.startswith(f"{call.__name__}(")
    assert call.__name__ in _made()


def test_only_what_reads_is_asked_by_get() -> None:
    """A client sends a GET again by itself when a connection it had kept turns out to be closed."""
    asked = [call.__name__ for call in EVERY if call.method == "GET"]
    reads = [call.__name__ for call in EVERY if call.method == "GET" and call.klass is Class.B]
    assert asked == reads


def test_no_api_is_written_down_twice() -> None:
    assert len({call.__name__ for call in EVERY}) == len(EVERY)
