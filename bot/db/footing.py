"""Tells whether the files that an open SQLite database writes are those that its path names.

Who removes or renames them beneath us makes every commit succeed, and last no longer than we do.
"""

import sqlite3
from pathlib import Path

_Known = tuple[int, int]


class Moved(sqlite3.OperationalError):
    """The database at its path is another by now, or none; the text says what to do."""


class Footing:
    """The files of one database as they were when it was opened, its log's from its first use."""

    def __init__(self, path: Path) -> None:
        self._path = path
        file = path.resolve()  # a log lies beside the file itself, not beside a link to it
        self._log = file.with_name(file.name + "-wal")
        self._file_known = _known(path)
        self._log_known: _Known | None = None

    def check(self) -> None:
        """Raise Moved unless both are in their places; once they are back, all is well again."""
        log_known = _known(self._log)
        self._log_known = self._log_known or log_known
        if (_known(self._path), log_known) != (self._file_known, self._log_known):
            raise Moved(
                "它或它的 -wal 被删除、改名或换掉了，写进去的留不住）：把原来的文件连同 -wal、-shm "
                "放回原处，服务会自己接上；要用换上的那一个，请重启服务"
            )


def _known(path: Path) -> _Known | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
