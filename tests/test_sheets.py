"""CSV sheets as programs of other countries and other exports write them."""

from pathlib import Path

import pytest

from config.sheets import guarded, read_sheet
from config.yaml_reader import Node
from tests.homes import command

HEADERS = {"id": "编号", "name": "名称"}


def cells(nodes: tuple[Node, ...]) -> list[dict[str, str]]:
    """The texts of rows."""
    rows = (node.value for node in nodes)
    return [{k: one.text for k, one in row.items()} for row in rows if isinstance(row, dict)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_every_encoding_and_separator_is_read(tmp_path: Path, sign: str, encoding: str) -> None:
    text = sign.join(["编号", "名称"]) + "\r\n" + sign.join(["S1", '"一;,\t\n店"']) + "\r\n"
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    rows, problems = read_sheet(tmp_path, "a.csv", HEADERS)
    assert (cells(rows), problems) == ([{"id": "S1", "name": "一;,\t\n店"}], ())


@pytest.mark.parametrize("text", ["=1", "+1-1+cmd", "-", "'=1", "''07", "+86 138", "-3", "一'店"])
def test_what_is_guarded_is_read_as_it_was(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.csv").write_text(f"编号,名称\nS1,{guarded(text)}\n", "utf-8")
    rows, problems = read_sheet(tmp_path, "a.csv", HEADERS)
    assert cells(rows)[0]["name"] == text and problems == ()


def test_sheets_of_members_and_orders_hold_what_is_none_of_our_business(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    assert command(capsys, "init", "--yes", "--home", home).code == 0
    file = tmp_path / "told.csv"
    file.write_bytes("姓名\tPhone\t会员卡号\n小王\t13800000001\tC7\n".encode("utf-16"))
    told = command(capsys, "member", "import", file, "--home", home, "--dry-run")
    assert (told.code, "1 行，有错 0 行" in told.out) == (0, True)
    assert "told.csv:1:姓名: 没有用到这一列" in told.err
    (home / "stores.csv").write_text("id,name\n0007,七店\n", "utf-8")
    file.write_bytes(
        "sep=;\n订单号;状态;金额;门店;商品\nA1;已支付;1,234.50;7;蛋\n".encode("utf-16")
    )
    told = command(
        capsys, "orders", "import", file, "--source", "till", "--home", home, "--dry-run"
    )
    assert (told.code, "1 行，1 单，有错 0 行" in told.out) == (0, True)
    assert told.err == "told.csv:2:商品: 没有用到这一列\n"
