"""What an operator has stopped, so that nobody looks for a fault elsewhere."""

from collections.abc import Iterator

from bot.db import catalogue, pauses
from bot.db.location import Location
from bot.db.pauses import Pause
from bot.db.reading import ask
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from bot.pausing import ALL_SENDING
from commands.doctor.finding import Finding, Status


def of_pauses(place: Location | None) -> Iterator[Finding]:
    """Yield a warning for each thing that is paused; a database that cannot be read says none."""
    try:
        found = ask(place, _standing, any_schema=True) if place else ()
    except DatabaseTrouble:  # other checks say so
        return
    for one in found:
        nothing = "：什么都不会发出" if one.name == ALL_SENDING else ""
        yield Finding(
            account="", check="pause", status=Status.WARN, found=f"{one.told}{nothing}",
            next=f"看原因：python run.py pause list；恢复：python run.py resume {one.name}",
        )  # fmt: skip


async def _standing(tx: Tx) -> tuple[Pause, ...]:
    # A database of an older version has no pauses.
    return await pauses.standing(tx) if "pause" in await catalogue.tables(tx) else ()
