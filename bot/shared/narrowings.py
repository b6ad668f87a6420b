"""Says that a platform was asked too much at once, so that every process asks for less."""

from collections.abc import Callable
from typing import Protocol

Hearer = Callable[[str, int], object]  # given the API, and when the refused call began


class Narrowings(Protocol):
    """Refusals of 45033's kind, by account and API. A word that is lost costs another refusal."""

    def tell(self, account: str, api: str, began_us: int) -> None:
        """Let the others know that a call was refused. Returns at once and never raises."""

    def hear(self, account: str, hearer: Hearer) -> None:
        """Call `hearer` with what the others are refused; a later one takes its place."""


class OwnNarrowings:
    """Of one process, which has nobody to tell."""

    def __init__(self) -> None:
        self._hearers: dict[str, Hearer] = {}

    def tell(self, account: str, api: str, began_us: int) -> None:
        """Tell nobody."""

    def hear(self, account: str, hearer: Hearer) -> None:
        """Remember who is to be told of an account's refusals."""
        self._hearers[account] = hearer
