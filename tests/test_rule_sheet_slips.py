"""What a spreadsheet program does to a sheet that nobody meant: read rightly, or told."""

import pytest
from openpyxl import load_workbook

from tests.rule_sheet import Office, office

__all__ = ["office"]


def test_the_number_of_a_day_is_read_as_the_day_and_told(office: Office) -> None:
    office.export()
    office.edit("coffee", {"开始日期": 46327, "结束日期": 20261130})
    told = office.take()
    assert told.code == 0, told.err
    place = "第 2 行 开始日期（N 列）"
    assert f"{place}: 注意：“46327” 是没有显示成日期的数，读作 2026-11-01" in told.err
    assert "2026-11-01..2026-11-30" in office.text()


@pytest.mark.parametrize(("heading", "told"), [
    ("编号", "编号（A 列）: 这一行导出时是规则 r"),
    ("回复", "表格 回复（H 列）: 像是只给这一列排了序：4 行"),
])  # fmt: skip
def test_a_column_that_was_sorted_alone_changes_no_rule(
    office: Office, heading: str, told: str
) -> None:
    rule = "- id: r{0}\n  say: [词{0}]\n  do: [{{ reply: 答{1} }}]\n"
    many = "".join(rule.format(number, 9 - number) for number in range(1, 5))
    (office.home / "rules" / "many.yaml").write_text(many, "utf-8")
    office.export()
    book = load_workbook(office.sheet)
    page = book["规则"]
    column = next(cell.column for cell in page[1] if cell.value == heading)
    names = [row[0].value for row in page.iter_rows()]
    rows = [names.index(f"r{number}") + 1 for number in range(1, 5)]
    cells = [page.cell(row, column).value for row in rows]
    for row, value in zip(rows, reversed(cells), strict=True):
        page.cell(row, column).value = value
    book.save(office.sheet)
    said = office.take()
    assert said.code == 1 and told in said.err
    assert office.text("many.yaml") == many
    assert (office.take("--force").code, office.text("many.yaml") == many) == (0, False)
