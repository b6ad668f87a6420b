"""The few words in which the rest of the program talks to a database, on either engine."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Value = str | int | bytes | None


class Row(Protocol):
    """One row; columns by name. The schema knows their types, the type checker does not."""

    def __getitem__(self, column: str, /) -> Any:
        """Return the column's value."""


class Tx(Protocol):
    """One transaction. Placeholders are `?`; statements are the same on every engine."""

    async def all(self, sql: str, *args: Value) -> Sequence[Row]:
        """Return every row."""

    async def one(self, sql: str, *args: Value) -> Row | None:
        """Return the first row, or None."""

    async def run(self, sql: str, *args: Value) -> int:
        """Run a statement and return how many rows it changed."""


Work = Callable[[Tx], Awaitable[T]]


class Database(Protocol):
    """Runs work in transactions. Work may only wait for its own transaction."""

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction; return when it is on disk. What it raises is raised here."""

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection that cannot write."""
