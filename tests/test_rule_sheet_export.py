"""The exported sheet: one rule a row, what each column means, what does not fit and why."""

import json

import pytest
from openpyxl import load_workbook

from commands.sheets.columns import COLUMNS
from tests.homes import command
from tests.rule_sheet import Office, office

__all__ = ["office"]


def test_a_rule_is_a_row_under_chinese_headings(office: Office) -> None:
    page = load_workbook(office.export())["规则"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows[0] == [column.heading for column in COLUMNS]
    coffee = dict(zip(rows[0], rows[1], strict=True))
    assert coffee["编号"] == "coffee"
    assert coffee["关键词"] == "咖啡、拿铁"
    assert coffee["匹配方式"] == "包含"
    assert coffee["门店"] == "S001"
    assert coffee["回复"] == "现磨咖啡一直有。"
    assert coffee["应命中的话"] == "有咖啡吗"
    assert coffee["不该命中的话"] == "茶叶蛋"
    assert coffee["出处"] == "food.yaml:2"
    assert coffee["另有"] == "limit、topic、1 条带条件的例句"
    assert [row[0] for row in rows[1:]] == ["coffee", "breakfast", "bread", "hello"]


def test_the_heading_stays_in_sight_and_cells_are_text_that_keeps_long_numbers(
    office: Office,
) -> None:
    page = load_workbook(office.export())["规则"]
    assert page.freeze_panes == "C2"
    assert page["A2"].number_format == "@"
    assert page.column_dimensions["Z"].hidden


def test_cells_offer_the_names_that_exist(office: Office) -> None:
    book = load_workbook(office.export())
    offered = {
        str(one.sqref).split("2:")[0]: one.formula1
        for one in book["规则"].data_validations.dataValidation
    }
    assert "读音" in str(offered["C"])
    about = book["说明"]
    names = {
        about.cell(1, at).value: {about.cell(row, at).value for row in range(2, 60)}
        for at in range(1, 20)
    }
    assert "newcomer" in names["可填的活动"]
    assert "S012" in names["可填的门店"]
    assert "pets" in names["可填的群池"]
    assert "兴趣/早餐" in names["可填的标签"]
    assert str(offered["J"]).startswith("说明!$")


def test_every_column_is_explained(office: Office) -> None:
    about = load_workbook(office.export())["说明"]
    explained = {about.cell(row, 1).value: about.cell(row, 2).value for row in range(2, 40)}
    assert all(explained[column.heading] for column in COLUMNS)


def test_rules_that_do_not_fit_one_row_are_listed_with_the_reason(office: Office) -> None:
    page = load_workbook(office.export())["不在表里的规则"]
    listed = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    assert listed == [
        ["greet", "hello.yaml:3", "不看顾客的话，看的是 follow"],
    ]


def test_a_csv_opens_without_asking_and_runs_nothing(office: Office) -> None:
    text = office.text().replace("现磨咖啡一直有。", "'=HYPERLINK(1)'")
    (office.home / "rules" / "food.yaml").write_text(text, "utf-8")
    file = office.export("rules.csv")
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    head, coffee, *_ = office.csv_rows(file)
    assert coffee[head.index("回复")] == "'=HYPERLINK(1)"
    before = office.texts()
    assert office.take(file=file).code == 0
    assert office.texts() == before


def test_a_file_with_a_mistake_is_left_out_and_told(office: Office) -> None:
    (office.home / "rules" / "hello.yaml").write_text("- id: hello\n  say: 你好\n", "utf-8")
    told = command(office.capsys, "rules", "export", office.sheet, "--home", office.home, "--json")
    document = json.loads(told.out)
    assert document["rules"] == 3
    assert [one["file"] for one in document["left"]] == ["hello.yaml"]
    assert "整个文件先要改好" in document["left"][0]["why"]


@pytest.mark.parametrize("name", ["rules.txt", "rules"])
def test_another_kind_of_file_is_refused(office: Office, name: str) -> None:
    told = command(office.capsys, "rules", "export", name, "--home", office.home)
    assert told.code == 2
    assert ".xlsx" in told.err
