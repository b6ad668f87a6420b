"""`init --channel`: a small home for just these channels, and nothing asked that can be made."""

import json
import re
import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.platforms.wecom.gate import answer_get
from commands.init import run
from commands.parts.compose import account_keys, open_home
from commands.parts.problems import Stop
from commands.start.asking import Ask, Asked
from config.accounts import AibotAccount, OaAccount, WecomAccount
from tests.homes import Told, command
from tests.sealing import NONCE, TIMESTAMP, encrypted, frame, padded, sign
from tests.test_init import contents
from tests.unprivileged import bound_by_permissions

CHANNELS = ("oa", "wecom", "kf", "aibot")
KEY_CHARS = 43


def begin(capsys: pytest.CaptureFixture[str], home: Path, *words: object) -> Told:
    return command(capsys, "init", "--home", home, *words)


def fine(capsys: pytest.CaptureFixture[str], home: Path, *words: object) -> Told:
    told = begin(capsys, home, *words)
    assert told.code == 0, told.err
    return told


def person(*answers: str) -> tuple[Ask, list[tuple[str, bool]]]:
    """Somebody at the terminal who says these things in turn, and what they were asked."""
    asked: list[tuple[str, bool]] = []
    left = list(answers)

    def ask(question: str, unseen: bool) -> str:
        asked.append((question, unseen))
        return left.pop(0)

    return ask, asked


def asked_for(*channels: str, yes: bool = False) -> Asked:
    return Asked(channels=channels, values={}, yes=yes)


@pytest.mark.parametrize(
    "channels", [*((one,) for one in CHANNELS), ("oa", "kf"), ("wecom", "kf"), CHANNELS]
)
def test_a_home_of_placeholders_passes_the_check_with_warnings(
    channels: Sequence[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fine(capsys, tmp_path, *(word for one in channels for word in ("--channel", one)), "--yes")
    told = command(capsys, "check", "--home", tmp_path)
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert lines[-1].endswith(f"没有错误；{len(lines) - 1} 处要留意，不影响启动")
    assert all("还是占位，请换成" in line for line in lines[:-1])


@pytest.mark.parametrize(
    ("channel", "account", "lacks"),
    [
        ("oa", OaAccount, {"staff.csv", "welcomes/wecom.yaml", "welcomes/kf.yaml"}),
        ("wecom", WecomAccount, {"menu.yaml", "entry_codes.csv", "campaigns/newcomer.yaml"}),
        ("kf", WecomAccount, {"menu.yaml", "staff.csv", "rules/oa.yaml"}),
        ("aibot", AibotAccount, {"menu.yaml", "staff.csv", "campaigns/newcomer.yaml"}),
    ],
)
def test_a_home_holds_what_its_channel_needs_and_no_more(
    channel: str,
    account: type,
    lacks: set[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    fine(capsys, tmp_path, "--channel", channel, "--yes")
    there = contents(tmp_path).keys()
    assert not there & lacks
    assert there >= {"settings.yaml", "instance.key", "stores.csv", "rules/store.yaml"}
    read = open_home(tmp_path)
    assert [type(one) for one in read.settings.accounts] == [account]
    assert read.content.pools == {}
    assert read.rules.problems == ()


def test_what_is_printed_is_what_was_written_and_differs_in_every_home(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: set[str] = set()
    for name in ("one", "two"):
        fine(capsys, tmp_path / name, "--channel", "oa", "--yes")
        told = json.loads(fine(capsys, tmp_path / name, "--channel", "oa", "--json").out)
        (account,) = open_home(tmp_path / name).settings.accounts
        (pasted,) = told["accounts"]
        assert pasted["token"] == account.token.get_secret_value()
        assert account.aes_key is not None
        assert pasted["aes_key"] == account.aes_key.get_secret_value()
        assert len(pasted["aes_key"]) == KEY_CHARS
        (source,) = open_home(tmp_path / name).settings.sources
        secret = source.secret.get_secret_value()
        assert secret not in json.dumps(told)
        seen |= {pasted["token"], pasted["aes_key"], secret}
    assert len(seen) == 6


@pytest.mark.parametrize(("channel", "receiver"), [("wecom", "wwfa1e00000000demo"), ("aibot", "")])
def test_what_is_pasted_verifies_the_callback_address(
    channel: str, receiver: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(fine(capsys, tmp_path, "--channel", channel, "--yes", "--json").out)
    (pasted,) = told["accounts"]
    (account,) = open_home(tmp_path).settings.accounts
    keys = account_keys(account, "accounts[0]")
    assert pasted["url"].endswith(keys.path)
    echo = encrypted(padded(frame(b"4711", receiver)), pasted["aes_key"])
    query = {
        "msg_signature": sign(pasted["token"], TIMESTAMP, NONCE, echo),
        "timestamp": TIMESTAMP, "nonce": NONCE, "echostr": echo,
    }  # fmt: skip
    assert answer_get(keys.seal, query) == b"4711"


def test_options_fill_what_is_asked_and_nothing_is_a_placeholder_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "secret").write_text("0a1b2c3d4e5f\n", "utf-8")
    home = tmp_path / "home"
    told = fine(
        capsys, home, "--channel", "oa", "--appid", "wx0123456789abcdef",
        "--secret-file", tmp_path / "secret", "--public-url", "https://shop.example.net/",
    )  # fmt: skip
    assert "没有占位，不用改" in told.out
    assert re.search(r"URL +https://shop\.example\.net/callback/oa-main$", told.out, re.MULTILINE)
    assert "0a1b2c3d4e5f" not in told.out + told.err
    (account,) = open_home(home).settings.accounts
    assert account.scope == "wx0123456789abcdef"
    assert "没有问题" in command(capsys, "check", "--home", home).out


def test_two_accounts_with_a_secret_each_have_it_marked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("--channel", "oa", "--channel", "kf", "--yes")
    told = begin(capsys, tmp_path / "home", *words, "--secret", "s3cret")
    assert told.code == 2
    assert "--secret oa=…、--secret wecom=…" in told.err
    fine(capsys, tmp_path / "home", *words, "--secret", "oa=one", "--secret", "wecom=two")
    oa, wecom = open_home(tmp_path / "home").settings.accounts
    assert isinstance(oa, OaAccount)
    assert isinstance(wecom, WecomAccount)
    assert oa.secret is not None
    assert (oa.secret.get_secret_value(), wecom.secret.get_secret_value()) == ("one", "two")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["--channel", "wecon", "--yes"],
            "没有渠道 wecon（是不是 wecom？），可用的有：oa、wecom、kf、aibot",
        ),
        (["--channel", "oa"], "还缺：\n  --public-url"),
        (["--channel", "oa", "--yes", "--corpid", "ww1"], "--corpid 用不上"),
        (["--channel", "oa", "--yes", "--appid", "wx 1"], "--appid 的值不对：只用字母、数字"),
        (["--channel", "kf", "--yes", "--agentid", "one"], "--agentid 的值不对：应为整数"),
        (
            ["--channel", "oa", "--yes", "--public-url", "http://a.cn"],
            "--public-url 的值不对：须用",
        ),
        (["--channel", "oa", "--yes", "--secret-file", "gone"], "--secret-file 读不了：gone"),
        (["--channel", "aibot", "--yes", "--secret", "x"], "--secret 用不上"),
    ],
)
def test_a_mistake_on_the_command_line_leaves_no_home(
    words: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = begin(capsys, tmp_path / "home", *words)
    assert told.code == 2
    assert says in told.err
    assert not (tmp_path / "home").exists()


def test_a_person_is_asked_only_for_what_cannot_be_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask, asked = person("oa, kf", "", "wx0123456789abcdef", "s1", "ww12", "two", "1000002", "s2")
    assert run(tmp_path, Asked(values={}), ask=ask) == 0
    questions = [question for question, _ in asked]
    assert "接哪些渠道" in questions[0]
    assert "设置与开发 → 基本配置" in questions[2]
    assert questions[6].startswith("应为整数")
    assert [unseen for _, unseen in asked].count(True) == 2
    oa, wecom = open_home(tmp_path).settings.accounts
    assert isinstance(wecom, WecomAccount)
    assert (oa.scope, wecom.scope, wecom.agentid) == ("wx0123456789abcdef", "ww12", 1000002)
    assert "s1" not in capsys.readouterr().out.split()


def test_a_person_who_names_no_channel_gets_the_samples(tmp_path: Path) -> None:
    ask, _ = person("")
    assert run(tmp_path, Asked(values={}), ask=ask) == 0
    assert set(open_home(tmp_path).content.pools) == {"pets", "moms", "neighbours"}


def test_a_second_run_changes_nothing_and_says_everything_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = fine(capsys, tmp_path, "--channel", "kf", "--yes")
    before = contents(tmp_path)
    for words in ([], ["--channel", "kf"], ["--channel", "kf", "--yes", "--corpid", "other"]):
        told = fine(capsys, tmp_path, *words)
        assert told.out.splitlines()[1:] == first.out.splitlines()[1:]
        assert contents(tmp_path) == before


def test_a_home_that_was_half_written_is_completed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fine(capsys, tmp_path, "--channel", "oa", "--yes")
    before = contents(tmp_path)
    for name in ("instance.key", "rules/store.yaml", "entry_codes.csv"):
        (tmp_path / name).unlink()
    told = fine(capsys, tmp_path)
    assert "写好了 3 个文件" in told.out
    after = contents(tmp_path)
    assert after.keys() == before.keys()
    assert {name for name in before if before[name] != after[name]} == {"instance.key"}


def test_settings_that_somebody_rewrote_are_never_added_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fine(capsys, tmp_path, "--channel", "oa", "--yes")
    settings = tmp_path / "settings.yaml"
    settings.write_text(settings.read_text("utf-8").partition("\n")[2], "utf-8")
    (tmp_path / "menu.yaml").unlink()
    assert "没有改动" in fine(capsys, tmp_path).out
    assert not (tmp_path / "menu.yaml").exists()


def test_another_channel_is_not_added_to_a_home_that_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fine(capsys, tmp_path, "--channel", "oa", "--yes")
    before = contents(tmp_path)
    told = begin(capsys, tmp_path, "--channel", "kf", "--yes")
    assert told.code == 2
    assert "kind: wecom" in told.err
    assert contents(tmp_path) == before


def test_broken_settings_are_told_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fine(capsys, tmp_path, "--channel", "oa", "--yes")
    settings = tmp_path / "settings.yaml"
    text = settings.read_text("utf-8")
    settings.write_text(re.sub(r"(aes_key: \w{42})\w", r"\1", text), "utf-8")
    (tmp_path / "menu.yaml").unlink()
    for verb in ("init", "check"):
        told = command(capsys, verb, "--home", tmp_path)
        assert told.code == 1
        assert "accounts[0].aes_key: 应为 43 个字符，现为 42 个" in told.out + told.err
    assert not (tmp_path / "menu.yaml").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with bound_by_permissions(), pytest.raises(Stop, match="写不了"):
        run(tmp_path / "home", asked_for("oa", yes=True))
    tmp_path.chmod(0o700)


def test_a_file_above_the_home_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Stop, match="写不了"):
        run(tmp_path / "file" / "home", asked_for("oa", yes=True))


def test_only_the_owner_may_read_what_is_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fine(capsys, tmp_path, "--channel", "oa", "--yes")
    for name in ("settings.yaml", "instance.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
