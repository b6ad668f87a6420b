"""`rules lint`: what rules allow but probably do not mean, over a home or the samples."""

from pathlib import Path

from commands.parts.compose import open_home, sample_home
from commands.report import lint
from config.saying import longest_values


def run(home: Path | None, *, as_json: bool) -> int:
    """Print problems and findings, one a line; 1 when there is anything."""
    read = open_home(home) if home else sample_home()
    return lint.run(
        home=home,
        open_book=lambda _: read.rules,
        longest=longest_values(read.content),
        as_json=as_json,
    )
