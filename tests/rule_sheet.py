"""A home with a few rules, and an operator who edits their sheet in a spreadsheet program."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from commands.parts.compose import fill
from tests.homes import Told, command

FOOD = """\
# 吃的
- id: coffee  # 咖啡
  # 先说咖啡
  say: { any: [咖啡, 拿铁], mode: contains }
  where: { store: [S001], limit: { times: 3, per: day } }  # 一天三次
  # 再回答
  do:
    - reply: 现磨咖啡一直有。
    - topic: hours
  cases:
    - { text: 有咖啡吗, hit: true }
    - { text: 来杯拿铁, store: S001, hit: true }
    - { text: 茶叶蛋, hit: false }

# 早餐在下面
- id: breakfast
  say: [早餐, 豆浆]
  do:
    - grant: { campaign: breakfast }
    - tag: [兴趣/早餐]
  note: 早上用

- id: bread
  say: { any: [面包, { words: [土司], mode: sound }] }
  do:
    - reply: 面包在门口。
"""
HELLO = """\
- { id: hello, say: { any: [你好], mode: equals }, do: [{ reply: "您好：请说" }] }

- id: greet
  on: [follow]
  do:
    - welcome
"""


@dataclass(frozen=True)
class Office:
    """A home, the sheet beside it, and the command line."""

    home: Path
    sheet: Path
    capsys: pytest.CaptureFixture[str]

    def export(self, name: str = "") -> Path:
        """Export the rules to the sheet, or to one of another name."""
        file = self.home.parent / name if name else self.sheet
        told = command(self.capsys, "rules", "export", file, "--home", self.home)
        assert told.code == 0, told.err
        return file

    def take(self, *words: object, file: Path | None = None) -> Told:
        """Import the sheet."""
        return command(
            self.capsys, "rules", "import", file or self.sheet, "--home", self.home, *words
        )

    def json(self, *words: object, file: Path | None = None) -> dict[str, object]:
        """Import the sheet and return what is told as JSON."""
        told: dict[str, object] = json.loads(self.take("--json", *words, file=file).out)
        return told

    def edit(self, name: str, cells: Mapping[str, object]) -> None:
        """Write cells of the rule with this id, under their headings, as a person would."""
        book = load_workbook(self.sheet)
        page = book["规则"]
        row = next(row for row in range(2, page.max_row + 1) if page.cell(row, 1).value == name)
        _fill(page, row, cells)
        book.save(self.sheet)

    def append(self, *rows: Mapping[str, object]) -> int:
        """Write new rows below the last one; return the number of the first."""
        book = load_workbook(self.sheet)
        page = book["规则"]
        first = page.max_row + 1
        for number, cells in enumerate(rows, start=first):
            _fill(page, number, cells)
        book.save(self.sheet)
        return first

    def mark(self, name: str) -> object:
        """Return the hidden cell of a rule's row."""
        page = load_workbook(self.sheet)["规则"]
        return next(row[-1].value for row in page.iter_rows() if row[0].value == name)

    def remove(self, name: str) -> None:
        """Delete the row of a rule."""
        book = load_workbook(self.sheet)
        page = book["规则"]
        page.delete_rows(
            next(row for row in range(2, page.max_row + 1) if page.cell(row, 1).value == name)
        )
        book.save(self.sheet)

    def text(self, name: str = "food.yaml") -> str:
        """Return a rule file as it is."""
        return (self.home / "rules" / name).read_text("utf-8")

    def texts(self) -> dict[str, bytes]:
        """Return all rule files as they are."""
        return {path.name: path.read_bytes() for path in (self.home / "rules").iterdir()}

    def csv_rows(self, file: Path) -> list[list[str]]:
        """Return what a CSV sheet holds."""
        return list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))


def _fill(page: Worksheet, row: int, cells: Mapping[str, object]) -> None:
    places = {page.cell(1, at).value: at for at in range(1, page.max_column + 1)}
    for heading, value in cells.items():
        assert isinstance(value, str | int | float | bool | date | None)
        page.cell(row, places[heading]).value = value


@pytest.fixture
def office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Office:
    """A home of the samples' stores and campaigns with five rules in two files."""
    home = tmp_path / "home"
    home.mkdir()
    fill(home)
    for path in (home / "rules").iterdir():
        path.unlink()
    (home / "rules" / "food.yaml").write_text(FOOD, "utf-8")
    (home / "rules" / "hello.yaml").write_text(HELLO, "utf-8")
    return Office(home=home, sheet=tmp_path / "rules.xlsx", capsys=capsys)
