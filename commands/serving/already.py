"""Says that a home is served already, before the program is loaded, which would take longer."""

import os
from pathlib import Path

from bot.db.location import SqliteFile, located
from bot.db.opening import held_lock
from bot.errors import AlreadyServed, DatabaseTrouble
from commands.parts.problems import stop
from config.settings import BadSettings, load


def refuse_second(home: Path) -> None:
    """Stop when another process serves a home's SQLite file; whatever else is wrong is told later.

    It is no promise: who goes on takes the lock for good when the database is opened.
    """
    try:
        place = located(load(home, os.environ).database)
        if isinstance(place, SqliteFile) and place.path.exists():
            with held_lock(place.path):
                return
    except AlreadyServed as served:
        stop(str(served))
    except (BadSettings, DatabaseTrouble):
        return
