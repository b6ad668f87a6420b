"""`orders import`, `list` and `unmatched`: a till's sheet, row by row, with or without a server."""

import asyncio
import json
import time
from pathlib import Path

import pytest

from commands.parts.compose import fill
from tests.homes import Told, command, served_home
from tests.serving import serving

HEAD = "订单号,版本,状态,金额,退款,支付时间,门店,手机号,会员卡号,小程序openid\n"
GOOD = (
    "A1,1,已支付,50.00,,2026-03-01 09:30,S012,13800000001,,\n"
    "A2,2,部分退款,\"1,234.50\",0.29,2026/3/1 9:5,壹店便利良渚店,,C7,\n"
    "A3,1,已退款,8,,2026-03-01 09:30:05,,,,mp-ada\n"
)  # fmt: skip


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A filled home without a database."""
    fill(tmp_path)
    return tmp_path


def sheet(home: Path, text: str, encoding: str = "utf-8") -> Path:
    """A file as a till exports it."""
    path = home / "orders.csv"
    path.write_bytes(text.encode(encoding))
    return path


def imported(
    capsys: pytest.CaptureFixture[str], home: Path, file: Path, *more: str, source: str = "till"
) -> Told:
    """Import a file."""
    return command(capsys, "orders", "import", file, "--source", source, "--home", home, *more)


def listed(
    capsys: pytest.CaptureFixture[str], home: Path, verb: str = "list"
) -> list[list[object]]:
    """What the report says of each order, oldest first."""
    told = json.loads(command(capsys, "orders", verb, "--home", home, "--json").out)
    return [
        [one["order"], one["revision"], one["state"], one["total_fen"], one["refunded_fen"]]
        for one in reversed(told["orders"])
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_sheet_is_taken_in_exactly(
    home: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    told = imported(capsys, home, sheet(home, HEAD + GOOD, encoding), "--json")
    document = json.loads(told.out)
    assert (told.code, document["taken"], document["through"]) == (0, 3, "database")
    assert listed(capsys, home) == [
        ["A1", 1, "paid", 5000, 0],
        ["A2", 2, "paid", 123450, 29],
        ["A3", 1, "refunded", 800, 800],
    ]


def test_importing_again_takes_nothing_twice(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = sheet(home, HEAD + GOOD)
    imported(capsys, home, file)
    again = json.loads(imported(capsys, home, file, "--json").out)
    assert (again["taken"], again["repeated"]) == (0, 3)
    assert len(listed(capsys, home)) == 3


def test_a_trial_writes_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = imported(capsys, home, sheet(home, HEAD + GOOD), "--dry-run")
    assert (told.code, "只是试算" in told.out) == (0, True)
    assert not (home / "xiaoer.db").exists()


@pytest.mark.parametrize(
    ("row", "column", "advice"),
    [
        ("B1,1,已支付,12.505,,,,,,", "金额", "两位小数"),
        ("B1,1,已支付,十元,,,,,,", "金额", "12.50"),
        ("B1,1,已支付,-1,,,,,,", "金额", "应在 0 到"),
        ("B1,1,已支付,NaN,,,,,,", "金额", "12.50"),
        ('B1,1,已支付,"12,50",,,,,,', "金额", "1,234.50"),
        ("B1,1,已支付,1e9999999,,,,,,", "金额", "12.50"),
        ("B1,1,已支付,5,,,,1.38E+10,,", "手机号", "科学计数"),
        ("1.38E+15,1,已支付,5,,,,,,", "订单号", "科学计数"),
        ("B1,,已支付,5,,,,138****0001,,", "手机号", "打了码"),
        ("B1,1,已支付,,,,,,,", "金额", "写元"),
        ("B1,1,已支付,1,2,,,,,", "退款", "多于金额"),
        ("B1,1,已付,1,,,,,,", "状态", "不认识"),
        ("B1,v2,已支付,1,,,,,,", "版本", "整数"),
        ("B1,1,已支付,1,,明天,,,,", "支付时间", "09:30"),
        ("B1,1,已支付,1,,2999-01-01 08:00,,,,", "支付时间", "将来"),
        ("B1,1,已支付,1,,,,1380000,,", "手机号", "11 位"),
        (",1,已支付,1,,,,,,", "订单号", "缺少"),
    ],
)
def test_a_wrong_row_is_told_with_its_column_and_what_to_write(
    home: Path, capsys: pytest.CaptureFixture[str], row: str, column: str, advice: str
) -> None:
    told = imported(capsys, home, sheet(home, f"{HEAD}{GOOD}{row}\n"), "--dry-run")
    assert told.code == 1
    (line,) = [line for line in told.err.splitlines() if ":5:" in line]
    assert f"orders.csv:5:{column}" in line
    assert advice in line
    assert "3 单，有错 1 行" in told.out


def test_good_rows_are_taken_though_others_are_wrong(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = imported(capsys, home, sheet(home, f"{HEAD}B1,1,已支付,-1,,,,,,\n{GOOD}"))
    assert (told.code, "新收 3" in told.out) == (1, True)
    assert len(listed(capsys, home)) == 3


def test_of_two_rows_of_one_order_the_higher_revision_counts_and_it_is_said(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "A1,2,已退款,50,,,,,,\nA1,1,已支付,50,,,,,,\nA1,2,已退款,50,,,,,,\n"
    told = imported(capsys, home, sheet(home, HEAD + rows))
    assert listed(capsys, home) == [["A1", 2, "refunded", 5000, 5000]]
    assert told.code == 0
    assert told.err.count("为准") == 2


@pytest.mark.parametrize("written", ['"=""0187"""', "'0187", "\t0187", " 0187 "])
def test_a_number_guarded_from_the_spreadsheet_is_the_number(
    home: Path, capsys: pytest.CaptureFixture[str], written: str
) -> None:
    imported(capsys, home, sheet(home, f"{HEAD}{written},1,已支付,50,,,,,,\n"))
    assert listed(capsys, home) == [["0187", 1, "paid", 5000, 0]]


def test_of_two_rows_that_contradict_each_other_neither_is_taken(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "A1,1,已支付,50,,,,,,\nA1,1,已支付,49,,,,,,\nA2,1,已支付,7,,,,,,\n"
    told = imported(capsys, home, sheet(home, HEAD + rows))
    assert told.code == 1
    assert "第 2 行" in told.err
    assert listed(capsys, home) == [["A2", 1, "paid", 700, 0]]


def test_without_a_version_column_a_later_export_with_a_refund_is_newer(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "order,state,total,refunded\n"
    imported(capsys, home, sheet(home, head + "A1,已支付,50,\n"))
    told = imported(capsys, home, sheet(home, head + "A1,部分退款,50,20\n"))
    assert told.code == 0
    assert listed(capsys, home) == [["A1", 2000, "paid", 5000, 2000]]


def test_columns_that_mean_nothing_here_are_named(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = imported(capsys, home, sheet(home, "订单号,状态,金额,商品\nA1,已支付,5,包子\n"))
    assert told.code == 0
    assert "商品" in told.err


def test_a_file_of_no_known_encoding_is_refused(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = home / "orders.csv"
    file.write_bytes((HEAD + GOOD).encode("utf-16")[:-1])
    told = imported(capsys, home, file)
    assert told.code == 1
    assert "编码" in told.err


def test_a_source_must_be_known_and_may_tell_orders(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = sheet(home, HEAD + GOOD)
    assert imported(capsys, home, file, source="nobody").code == 2
    assert imported(capsys, home, home / "none.csv").code == 2


def test_what_waits_for_a_member_is_listed_with_what_it_carries(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(capsys, home, sheet(home, HEAD + GOOD))
    told = command(capsys, "orders", "unmatched", "--home", home)
    assert "3 单，其中 3 单还没找到会员" in told.out
    assert "带着 手机号" in told.out
    assert "1234.50 元，退 0.29 元" in told.out
    assert "13800000001" not in told.out
    assert len(listed(capsys, home, "unmatched")) == 3


async def test_while_a_server_runs_the_sheet_goes_through_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path) as server:
        monkeypatch.setenv("XIAOER_LISTEN__PORT", str(server.port))
        rows = "".join(f"N{n},1,已支付,{n}.5,,,S012,13800000001,C{n},\n" for n in range(450))
        file = sheet(tmp_path, HEAD + rows)
        told = await asyncio.to_thread(imported, capsys, tmp_path, file, "--json")
        document = json.loads(told.out)
        assert (told.code, document["taken"], document["through"]) == (0, 450, "server")
        counts = json.loads(command(capsys, "orders", "list", "--home", tmp_path, "--json").out)
        assert counts["counts"] == {"all": 0, "waiting": 0, "unread": 450}
        changed = sheet(tmp_path, HEAD + "N7,1,已支付,8,,,,,,\n")
        refused = await asyncio.to_thread(imported, capsys, tmp_path, changed)
        assert refused.code == 1
        assert "N7" in refused.err
        assert "total_fen" in refused.err


async def test_a_server_that_does_not_listen_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIAOER_LISTEN__PORT", "1")
    async with served_home(tmp_path):
        file = sheet(tmp_path, HEAD + GOOD)
        told = await asyncio.to_thread(imported, capsys, tmp_path, file)
    assert told.code == 3
    assert "127.0.0.1:1" in told.err


@pytest.mark.slow
def test_twenty_thousand_rows_are_taken_within_half_a_minute(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(
        f"N{n},1,已支付,{n % 300}.{n % 100:02},,2026/3/1 9:00,S012,138{n % 9000:08},,\n"
        for n in range(20_000)
    )
    began = time.monotonic()
    told = imported(capsys, home, sheet(home, HEAD + rows, "gb18030"))
    assert time.monotonic() - began < 30
    assert "新收 20000" in told.out
    assert "已记下 20000 / 20000" in told.err
