"""Options that many verbs share, and where a home is named."""

import os
from pathlib import Path
from typing import Annotated

import typer

from commands.parts.problems import USAGE, Stop

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="家目录（也可用环境变量 XIAOER_HOME）", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON")]


def given(home: Path | None) -> Path | None:
    """Return the home that the option or the environment names, else None."""
    named = home or (Path(os.environ["XIAOER_HOME"]) if os.environ.get("XIAOER_HOME") else None)
    return named.resolve() if named else None


def needed(home: Path | None) -> Path:
    """Return the home; stop when nobody named one."""
    found = given(home)
    if found is None:
        raise Stop("要指明家目录：加 --home DIR，或设环境变量 XIAOER_HOME", USAGE)
    return found
