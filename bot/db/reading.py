"""Opens a database of this version for those who only look, while a server may be running."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from bot.db import catalogue
from bot.db.location import Location, SqliteFile
from bot.db.looking import look
from bot.db.schema import UNIQUE, missing_guards, refuse_newer, standing
from bot.db.tx import Tx, Work
from bot.errors import DatabaseTrouble

T = TypeVar("T")


def ask(location: Location, work: Work[T], *, any_schema: bool = False) -> T:
    """Run `work` on one snapshot of a database that cannot write; a server may run meanwhile.

    Raises DatabaseTrouble when a file is missing, locked for 1 s, unreadable, when a server
    cannot be reached within 2 s or, unless `any_schema`, when migrations lack; SchemaTooNew when
    it has newer ones.
    """
    if not there(location):
        raise DatabaseTrouble(
            f"还没有数据库 {location}：serve 第一次启动时会建好；如果早该有了，"
            "请检查 --home 与 settings.yaml 的 database"
        )

    async def checked(tx: Tx) -> T:
        if not any_schema:
            await _check_schema(tx, location)
        return await work(tx)

    return look(location, checked)


def there(location: Location) -> bool:
    """Tell whether a database is there to be asked; a server is, even with nothing in it yet."""
    return not isinstance(location, SqliteFile) or location.path.exists()


async def _check_schema(tx: Tx, location: Location) -> None:
    found = await standing(tx)
    refuse_newer(location, found)
    if found.pending:
        raise DatabaseTrouble(
            f"数据库 {location} 还缺迁移 {'、'.join(found.pending)}："
            "请先运行 python run.py db migrate"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """How a database is set up, and what it holds."""

    settings: Mapping[str, str]
    size_bytes: int
    rows: Mapping[str, int]
    missing_guards: tuple[str, ...]


async def engine(tx: Tx) -> Engine:
    """Return how a database is set up and how many rows each table holds; counts every row."""
    rows = {name: await catalogue.rows_of(tx, name) for name in await catalogue.tables(tx)}
    return Engine(
        settings=await catalogue.set_up(tx),
        size_bytes=await catalogue.size_bytes(tx),
        rows=rows,
        missing_guards=await missing_guards(tx) if UNIQUE.keys() <= rows.keys() else (),
    )
