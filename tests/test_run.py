"""The first line anyone types: an old Python gets an answer, a bare one gets the project's own."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.source import ROOT, tree_of

OLD = "import runpy, sys; sys.version_info = (3, 8, 18); runpy.run_path('run.py')"
BARE = (sys.executable, "-S", "run.py")  # -S hides every installed package


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone, as far as starting goes."""
    (tmp_path / "commands").mkdir()
    for name in ("run.py", "commands/__init__.py", "commands/environment.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def _run(*command: str, where: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=where,
        env={"PATH": path, "PYTHONUTF8": "1"},
        input="a payload",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _program(path: Path, script: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def test_an_old_python_is_told_in_both_languages(clone: Path) -> None:
    """Exit code 2: the way it was used, not the program, is at fault."""
    told = _run(sys.executable, "-c", OLD, where=clone)
    assert told.returncode == 2
    assert "需要 Python 3.11 或更高版本，当前是 3.8" in told.stderr
    assert "needs Python 3.11 or newer; this is 3.8" in told.stderr


def test_run_py_holds_nothing_that_python_2_cannot_read() -> None:
    """Its first line declares the encoding; nothing below needs a newer grammar."""
    assert "coding: utf-8" in (ROOT / "run.py").read_text(encoding="utf-8").splitlines()[0]
    modern = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.AsyncFunctionDef, ast.FunctionDef)
    assert not [node for node in ast.walk(tree_of(ROOT / "run.py")) if isinstance(node, modern)]


def test_a_python_without_the_packages_is_lent_the_projects_own(clone: Path) -> None:
    """Arguments and standard input arrive untouched."""
    _program(clone / ".venv" / "bin" / "python", 'echo "lent: $*"; /bin/cat')
    lent = _run(*BARE, "decode", "--platform", "oa", where=clone)
    assert lent.stdout == "lent: run.py decode --platform oa\na payload"


def test_the_environment_is_made_when_it_is_not_there(clone: Path) -> None:
    """Its progress goes to standard error; the payload on standard input is not eaten."""
    _program(clone / "made" / "python", "/bin/cat")
    make = 'echo installing; /bin/cat; /bin/mkdir -p "$2/.venv"; /bin/mv "$2/made" "$2/.venv/bin"'
    _program(clone / "bin" / "make", make)
    made = _run(*BARE, "decode", where=clone, path=str(clone / "bin"))
    assert (made.stdout, made.stderr) == ("a payload", "installing\n")


def test_without_make_the_advice_names_what_is_missing(clone: Path) -> None:
    """No traceback for somebody who has only just cloned."""
    advised = _run(*BARE, "demo", where=clone, path="/nowhere")
    assert advised.returncode == 2
    assert "make setup" in advised.stderr
    assert "typer" in advised.stderr
    assert "Traceback" not in advised.stderr
