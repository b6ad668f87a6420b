"""What every test may rely on: repeatable properties, both engines, a browser or a reason."""

import shutil
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import settings

from tests import servers

# A shared, slow machine must not turn a property into a question of time.
settings.register_profile("xiaoer", deadline=None, print_blob=True)
settings.load_profile("xiaoer")

# A run that a shell began in the background ignores Ctrl-C, and so would every program it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let golden traces be written anew instead of compared, and pictures of pages be kept."""
    parser.addoption("--update-traces", action="store_true", help="write tests/traces anew")
    parser.addoption("--screenshots", action="store_true", help="write docs/img anew")


# What a database has to keep and decide, whichever it is: these files run once on each engine.
ON_BOTH = frozenset({
    "accept", "books", "db_answers", "db_contract", "db_inbox", "db_ledger", "db_people",
    "db_shelves", "db_talks", "erasing", "exporting", "ledger_command", "linking", "merging",
    "orders_rules", "orphans", "passphrases", "pausing", "perform", "reconcile_runs", "requeue",
    "resolving", "retention", "rounds", "rule_counts",
})  # fmt: skip


@pytest.fixture(autouse=True, scope="session")
def forgetful_logs() -> Iterator[None]:
    """Let loggers ask anew how they log: `serve` has them keep its way, and tests each have theirs.

    What kept an earlier test's way would tell nothing to `capture_logs` in a later one.
    """
    configure = structlog.configure

    def forgetful(**given: Any) -> None:
        configure(**{**given, "cache_logger_on_first_use": False})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(structlog, "configure", forgetful)
        yield


@pytest.fixture(autouse=True)
def on_engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """Keep the databases of `tests.rooms` on the engine that this run of a test is for."""
    with pytest.MonkeyPatch.context() as environment:
        if engine := getattr(request, "param", ""):
            environment.setenv(servers.ENGINE, engine)
        yield


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test of a file in `ON_BOTH` on each engine, unless all run on the server anyway."""
    name = metafunc.module.__name__.rpartition(".")[2].removeprefix("test_")
    if name in ON_BOTH and not servers.on_postgres():
        metafunc.parametrize("on_engine", ["sqlite", "postgres"], indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests, saying what to install, where there is no Chromium."""
    if any(shutil.which(name) for name in BROWSERS):
        return
    absent = pytest.mark.skip(reason="no Chromium: apt-get install chromium fonts-wqy-microhei")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(absent)
