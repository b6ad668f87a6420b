"""`rules lint`: what rules allow but probably do not mean, over a home or the samples."""

from pathlib import Path

from commands.parts.compose import open_home, sample_home
from commands.report import lint
from keyword_rules.load import RuleBook


def run(home: Path | None, *, as_json: bool) -> int:
    """Print problems and findings, one a line; 1 when there is anything."""
    return lint.run(home=home, open_book=_book, as_json=as_json)


def _book(home: Path | None) -> RuleBook:
    return (open_home(home) if home else sample_home()).rules
