"""Says that an account has a newer token, so that nobody goes on with one that is dead."""

from typing import Protocol


class Hints(Protocol):
    """The newest generations heard of. The tokens themselves are in SQL, never in here."""

    def tell(self, account: str, generation: int) -> None:
        """Let the others know that this generation is stored. Returns at once, never raises."""

    def newest(self, account: str) -> int:
        """Return the newest generation heard of, 0 when none was."""


class OwnHints:
    """Hints within one process."""

    def __init__(self) -> None:
        self._newest: dict[str, int] = {}

    def tell(self, account: str, generation: int) -> None:
        """Remember the newest generation."""
        self._newest[account] = max(generation, self.newest(account))

    def newest(self, account: str) -> int:
        """Return the newest generation told."""
        return self._newest.get(account, 0)
