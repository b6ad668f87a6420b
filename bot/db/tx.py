"""The few words in which the rest of the program talks to a database, on either engine."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar, Protocol, TypeVar

T = TypeVar("T")
Value = str | int | bytes | None


class Row(Protocol):
    """One row; columns by name. The schema knows their types, the type checker does not."""

    def __getitem__(self, column: str, /) -> Any:
        """Return the column's value."""


class Tx(Protocol):
    """One transaction. Placeholders are `?`; statements are the same on every engine.

    `alone`: no other process can write this database, nor another transaction now.
    `skip_locked` and `wait_locked` follow a SELECT of rows about to be changed: rows that others
    hold are passed over, or waited for.
    """

    alone: ClassVar[bool]
    skip_locked: ClassVar[str]
    wait_locked: ClassVar[str]

    async def all(self, sql: str, *args: Value) -> Sequence[Row]:
        """Return every row."""

    async def one(self, sql: str, *args: Value) -> Row | None:
        """Return the first row, or None."""

    async def run(self, sql: str, *args: Value) -> int:
        """Run a statement and return how many rows it changed."""

    async def lock(self, *names: str) -> None:
        """Wait for named locks and hold them until the transaction ends.

        The engine takes them in one order, whatever the order of the names. Nothing to do where
        there is one writer.
        """

    async def try_lock(self, name: str) -> bool:
        """Take a named lock until the transaction ends; False at once when another has it."""

    async def clock_us(self) -> int:
        """Return the database's own clock in UTC microseconds.

        For leases between processes only; whatever customers feel goes by `bot.clock`.
        """


Work = Callable[[Tx], Awaitable[T]]


class Database(Protocol):
    """Runs work in transactions. Work may only wait for its own transaction.

    `alone`: no other process can write this database.
    """

    alone: ClassVar[bool]

    async def write(self, work: Work[T], *, soon: bool = False) -> T:
        """Run `work` in a transaction; return when it is on disk. What it raises is raised here.

        `soon`: ahead of what else waits for the one writer, where there is one: for what is short,
        and whose loss would leave a question open.

        Work may be run again from its beginning when another transaction was in its way, so it
        changes nothing but its transaction. Raises DatabaseTrouble when the engine cannot do it;
        a connection lost at the very end leaves open whether it was done.
        """

    async def read(self, work: Work[T]) -> T:
        """Run `work` on a connection that cannot write."""
