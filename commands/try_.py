"""`try`: which rule would win for a sentence, over a home or the samples."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.plan import CHANNELS, OCCASIONS, STAGES
from commands.parts.compose import open_home, sample_home
from commands.parts.problems import USAGE, stop
from commands.report import trial


def run(
    text: str, *, home: Path | None, store: str, channel: str, on: str, key: str,
    tags: frozenset[str], stage: str, as_json: bool,
) -> int:  # fmt: skip
    """Print which rule would win and why the others would not; 1 when rule files have problems.

    Stops when the store, channel, occasion or stage is none that there is.
    """
    if not text and on == "text":
        stop("要试哪句话？例如：try 领券 --store S012", USAGE)
    read = open_home(home) if home else sample_home()
    if store:
        _check("门店", store, read.content.stores)
    _check("渠道", channel, CHANNELS)
    _check("场合", on, OCCASIONS)
    _check("阶段", stage, STAGES)
    question = trial.Question(
        text=text,
        occasion=on,
        key=key,
        channel=channel,
        store=store,
        tags=tags,
        stage=stage,
        at=datetime.now(ZoneInfo(read.settings.store_zone)),
    )
    return trial.run(question, home=home, open_book=lambda _: read.rules, as_json=as_json)


def _check(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        stop(f"没有{what} {name}，可用的有：{'、'.join(sorted(known))}", USAGE)
