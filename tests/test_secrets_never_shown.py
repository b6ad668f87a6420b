"""No command prints a secret: not in a report, not in an error, not in a traceback."""

import os
import subprocess
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.db.location import located
from commands.parts.compose import fill
from config.settings import BadSettings, load
from tests.homes import command
from tests.rooms import new_database
from tests.source import ROOT

CANARY = "C4n4ryC4n4ryC4n4ryC4n4ry"
KEY = (CANARY * 2)[:43]
# Nobody listens at port 1 of this machine: every command has to say so, without the password.
POSTGRES = f"postgresql://bo:{CANARY}@127.0.0.1:1/shop"
REDIS = f"redis://:{CANARY}@127.0.0.1:1/0"
SETTINGS = f"""\
accounts:
  - {{id: oa-main, kind: oa, appid: wx1, token: {CANARY}, aes_key: {KEY}, secret: {CANARY},
     api_base: "http://127.0.0.1:1"}}
  - {{id: corp, kind: wecom, corpid: ww1, agentid: 1, token: {CANARY}, aes_key: {KEY},
     secret: {CANARY}, api_base: "http://127.0.0.1:1"}}
sources:
  - {{id: till, kind: orders, secret: {CANARY}}}
redis_url: {REDIS}
"""
VERBS = (
    ("check",),
    ("check", "--json"),
    ("db", "status"),
    ("db", "status", "--json"),
    ("db", "migrate"),
    ("ledger",),
    ("why", "nobody"),
    ("member", "show", "nobody"),
    ("member", "export", "nobody"),
    ("member", "erase", "nobody", "--yes"),
    ("rules", "gaps"),
    ("doctor",),
    ("doctor", "--json"),
    ("serve",),
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that holds a canary wherever a secret may stand."""
    fill(tmp_path)
    (tmp_path / "settings.yaml").write_text(SETTINGS)
    return tmp_path


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != ("serve",)], ids=" ".join)
def test_no_command_prints_a_secret(
    verb: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new_database(home)
    told = command(capsys, *verb, "--home", home)
    assert told.out or told.err
    assert CANARY not in told.out + told.err


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_no_command_prints_the_password_of_a_database_that_it_cannot_reach(
    verb: tuple[str, ...],
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XIAOER_DATABASE", POSTGRES)
    told = command(capsys, *verb, "--home", home)
    assert told.out or told.err
    assert CANARY not in told.out + told.err


@pytest.mark.parametrize(
    "broken", ["database: mysql://bo:{}@h/d", "redis_url: http://:{}@h", "twin_clock_url: '{}'"]
)
def test_no_error_about_a_setting_repeats_it(
    broken: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = SETTINGS.replace(f"redis_url: {REDIS}\n", "") + broken.format(CANARY) + "\n"
    (home / "settings.yaml").write_text(text)
    for verb in ("check", "ledger"):
        told = command(capsys, verb, "--home", home)
        assert told.code and CANARY not in told.out + told.err
    with pytest.raises(BadSettings) as raised:
        load(home, {})
    assert CANARY not in "".join(traceback.format_exception(raised.value))


def test_no_value_that_holds_a_secret_shows_it(home: Path) -> None:
    settings = load(home, {"XIAOER_DATABASE": POSTGRES})
    place = located(settings.database)
    shown = "".join([repr(settings), str(settings), repr(place), str(place), f"{settings!r}"])
    assert CANARY not in shown


def test_a_process_that_fails_tells_its_traceback_and_no_secret(home: Path) -> None:
    """The whole program from outside, as a supervisor's journal would keep it."""
    environ: Mapping[str, str] = {**os.environ, "XIAOER_DATABASE": POSTGRES}
    done = subprocess.run(
        [sys.executable, "run.py", "serve", "--home", home],
        cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert CANARY not in done.stdout + done.stderr
    assert not any(CANARY in str(word) for word in done.args)
