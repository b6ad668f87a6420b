"""One safeguard taken away: where it stands in the source, what is left, who must notice."""

from dataclasses import dataclass
from pathlib import PurePosixPath


class Rotten(ValueError):
    """A mutant no longer fits the source that it was written for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one file, and the tests of which each must fail by an assertion of its own.

    `text` stands in `file` exactly once, and `instead` takes its place. A test is named as
    `test_file::test_name`, which means all of its cases.
    """

    name: str
    takes_away: str
    file: str
    text: str
    instead: str
    caught_by: tuple[str, ...]

    @property
    def module(self) -> str:
        """Return the dotted name of the file.

        >>> Mutant(name="", takes_away="", file="bot/db/__init__.py", text="", instead="",
        ...        caught_by=()).module
        'bot.db'
        """
        parts = PurePosixPath(self.file).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def typed(self) -> bool:
        """Return whether the file is checked for types; what the ORM writes is not."""
        return "migrations" not in PurePosixPath(self.file).parts

    @property
    def nodes(self) -> tuple[str, ...]:
        """Return the tests as pytest names them."""
        return tuple(f"tests/{test.replace('::', '.py::')}" for test in self.caught_by)

    def planted(self, source: str) -> str:
        """Return the file's text without the safeguard. Raises Rotten when it cannot be found.

        >>> Mutant(name="m", takes_away="", file="a.py", text="x > 1", instead="True",
        ...        caught_by=()).planted("assert x > 1")
        'assert True'
        """
        times = source.count(self.text)
        if times != 1:
            raise Rotten(f"{self.name}: its text stands {times} times in {self.file}")
        return source.replace(self.text, self.instead)
