"""index.csv beside the pictures: which code is in which file, and what need not be asked again."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from commands.codes.pictures import Picture
from commands.codes.rows import Code
from config.rosters import Cells
from config.sheets import guarded, read_sheet
from config.whole import write_whole

FILE = "index.csv"
_HEADERS: Mapping[str, str] = {
    "key": "活码",
    "store": "门店编号",
    "name": "门店名称",
    "poster": "海报",
    "staff": "导购",
    "picture": "图片",
    "account": "账号",
    "number": "平台编号",
    "shows": "内容",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """The index of one folder of pictures."""

    folder: Path

    def done(self) -> frozenset[str]:
        """Return the keys whose picture is there; a line that was cut off counts for nothing."""
        return frozenset(row["key"] for row in self._rows() if self._shown(row))

    def add(self, code: Code, picture: Picture, *, account: str, store: str) -> str:
        """Keep a picture, then its line; return the picture's file name.

        The line is written last and synced, so that it never speaks of a picture that is not
        there. Raises OSError.
        """
        name = f"{code.key}.{picture.suffix}"
        write_whole(self.folder / name, picture.content)
        row = {
            **{field: code.row.get(field, "") for field in ("key", "store", "poster", "staff")},
            "name": store,
            "picture": name,
            "account": account,
            "number": picture.number,
            "shows": picture.shows,
        }
        self._append(row)
        return name

    def _rows(self) -> Sequence[Cells]:
        if not (self.folder / FILE).exists():
            return ()
        nodes, _ = read_sheet(self.folder, FILE, _HEADERS)
        cells = [node.value for node in nodes if isinstance(node.value, Mapping)]
        return [{field: cell.text for field, cell in row.items()} for row in cells]

    def _shown(self, row: Cells) -> bool:
        picture = row.get("picture", "")
        return bool(picture and row.get("shows")) and (self.folder / picture).is_file()

    def _append(self, row: Cells) -> None:
        path = self.folder / FILE
        if not path.exists():
            write_whole(path, _line(_HEADERS.values()).encode("utf-8-sig"))
        with path.open("r+b") as file:
            file.seek(0, 2)
            if file.tell():
                file.seek(-1, 2)
                torn = file.read(1) != b"\n"  # the run before was stopped in the middle of a line
                file.write(b"\n" if torn else b"")
            file.write(_line(row[field] for field in _HEADERS).encode())
            file.flush()


def _line(cells: Iterable[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(map(guarded, cells))
    return text.getvalue()
