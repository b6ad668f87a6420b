"""Where a home's database is: a SQLite file of its own, or a PostgreSQL server it may share."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_SQLITE = "sqlite:"
_POSTGRES = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True, kw_only=True)
class SqliteFile:
    """A file that one process serves."""

    path: Path

    def __str__(self) -> str:
        """Return the path, as messages name it."""
        return str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A database of a PostgreSQL server, which many processes may serve together."""

    dsn: str = field(repr=False)  # may hold a password

    def __str__(self) -> str:
        """Return the address without its password and options, as messages name it.

        >>> str(Postgres(dsn="postgres://bo:secret@db.example:5433/shop?sslmode=require"))
        'postgresql://bo@db.example:5433/shop'
        """
        address = urlsplit(self.dsn)
        login, at, server = address.netloc.rpartition("@")
        socket = parse_qs(address.query).get("host", [""])[0]
        return f"postgresql://{login.partition(':')[0]}{at}{server or socket}{address.path}"


Location = SqliteFile | Postgres


def located(url: str) -> Location:
    """Return the place that the setting `database` names. Raises ValueError for another scheme.

    >>> located("sqlite:/home/bo/xiaoer.db")
    SqliteFile(path=PosixPath('/home/bo/xiaoer.db'))
    """
    if url.startswith(_SQLITE):
        return SqliteFile(path=Path(url.removeprefix(_SQLITE)))
    if url.startswith(_POSTGRES):
        return Postgres(dsn=url)
    raise ValueError("a database is named by sqlite: or postgresql://")
