"""Settings nobody could serve with, mended so far that the rest can be looked at."""

from pathlib import Path

from config.settings_mended import mended

GOOD = "{id: good, kind: oa, appid: wx1, token: abc, mode: plain, secret: s}"


def home(tmp_path: Path, *accounts: str, more: str = "") -> Path:
    lines = ["accounts:", *(f"  - {one}" for one in accounts), more]
    (tmp_path / "settings.yaml").write_text("\n".join(lines), "utf-8")
    return tmp_path


def test_good_settings_are_what_they_are(tmp_path: Path) -> None:
    read = mended(home(tmp_path, GOOD), {})
    (one,) = read.accounts
    assert (one.index, one.stand_ins, read.problems) == (0, frozenset(), ())
    assert read.names == {0: "good"}


def test_a_broken_key_stands_in_and_is_told(tmp_path: Path) -> None:
    key = "A" * 42
    wecom = (
        f"{{id: corp, kind: wecom, corpid: ww1, agentid: 1, token: t, aes_key: {key}, secret: s}}"
    )
    read = mended(home(tmp_path, wecom, GOOD), {})
    corp, good = read.accounts
    assert corp.stand_ins == {"aes_key"} and good.stand_ins == frozenset()
    assert corp.account.token.get_secret_value() == "t"
    assert [problem.message for problem in read.problems] == [
        "accounts[0].aes_key: 应为 43 个字符，现为 42 个"
    ]


def test_an_account_that_lacks_its_id_is_left_out_and_the_others_keep_their_place(
    tmp_path: Path,
) -> None:
    broken = "{id: corp, kind: wecom, token: t, aes_key: x, secret: s}"
    odd = "{id: odd, kind: robot}"
    read = mended(home(tmp_path, broken, odd, GOOD), {})
    assert [(one.account.id, one.index) for one in read.accounts] == [("good", 2)]
    assert read.names == {0: "corp", 1: "odd", 2: "good"}


def test_names_nobody_knows_and_bad_values_fall_back_to_defaults(tmp_path: Path) -> None:
    typo = "{id: good, kind: oa, appid: wx1, token: abc, mode: plain, secrte: s, token_api: x}"
    read = mended(home(tmp_path, typo, more="public_url: ftp://x\nlisten: {port: 99999}"), {})
    assert read.settings is not None
    assert read.settings.listen.port == 8080
    assert read.settings.public_url == "http://127.0.0.1:8080"
    assert {"secrte", "token_api"} <= read.accounts[0].stand_ins


def test_what_is_no_yaml_has_no_accounts(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("accounts: [", "utf-8")
    read = mended(tmp_path, {})
    assert read.accounts == () and read.problems
    assert mended(tmp_path / "nowhere", {}).settings is None
