"""`rules lint`: what rules allow but probably do not mean, over a home or the samples."""

from datetime import UTC, datetime
from pathlib import Path

from bot.db.location import located
from commands.checking.left import left_in
from commands.checking.offers import Shop
from commands.parts.compose import open_home, sample_home
from commands.report import lint
from config.saying import longest_values


def run(home: Path | None, *, as_json: bool) -> int:
    """Print problems and findings, one a line; 1 when there is more than information.

    A home's database is asked what is left and which rules are of use; nothing is changed.
    """
    read = open_home(home) if home else sample_home()
    now = datetime.now(UTC)
    left = None
    if home:
        now_us = int(now.timestamp() * 1_000_000)
        left = left_in(located(read.settings.database), read.content, now_us, hits=True)
    return lint.run(
        home=home,
        open_book=lambda _: read.rules,
        longest=longest_values(read.content),
        shop=Shop(content=read.content, now=now, left=left),
        as_json=as_json,
    )
