"""`version`: what is running."""

import json
import platform
import tomllib
from pathlib import Path


def number() -> str:
    """Return the version of the program."""
    project = Path(__file__).resolve().parent.parent / "pyproject.toml"
    return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"])


def run(*, as_json: bool) -> int:
    """Print the version of the program, of Python, and of the database schema."""
    from bot.db.schema import known_migrations

    schema = known_migrations()[-1]
    if as_json:
        print(json.dumps({"v": 1, "version": number(), "python": platform.python_version(),
                          "schema": schema}))  # fmt: skip
    else:
        print(f"店小二 {number()} · Python {platform.python_version()} · 数据库结构 {schema}")
    return 0
