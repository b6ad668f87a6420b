"""`member export` and `member erase`: what operators run when somebody asks about their data."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.homes import command, contact_added, oa_event, oa_text, served_home
from tests.json_schema import faults
from tests.servers import on_postgres

pytestmark = pytest.mark.skipif(on_postgres(), reason="copies a home with its database's file")
ADA, BO, CONTACT = "oAdaLovelace1815", "oBoBurnham1990", "wmAdaLovelace1815"
WORDS, BO_SAYS = "我家的猫叫小黑", "我是阿博"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home where Ada and Bo wrote, and somebody became an employee's friend."""
    folder = tmp_path_factory.mktemp("rights")
    asyncio.run(_morning(folder))
    return folder


@pytest.fixture
def home(lived: Path, tmp_path: Path) -> Path:
    """A copy of that home."""
    return Path(shutil.copytree(lived, tmp_path / "home"))


async def _morning(folder: Path) -> None:
    async with served_home(folder) as rooms:
        await rooms.hear(oa_event(ADA, "subscribe", "qrscene_poster-S012-door"))
        for number, text in enumerate((WORDS, "领券", "少发"), start=2):
            await rooms.hear(oa_text(ADA, text, number))
        await rooms.hear(oa_text(BO, BO_SAYS, 1))
        added = contact_added(CONTACT, "xiaowang", state="staff-xiaowang-S012", code="W1")
        await rooms.hear(added, "wecom-main")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "ada.json"


def test_an_export_holds_all_of_one_person_and_nobody_else(
    home: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = command(capsys, "member", "export", ADA, "--home", home, "--to", file)
    assert (told.code, file.stat().st_mode & 0o077) == (0, 0)
    document = json.loads(file.read_text("utf-8"))
    assert faults(document, "export.schema.json") == []
    assert [one["value"] for one in document["names"]] == [ADA]
    assert WORDS in {one["text"] for one in document["events"]}
    assert document["coupons"] and any(one["sent"] for one in document["events"])
    assert [one["name"] for one in document["consents"]] == ["触达/少发"]
    moment = document["member"]["since"]
    assert moment["utc"].endswith("Z") or moment["utc"].endswith("+00:00")
    assert moment["local"].startswith("2026-03-02 09")
    text = file.read_text("utf-8")
    assert not any(one in text for one in (BO, BO_SAYS, CONTACT, "xiaowang"))


def test_an_export_never_writes_over_a_file(
    home: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("mine")
    told = command(capsys, "member", "export", ADA, "--home", home, "--to", file)
    assert (told.code, file.read_text()) == (2, "mine")


def test_nothing_is_erased_without_yes(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = command(capsys, "member", "erase", ADA, "--home", home)
    assert told.code == 0
    assert "将要抹除" in told.out and "无法撤销" in told.out
    assert command(capsys, "member", "show", ADA, "--home", home).code == 0


def test_who_is_erased_is_found_by_no_name_any_more(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = json.loads(command(capsys, "member", "show", ADA, "--home", home, "--json").out)
    told = command(capsys, "member", "erase", ADA, "--home", home, "--yes", "--json")
    document = json.loads(told.out)
    assert (document["person"], document["erased"]) == (shown["id"], True)
    assert document["rows"]["names"] == 1 and document["rows"]["kept_coupons"]
    assert command(capsys, "member", "show", ADA, "--home", home).code == 1
    assert command(capsys, "member", "show", BO, "--home", home).code == 0
    again = command(capsys, "member", "erase", shown["id"], "--home", home, "--yes", "--json")
    assert (again.code, json.loads(again.out)["rows"]["names"]) == (0, 0)


@pytest.mark.parametrize("verb", [("why",), ("member", "show"), ("member", "export")])
def test_what_is_left_of_an_erased_member_can_be_looked_at(
    verb: tuple[str, ...], home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = json.loads(command(capsys, "member", "show", ADA, "--home", home, "--json").out)
    command(capsys, "member", "erase", ADA, "--home", home, "--yes")
    told = command(capsys, *verb, shown["id"], "--home", home)
    assert told.code == 0
    assert not any(one in told.out for one in (ADA, WORDS))


def test_the_state_of_the_database_is_told_after_an_erasure(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(capsys, "member", "erase", ADA, "--home", home, "--yes")
    for verb in (("ledger",), ("db", "status"), ("rules", "gaps"), ("ledger", "--json")):
        told = command(capsys, *verb, "--home", home)
        assert told.code in (0, 1)
        assert WORDS not in told.out and ADA not in told.out


def test_nobody_of_that_name_is_said_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in ("export", "erase"):
        assert command(capsys, "member", verb, "nobody", "--home", home).code == 1
