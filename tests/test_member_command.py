"""`member`: shown without giving names away, imported from a sheet, told apart again."""

import asyncio
import json
from pathlib import Path

import pytest

from bot.db.reading import ask
from bot.events import Alias, AliasKind, NamesTold
from tests.homes import Served, command, oa_text, served_home
from tests.rooms import location_in
from tests.servers import only_sqlite
from tests.serving import serving

PHONE = "13800000001"
SHEET = f"""openid,手机号,会员卡号,external_userid
oAdaLovelace,{PHONE},88001,
,+86 138 0000 0001,,wmAdaLovelace
oBo,12345,88002,
,,,
oCy,,,
"""


def sheet(folder: Path, text: str = SHEET, encoding: str = "utf-8") -> Path:
    file = folder / "members.csv"
    file.write_text(text, encoding=encoding)
    return file


async def claim(rooms: Served, who: str = "oAdaLovelace") -> None:
    await rooms.hear(oa_text(who, "领券", 1))


def claimed(home: Path) -> None:
    async def story() -> None:
        async with served_home(home) as rooms:
            await claim(rooms)

    asyncio.run(story())


def alive(home: Path) -> int:
    row = ask(
        location_in(home),
        lambda tx: tx.one("SELECT count(*) AS n FROM person WHERE merged_into IS NULL"),
    )
    assert row is not None
    return int(row["n"])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_sheet_is_taken_in_row_by_row_and_again_without_effect(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    home = tmp_path / "home"
    claimed(home)
    file = sheet(tmp_path, encoding=encoding)
    told = command(capsys, "member", "import", file, "--home", home)
    assert told.code == 1
    assert "members.csv:4:手机号: 不是手机号" in told.err
    assert "4 行，有错 1 行：新收 3，以前收过 0" in told.out
    again = command(capsys, "member", "import", file, "--home", home, "--json")
    assert json.loads(again.out)["repeated"] == 3
    assert alive(home) == 2


def test_a_dry_run_only_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = tmp_path / "home"
    claimed(home)
    told = command(capsys, "member", "import", sheet(tmp_path), "--home", home, "--dry-run")
    assert "只是试算" in told.out
    assert alive(home) == 1


def test_a_member_is_shown_by_phone_without_giving_a_name_away(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    claimed(home)
    command(capsys, "member", "import", sheet(tmp_path), "--home", home)
    told = command(capsys, "member", "show", PHONE, "--home", home)
    assert told.code == 0
    assert "公众号 openid oAd…ace" in told.out
    assert "新人" in told.out
    document = command(capsys, "member", "show", "88001", "--home", home, "--json").out
    for text in (told.out, document):
        assert not any(name in text for name in ("oAdaLovelace", "wmAdaLovelace", PHONE, "88001"))
    shown = json.loads(document)
    assert {one["kind"] for one in shown["names"]} >= {"oa_openid", "external_userid", "phone"}


def test_nobody_of_that_name_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claimed(tmp_path)
    told = command(capsys, "member", "show", "nobody", "--home", tmp_path)
    assert (told.code, told.out) == (1, "")
    assert "没有找到" in told.err


def test_a_wrong_merge_is_listed_undone_and_not_made_again_unless_an_operator_insists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    claimed(home)
    rows = "openid,external_userid\n,wmBo\noAdaLovelace,wmBo\n"
    command(capsys, "member", "import", sheet(tmp_path, rows), "--home", home)
    (merge,) = json.loads(command(capsys, "member", "merges", "--home", home, "--json").out)[
        "merges"
    ]
    assert (merge["how"], merge["undone"], alive(home)) == ("told", None, 1)
    undo = ("member", "unmerge", merge["number"], "--by", "小王", "--home", home)
    assert "已撤销" in command(capsys, *undo).out
    assert "早已撤销" in command(capsys, *undo).out
    assert "由 小王 撤销" in command(capsys, "member", "merges", "--home", home).out
    assert alive(home) == 2
    rows += "oAdaLovelace,wmBo,\n"
    command(capsys, "member", "import", sheet(tmp_path, rows), "--home", home)
    assert alive(home) == 2
    command(capsys, "member", "import", sheet(tmp_path, rows), "--home", home, "--again")
    assert alive(home) == 1


def test_an_unknown_merge_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    claimed(tmp_path)
    told = command(capsys, "member", "unmerge", 9, "--by", "bo", "--home", tmp_path)
    assert (told.code, told.out.strip()) == (1, "没有第 9 号合并")


def test_a_number_that_no_merge_can_have_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    claimed(tmp_path)
    told = command(capsys, "member", "unmerge", 2**63, "--by", "bo", "--home", tmp_path)
    assert (told.code, told.err.strip()) == (1, f"没有第 {2**63} 号合并")


async def test_a_running_server_undoes_a_merge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(tmp_path, deciding=True) as server:
        monkeypatch.setenv("XIAOER_LISTEN__PORT", str(server.port))
        scopes = {name: keys.scope for name, keys in server.rooms.shop.accounts.items()}
        ada = Alias(AliasKind.OA_OPENID, scopes["oa-main"], "oAda")
        bo = Alias(AliasKind.EXTERNAL_USERID, scopes["wecom-main"], "wmBo")
        for names in ((ada,), (bo,), (ada, bo)):
            told = NamesTold(account="source:crm", source="crm", names=names)
            await server.rooms.tell(told)
        seen = []
        for later_s in range(2):
            server.rooms.clock.follow(later_s)
            undo = ("member", "unmerge", 1, "--by", "小王", "--home", tmp_path)
            seen.append(await asyncio.to_thread(command, capsys, *undo))
        argv = ("member", "unmerge", 9, "--by", "小王", "--home", tmp_path, "--json")
        other = await asyncio.to_thread(command, capsys, *argv)
    assert [one.code for one in seen] == [0, 0]
    assert ["早已撤销" in one.out for one in seen] == [False, True]
    assert (other.code, json.loads(other.out.splitlines()[-1])["code"]) == (1, "no_such_merge")


@only_sqlite
async def test_a_running_server_takes_a_sheet_in_and_joins_whom_an_operator_insists_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = sheet(tmp_path, "openid,external_userid\n,wmBo\noAda,wmBo\n")
    async with serving(tmp_path, deciding=True) as server:
        monkeypatch.setenv("XIAOER_LISTEN__PORT", str(server.port))
        argv = ("member", "import", file, "--home", tmp_path, "--json")
        told = [
            json.loads((await asyncio.to_thread(command, capsys, *argv, *more)).out)
            for more in ((), (), ("--again",))
        ]
        kept = await server.rooms.db.read(
            lambda tx: tx.all("SELECT body FROM inbox WHERE kind = 'NamesTold' ORDER BY id")
        )
    assert [(one["through"], one["taken"], one["repeated"]) for one in told] == [
        ("server", 2, 0), ("server", 0, 2), ("server", 2, 0),
    ]  # fmt: skip
    assert [b'"overrule":true' in row["body"] for row in kept] == [False, False, True, True]
