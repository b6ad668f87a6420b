"""PINs: kept so that the sheet does not tell them, made by a command that shows them once."""

import io
import json
from pathlib import Path

import pytest

from config.content import read
from config.home import fill_home
from config.pins import is_digest, is_pin, matches, new_pin, pin_digest
from tests.homes import command


def test_a_pin_fits_its_digest_and_no_other() -> None:
    digest = pin_digest("4827")
    assert is_digest(digest)
    assert matches("4827", digest)
    assert not any(matches(pin, digest) for pin in ("4828", "", "48270", "４８２７", "\udcff"))
    assert pin_digest("4827") != digest  # salted


@pytest.mark.parametrize("digest", ["", "4827", "scrypt:14:x:y", "scrypt:99:" + "A" * 49])
def test_what_is_no_digest_opens_nothing(digest: str) -> None:
    assert not is_digest(digest)
    assert not matches("4827", digest)
    assert not matches("", digest)


def test_a_made_up_pin_is_one() -> None:
    assert all(is_pin(new_pin()) for _ in range(50))


@pytest.mark.parametrize("pin", ["", "482", "1" * 13, "1111", "1234", "9876", "12a4", "４８２７"])
def test_what_is_easily_guessed_or_no_pin_is_refused(pin: str) -> None:
    assert not is_pin(pin)


def test_a_sheet_that_holds_the_pin_itself_is_refused(tmp_path: Path) -> None:
    fill_home(tmp_path)
    sheet = tmp_path / "stores.csv"
    sheet.write_text("id,name,cashier_pin\nS1,一店,4827\n", encoding="utf-8")
    content, problems = read(tmp_path)
    told = [str(problem) for problem in problems if "cashier_pin" in str(problem)]
    assert len(told) == 1
    assert "不要填 PIN 本身" in told[0]
    assert "4827" not in told[0]
    assert content.stores["S1"].cashier_pin == ""


# --- the commands ---


@pytest.mark.parametrize(
    ("role", "column"), [("cashier", "收银PIN摘要"), ("manager", "店长PIN摘要")]
)
def test_till_pin_prints_what_to_paste_and_where(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, role: str, column: str
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("4827\n"))
    told = command(capsys, "till", "pin", "--store", "S012", "--role", role)
    assert told.code == 0
    assert column in told.out
    assert "4827" not in told.out + told.err
    assert matches("4827", told.out.splitlines()[-1])


def test_till_pin_makes_one_and_shows_it_once(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(command(capsys, "till", "pin", "--store", "S012", "--generate", "--json").out)
    assert (told["v"], told["store"], told["column"]) == (1, "S012", "收银PIN摘要")
    assert len(told["pin"]) == 6
    assert matches(told["pin"], told["digest"])


def test_till_key_prints_the_key_and_its_digest(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(command(capsys, "till", "key", "--store", "S012", "--json").out)
    assert told["column"] == "核销密钥摘要"
    assert len(told["key"]) == 32
    assert len(told["digest"]) == 64
    assert "核销密钥" in command(capsys, "till", "key", "--store", "S012").out


def test_a_pin_that_is_easily_guessed_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1234\n"))
    told = command(capsys, "till", "pin", "--store", "S012")
    assert (told.code, told.out) == (2, "")
    assert "顺子" in told.err


def test_a_store_that_the_home_does_not_have_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    fill_home(tmp_path)
    told = command(capsys, "till", "key", "--store", "S999", "--home", tmp_path)
    assert told.code == 2
    assert "没有门店 S999" in told.err
    assert command(capsys, "till", "key", "--store", "S012", "--home", tmp_path).code == 0
    assert command(capsys, "till", "pin", "--store", "S012", "--role", "boss").code == 2
