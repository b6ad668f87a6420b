"""The book: everything the twin sent, was asked and showed, in order; kept as JSON lines."""

import asyncio
import json
from collections import Counter
from pathlib import Path

from twin.shape import Json


class Book:
    """Entries numbered from 1; each is in the file before `write` returns."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.entries: list[Json] = []
        self._file = path.open("a", encoding="utf-8")
        self._written = asyncio.Event()
        self._ended = False

    def write(self, kind: str, at: float, **rest: object) -> int:
        """Append an entry and return its number. Raises OSError when the file cannot take it."""
        number = len(self.entries) + 1
        entry: Json = {"n": number, "kind": kind, "at": round(at, 6), **rest}
        self.entries.append(entry)
        self._file.write(line(entry))
        self._file.flush()
        self._tell()
        return number

    def since(self, number: int) -> list[Json]:
        """Return the entries after this number."""
        return self.entries[max(number, 0) :]

    async def after(self, number: int) -> list[Json]:
        """Return the entries after this number, waiting until there is one; none at the end."""
        while not (found := self.since(number)) and not self._ended:
            await self._written.wait()
        return found

    def summary(self) -> Json:
        """Return the counts that a verdict starts from."""
        kinds = Counter(str(one["kind"]) for one in self.entries)
        posts = [one for one in self.entries if one["kind"] == "callback"]
        calls = [one for one in self.entries if one["kind"] == "call"]
        return {
            "sent": kinds["happening"],
            "answered": len({str(one["happening"]) for one in posts if one["delivered"]}),
            "asked": kinds["call"],
            "posts": len(posts),
            "redeliveries": sum(bool(one["redelivery"]) for one in posts),
            "shown": kinds["shown"],
            "faults_shown": kinds["fault_shown"],
            "overlaps": sum(bool(one["overlap"]) for one in calls),
            "by_errcode": dict(Counter(str(one["errcode"]) for one in calls)),
            "by_api": dict(Counter(str(one["api"]) for one in calls)),
        }

    def end(self) -> None:
        """Let everybody go who waits for entries; what is still written, nobody waits for."""
        self._ended = True
        self._tell()

    def close(self) -> None:
        """Close the file; nothing may be written afterwards."""
        self.end()
        self._file.close()

    def _tell(self) -> None:
        self._written.set()
        self._written = asyncio.Event()


def line(entry: Json) -> str:
    """Return an entry as a line of the file."""
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"
