"""Whether an operator has stopped what goes out, so that nobody looks for a fault elsewhere."""

from collections.abc import Iterator

from bot.db import catalogue, pauses
from bot.db.location import Location
from bot.db.pauses import Pause
from bot.db.reading import ask
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from commands.doctor.finding import Finding, Status


def of_pauses(place: Location | None) -> Iterator[Finding]:
    """Yield a warning for all sending that is paused; a database that cannot be read says none."""
    try:
        found = ask(place, _sending, any_schema=True) if place else None
    except DatabaseTrouble:  # other checks say so
        return
    if found:
        yield Finding(
            account="", check="pause", status=Status.WARN, found=f"{found.told}：什么都不会发出",
            next="看原因：python run.py pause list；恢复：python run.py resume all-sending",
        )  # fmt: skip


async def _sending(tx: Tx) -> Pause | None:
    # A database of an older version has no pauses.
    return await pauses.sending(tx) if "pause" in await catalogue.tables(tx) else None
