"""What people type into cells: read when its meaning is clear, told by row and column when not."""

import csv
import io
from datetime import date, datetime, time
from pathlib import Path
from time import process_time

import pytest
from openpyxl import Workbook, load_workbook

from commands.sheets.columns import BY_FIELD
from commands.sheets.names import Names
from commands.sheets.spellings import Raw, spelled
from commands.sheets.wrong import BadCell
from tests.rule_sheet import FOOD, Office, office

__all__ = ["office"]

NAMES = Names({
    "store": {"S012": "良渚店", "12": "十二店", "0007": "七店"}, "channel": {"oa": "", "kf": ""},
    "campaign": {"newcomer": "新人券"}, "pool": {"pets": "宠物群"}, "persona": {"xiaoer": "小二"},
    "tag": {},
})  # fmt: skip


@pytest.mark.parametrize(
    ("field", "raw", "wanted"),
    [
        ("first", "2026-11-01", "2026-11-01"),
        ("first", "2026/11/1", "2026-11-01"),
        ("first", "2026年11月1日", "2026-11-01"),
        ("first", "２０２６．１１．１", "2026-11-01"),
        ("first", "2026/11/1 0:00:00", "2026-11-01"),
        ("first", datetime(2026, 11, 1), "2026-11-01"),  # noqa: DTZ001 (a cell has no zone)
        ("first", date(2026, 11, 1), "2026-11-01"),
        ("first", 46327.0, "2026-11-01"),
        ("first", "46327", "2026-11-01"),
        ("first", 20261101.0, "2026-11-01"),
        ("stores", "Ｓ０１２ ", "S012"),
        ("stores", 7.0, "0007"),
        ("stores", "7、12", "0007、12"),
        ("stores", 12.0, "12"),
        ("stores", "S012, 12", "S012、12"),
        ("stores", "良渚店", "S012"),
        ("channels", "kf\noa", "kf、oa"),
        ("campaign", "新人券", "newcomer"),
        ("mode", None, "包含"),
        ("mode", "sound", "读音"),
        ("mode", " 完全匹配", "完全一致"),
        ("words", " 领券 、\n优惠券、", "领券、优惠券"),
        ("words", 1111.0, "1111"),
        ("weekdays", "周一、星期三", "一、三"),
        ("weekdays", "周五至周一", "一、五、六、日"),
        ("hours", "8：00—22:00", "08:00-22:00"),
        ("priority", 10.0, "10"),
        ("priority", "5.0 ", "5"),
        ("priority", "０", ""),
        ("continue", True, "是"),
        ("continue", "否", ""),
        ("reply", "一\r\n二", "一\n二"),
        ("reply", "一_x000D_\n二", "一\n二"),
    ],
)
def test_a_cell_means_the_same_however_a_spreadsheet_dresses_it(
    field: str, raw: Raw | None, wanted: str
) -> None:
    assert spelled(BY_FIELD[field], raw, NAMES) == wanted


@pytest.mark.parametrize(
    ("field", "raw", "told", "hint"),
    [
        ("first", "2026-13-01", "没有这一天", "2026-11-01"),
        ("first", "2026/2/30", "没有这一天：2026 年 2 月 30 日", "2026-11-01"),
        ("first", "下周一", "不是日期", "2026-11-01"),
        ("first", 463270.0, "不是日期", "2026-11-01"),
        ("first", 46327.5, "不是日期", "2026-11-01"),
        ("first", 11.01, "不是日期", "2026-11-01"),
        ("stores", "S021", "没有门店 S021", "S012"),
        ("campaign", "newcommer", "没有活动 newcommer", "newcomer"),
        ("mode", "完全一样", "没有这种匹配方式", "完全一致"),
        ("weekdays", "一、八", "没有星期 八", "一、三、五"),
        ("hours", "8点到22点", "不是时段", "08:00-22:00"),
        ("hours", "08:00-25:00", "没有这个时刻", "08:00-22:00"),
        ("priority", "高", "不是整数", "10"),
        ("priority", 1.5, "不是整数", "10"),
        ("continue", "也许", "只能填", ""),
        ("words", date(2026, 11, 11), "变成了日期", "文本"),
        ("words", time(8, 0), "变成了日期或时间", "文本"),
        ("id", 6.217e18, "号码太长", "文本"),
        ("reply", "#REF!", "公式出错", "公式"),
        ("reply", "a\x07", "控制字符", "删掉"),
    ],
)
def test_a_cell_that_means_nothing_is_told(field: str, raw: Raw, told: str, hint: str) -> None:
    with pytest.raises(BadCell, match=told) as refused:
        spelled(BY_FIELD[field], raw, NAMES)
    assert hint in refused.value.hint


def test_wrong_rows_are_told_by_place_and_the_good_ones_are_applied(office: Office) -> None:
    office.export()
    office.edit("breakfast", {"开始日期": "2026-13-01"})
    office.edit("hello", {"回复": "您好呀"})
    first = office.append(
        {"关键词": "停车", "门店": "S0I2", "回复": "后门"},
        {"关键词": None, "回复": "没有词"},
        {"关键词": "雨伞", "活动": "newcommer"},
        {"关键词": "打折", "开始日期": "2026-11-30", "结束日期": "2026-11-01", "回复": "没有"},
        {"关键词": "礼品"},
        {"关键词": "(", "匹配方式": "正则", "回复": "括号"},
        {"关键词": "花", "回复": "{store_nmae}有花"},
        {"关键词": "草", "回复": "有草", "应命中的话": "有树吗"},
        {"关键词": "树", "回复": "有树", "不该命中的话": "有树吗"},
        {"关键词": "水", "回复": "有水"},
    )
    told = office.take()
    assert told.code == 1
    lines = told.err.splitlines()
    assert any("第 3 行 开始日期（N 列）: “2026-13-01”" in line for line in lines)
    expected = [
        "门店（F 列）: “S0I2” 没有门店 S0I2", "关键词（B 列）: 没有关键词",
        "活动（J 列）: “newcommer” 没有活动", "结束日期（O 列）: “2026-11-01” 结束日期早于",
        "回复（H 列）: 命中以后什么都不做", "关键词", "回复", "应命中的话", "不该命中的话",
    ]  # fmt: skip
    for row, place in enumerate(expected, start=first):
        assert any(f"第 {row} 行 {place}" in line for line in lines), (row, place, lines)
    assert "新增 1，改动 1" in told.out
    assert "您好呀" in office.text("hello.yaml")
    assert office.text() == FOOD
    assert "有水" in office.text("sheet.yaml")


def test_columns_are_known_by_their_headings_in_any_order_below_a_title(office: Office) -> None:
    office.export()
    page = load_workbook(office.sheet)["规则"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    book = Workbook()
    made = book.active
    assert made is not None
    made.append(["小店的规则"])
    made.merge_cells("A1:F1")
    for row in rows:
        made.append([*reversed(row), "随手记" if row is rows[0] else None])
    made.append([])
    book.save(office.sheet)
    before = office.texts()
    told = office.take()
    assert told.code == 1
    assert "第 2 行 随手记（AA 列）: 不认识的列" in told.err
    assert "不变 4" in told.out
    assert office.texts() == before


def test_a_column_that_was_taken_away_empties_nothing(office: Office) -> None:
    office.export()
    book = load_workbook(office.sheet)
    book["规则"].delete_cols(8)
    book.save(office.sheet)
    before = office.texts()
    told = office.take()
    assert (told.code, office.texts()) == (0, before)
    assert "没有“回复”这一列" in told.err


def test_a_formula_without_a_result_is_told_and_a_text_like_one_stays_text(
    office: Office,
) -> None:
    office.export()
    office.edit("coffee", {"回复": "=1+1"})
    told = office.take()
    assert (told.code, office.text()) == (1, FOOD)
    assert "第 2 行 回复（H 列）: 是公式，文件里没有它的结果" in told.err
    file = office.export("rules.csv")
    text = file.read_bytes().decode("utf-8-sig").replace("现磨咖啡一直有。", "=1+1")
    file.write_bytes(text.encode("gb18030"))
    told = office.take(file=file)
    assert told.code == 0
    assert "像公式，已当作文字" in told.err
    assert 'reply: "=1+1"' in office.text()


def test_one_rule_in_two_rows_is_told(office: Office) -> None:
    office.export()
    row = office.append({"编号": "coffee", "关键词": "咖啡", "回复": "又一行"})
    told = office.take()
    assert told.code == 1
    assert f"第 {row} 行 编号（A 列）: 和第 2 行是同一条规则" in told.err


def test_a_rule_that_is_not_in_the_sheet_cannot_be_made_twice(office: Office) -> None:
    office.export()
    office.append({"编号": "greet", "关键词": "欢迎", "回复": "欢迎"})
    told = office.take()
    assert told.code == 1
    assert "规则 greet 在 hello.yaml:3，不能在表里改：不看顾客的话" in told.err


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04junk", b"a,b\n1,2\n", b"\xff\xfeA\x00"])
def test_a_file_that_is_no_sheet_of_rules_is_refused(
    office: Office, tmp_path: Path, content: bytes
) -> None:
    for name in ("junk.xlsx", "junk.csv"):
        file = tmp_path / name
        file.write_bytes(content)
        assert office.take(file=file).code == 2


@pytest.mark.slow
def test_10000_rows_come_and_go_within_ten_seconds_of_work(office: Office) -> None:
    head = (
        "- id: r{0}\n  say: {{ any: [第{0}个问题], mode: contains }}\n  do:\n    - reply: 答{0}\n"
    )
    for start in range(0, 10_000, 2_000):
        text = "".join(head.format(number) for number in range(start, start + 2_000))
        (office.home / "rules" / f"many-{start}.yaml").write_text(text, "utf-8")
    started = process_time()
    office.export()
    assert process_time() - started < 10
    started = process_time()
    assert office.json()["unchanged"] == 10_004
    assert process_time() - started < 10
    file = office.export("rules.csv")
    bad = "".join(f",坏{number},,,,X{number},,回复\r\n" for number in range(5_000))
    file.write_bytes(file.read_bytes().replace("答77,".encode(), "改,".encode()) + bad.encode())
    started = process_time()
    told = office.json(file=file)
    assert process_time() - started < 10
    assert (told["changed"], told["unchanged"], told["bad"]) == (["r77"], 10_003, 5_000)


def test_a_formula_that_failed_is_no_empty_cell(office: Office) -> None:
    office.export()
    book = load_workbook(office.sheet)
    cell = book["规则"].cell(2, 8)
    cell.value, cell.data_type = "#REF!", "e"
    book["规则"].cell(9, 2).value = "=A1"  # below all rows, and nothing beside it
    book.save(office.sheet)
    told = office.take()
    assert (told.code, office.text()) == (1, FOOD)
    assert "第 2 行 回复（H 列）: “#REF!” 公式出错" in told.err
    assert "第 9 行 关键词（B 列）: 是公式，文件里没有它的结果" in told.err


def test_everything_that_is_wrong_with_a_row_is_told_at_once(office: Office) -> None:
    office.export()
    row = office.append(
        {"关键词": "花", "回复": "{a_b}、{0}、{x.y}"},
        {"关键词": "草", "回复": "有", "应命中的话": "树", "不该命中的话": "草"},
    )
    told = office.take()
    for slot in ("没有变量 {a_b}", "{0} 不是变量", "{x.y} 不是变量"):
        assert slot in told.err
    assert f"第 {row} 行 回复（H 列）: reply.text" in told.err
    for place in ("应命中的话（U 列）", "不该命中的话（V 列）"):
        assert f"第 {row + 1} 行 {place}: 规则" in told.err


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_csv_of_another_country_is_read(office: Office, sign: str) -> None:
    file = office.export("rules.csv")
    rows = list(csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"), newline="")))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sign).writerows([[f"sep={sign}"], *rows])
    file.write_bytes(text.getvalue().encode("gb18030"))
    assert office.json(file=file)["unchanged"] == 4


def test_a_sheet_whose_ids_lost_their_heading_is_told_so(office: Office) -> None:
    office.export()
    book = load_workbook(office.sheet)
    book["规则"].cell(1, 1).value = "序号"
    book.save(office.sheet)
    told = office.take()
    assert told.code == 2 and "前 10 行里没有“编号”的表头" in told.err
