"""Opens a home for commands that only report: its settings and content, and its database to ask."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bot.db import reading
from bot.db.location import Location, located
from bot.db.tx import Work
from bot.errors import DatabaseTrouble
from commands.parts.compose import Home, open_home
from commands.parts.problems import stop

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A home as a report sees it."""

    home: Home
    database: Location

    def ask(self, work: Work[T], *, any_schema: bool = False) -> T:
        """Run a read; stops the command with a message when the database cannot be read."""
        try:
            return reading.ask(self.database, work, any_schema=any_schema)
        except DatabaseTrouble as trouble:
            stop(str(trouble))


def reader_of(folder: Path) -> Reader:
    """Open a home for reading; stops when there is none, or its settings cannot be used."""
    home = open_home(folder, with_rules=False)
    return Reader(home=home, database=database_of(home))


def database_of(home: Home) -> Location:
    """Return where a home's database is."""
    return located(home.settings.database)
