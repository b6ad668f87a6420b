"""`init`: a new home has secrets of its own, and an old one keeps what it has."""

import re
import stat
from pathlib import Path

import pytest

from commands.parts.compose import open_home
from config.home import SAMPLE, fill_home
from tests.homes import Told, command


def started(capsys: pytest.CaptureFixture[str], home: Path) -> Told:
    """What `init` says for `home`, which must be fine."""
    told = command(capsys, "init", "--home", home)
    assert told.code == 0, told.err
    return told


def secrets_of(home: Path) -> set[str]:
    """Every Token and EncodingAESKey of a home."""
    found = set()
    for account in open_home(home, with_rules=False).settings.accounts:
        assert account.aes_key is not None
        found |= {account.token.get_secret_value(), account.aes_key.get_secret_value()}
    return found


def test_a_new_home_passes_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    started(capsys, tmp_path / "new" / "home")
    told = command(capsys, "check", "--home", tmp_path / "new" / "home")
    assert (told.code, told.err) == (0, "")
    assert "没有错误" in told.out


def test_no_two_homes_share_a_secret_nor_take_one_from_the_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started(capsys, tmp_path / "one")
    started(capsys, tmp_path / "two")
    fill_home(tmp_path / "samples")
    one, two, shared = (secrets_of(tmp_path / name) for name in ("one", "two", "samples"))
    assert len(one) == len(two) == len(shared) == 4
    assert not one & two
    assert not (one | two) & shared
    assert sorted(map(len, one)) == [32, 32, 43, 43]


def test_only_the_owner_may_read_the_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started(capsys, tmp_path)
    assert stat.S_IMODE((tmp_path / "settings.yaml").stat().st_mode) == 0o600


def test_the_key_of_the_demos_till_opens_no_real_till(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started(capsys, tmp_path)
    stores = open_home(tmp_path, with_rules=False).content.stores
    assert stores.keys() == open_home(SAMPLE, with_rules=False).content.stores.keys()
    assert not any(store.redeem_key_sha256 for store in stores.values())


def test_what_to_paste_is_what_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = started(capsys, tmp_path)
    pasted = re.findall(r"^ {4}(?:Token|EncodingAESKey) +(\S+)$", told.out, re.MULTILINE)
    assert set(pasted) == secrets_of(tmp_path)
    for path in ("/callback/oa-main", "/callback/wecom-main"):
        assert re.search(rf"^ {{4}}URL +https://\S+{path}$", told.out, re.MULTILINE)


def test_every_value_that_is_still_the_samples_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = started(capsys, tmp_path)
    lines = (tmp_path / "settings.yaml").read_text("utf-8").splitlines()
    named = re.findall(r"settings.yaml:(\d+):\d+: accounts\[\d\]\.(\w+): 还是占位", told.out)
    assert [name for _, name in named] == ["appid", "original_id", "secret", "corpid", "secret"]
    for number, name in named:
        assert lines[int(number) - 1].strip().startswith(f"{name}: ")


def test_a_second_init_changes_nothing_and_says_everything_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = started(capsys, tmp_path)
    before = contents(tmp_path)
    told = started(capsys, tmp_path)
    assert contents(tmp_path) == before
    assert "没有改动" in told.out
    assert told.out.splitlines()[1:] == first.out.splitlines()[1:]


def test_a_file_that_was_taken_away_comes_back_and_no_other_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started(capsys, tmp_path)
    before = contents(tmp_path)
    (tmp_path / "staff.csv").unlink()
    assert "写好了 1 个文件" in started(capsys, tmp_path).out
    assert contents(tmp_path) == before


def test_the_callback_url_follows_the_public_address_of_the_home(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    started(capsys, tmp_path)
    file = tmp_path / "settings.yaml"
    file.write_text("public_url: https://bot.example.com\n" + file.read_text("utf-8"), "utf-8")
    told = started(capsys, tmp_path)
    assert "https://bot.example.com/callback/oa-main" in told.out


def test_a_folder_with_other_things_is_refused_untouched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"not ours")
    told = command(capsys, "init", "--home", tmp_path)
    assert told.code == 2
    assert str(tmp_path) in told.err
    assert contents(tmp_path) == {"photo.jpg": b"not ours"}


def test_a_fresh_volume_counts_as_empty(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A new volume holds the dot files of the image's user, or what its file system needs."""
    (tmp_path / ".profile").touch()
    (tmp_path / "lost+found").mkdir()
    started(capsys, tmp_path)


def test_a_file_in_the_place_of_the_home_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "home").touch()
    assert command(capsys, "init", "--home", tmp_path / "home").code == 2


@pytest.mark.parametrize("verb", ["serve", "work", "check"])
def test_an_empty_home_is_sent_to_init(
    verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = command(capsys, verb, "--home", tmp_path)
    assert told.code == (1 if verb == "check" else 2)
    assert f"init --home {tmp_path}" in told.out + told.err


def test_a_home_that_is_not_there_is_sent_to_init(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = command(capsys, "serve", "--home", tmp_path / "nowhere")
    assert told.code == 2
    assert "init --home" in told.err


def test_whoever_names_no_command_is_shown_the_first_four(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = command(capsys)
    first = told.out.partition("开店与排查")[0]
    assert told.code == 0
    assert [verb for verb in ("demo", "check", "try", "init") if f" {verb} " not in first] == []


def contents(home: Path) -> dict[str, bytes]:
    """Every file of a home."""
    files = (path for path in home.rglob("*") if path.is_file())
    return {str(path.relative_to(home)): path.read_bytes() for path in files}
