"""Settings: where each comes from, what is refused, and that no secret is ever printed."""

import json
import stat
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.accounts import AibotAccount, OaAccount, Relay, WecomAccount
from config.home import SAMPLE, UnsafeKey, fill_home, instance_key
from config.incoming import Source
from config.settings import ApiLimit, BadSettings, Listen, Quota, Settings, load, read
from config.yaml_reader import read_yaml

KEY = "a" * 43
OA = f"""accounts:
  - id: oa
    kind: oa
    appid: wx1234
    token: abc123
    aes_key: {KEY}
"""
WECOM = f"""  - id: wecom
    kind: wecom
    corpid: ww1234
    agentid: 7
    token: abc123
    aes_key: {KEY}
    secret: s3cret
"""


def settings_of(home: Path, text: str, environ: Mapping[str, str] | None = None) -> Settings:
    (home / "settings.yaml").write_text(text, encoding="utf-8")
    return load(home, environ or {})


def refused(home: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    with pytest.raises(BadSettings) as caught:
        settings_of(home, text, environ)
    return str(caught.value).splitlines()


def test_an_empty_home_has_the_documented_defaults(tmp_path: Path) -> None:
    settings = load(tmp_path, {})
    assert (settings.listen.host, settings.listen.port) == ("127.0.0.1", 8080)
    assert settings.database == f"sqlite:{tmp_path / 'xiaoer.db'}"
    assert settings.public_url == "http://127.0.0.1:8080"
    assert (settings.answer_within_s, settings.welcome_lives_s) == (3.5, 20)
    assert (settings.callback_window_days, settings.dedupe_days) == (7, 8)
    assert settings.accounts == ()


def test_accounts_are_told_apart_by_their_kind(tmp_path: Path) -> None:
    oa, wecom = settings_of(tmp_path, OA + WECOM).accounts
    assert isinstance(oa, OaAccount)
    assert oa.callback_path == "/callback/oa"
    assert (oa.mode, oa.token_api, oa.secret) == ("safe", "stable", None)
    assert isinstance(wecom, WecomAccount)
    assert wecom.agentid == 7


def test_the_environment_wins_over_the_file_and_the_file_over_defaults(tmp_path: Path) -> None:
    text = "listen: {host: 0.0.0.0, port: 1}\nlease_s: 5\n"
    settings = settings_of(tmp_path, text, {"XIAOER_LISTEN__PORT": "9000"})
    assert (settings.listen.host, settings.listen.port) == ("0.0.0.0", 9000)  # noqa: S104
    assert settings.lease_s == 5


def test_the_machine_s_own_environment_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XIAOER_LISTEN__PORT", "9000")
    assert load(tmp_path, {}).listen.port == 8080


def test_a_secret_may_stand_in_a_variable_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n", encoding="utf-8")
    text = OA.replace(KEY, "{file: key}") + "    secret: ${OA_SECRET}\n"
    (account,) = settings_of(tmp_path, text, {"OA_SECRET": "from-env"}).accounts
    assert isinstance(account, OaAccount)
    assert account.aes_key is not None
    assert account.aes_key.get_secret_value() == KEY
    assert account.secret is not None
    assert account.secret.get_secret_value() == "from-env"


def test_a_variable_ending_in_file_names_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("redis://:pw@cache/0\n", encoding="utf-8")
    assert load(tmp_path, {"XIAOER_REDIS_URL_FILE": "url"}).redis_url == "redis://:pw@cache/0"


def test_accounts_may_come_from_the_environment_as_json(tmp_path: Path) -> None:
    account = f'[{{"id":"a","kind":"oa","appid":"wx1","token":"abc","aes_key":"{KEY}"}}]'
    assert load(tmp_path, {"XIAOER_ACCOUNTS": account}).accounts[0].id == "a"


def test_no_secret_is_printed_in_settings_or_in_an_error(tmp_path: Path) -> None:
    environ = {
        "XIAOER_DATABASE": "postgresql://u:canary@db/x",
        "XIAOER_REDIS_URL": "redis://:canary@r",
    }
    text = (OA + WECOM).replace("abc123", "canary").replace("s3cret", "canary")
    assert "canary" not in repr(settings_of(tmp_path, text, environ))
    assert "canary" not in str(refused(tmp_path, text.replace(KEY, "canary-short"), environ))


def test_a_short_key_is_named_with_its_path_and_place(tmp_path: Path) -> None:
    text = OA + WECOM.replace(KEY, "a" * 42)
    assert refused(tmp_path, text) == [
        "settings.yaml:12:14: accounts[1].aes_key: 应为 43 个字符，现为 42 个"
    ]


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://bo:p%40w@db.example:5432/shop?sslmode=require",
        "postgres://bo@one:5432,two:5432/shop?target_session_attrs=read-write",
        "postgresql://bo:@/shop?host=/run/postgresql",
    ],
)
def test_a_servers_address_is_taken_as_it_is(tmp_path: Path, address: str) -> None:
    (tmp_path / "settings.yaml").write_text(f"database: {address}\n", encoding="utf-8")
    assert load(tmp_path, {}).database == address


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("listen: {prot: 1}", "settings.yaml:1:10: listen.prot: 不认识的设置（是不是 port？）"),
        ("leese_s: 3", "settings.yaml:1:1: leese_s: 不认识的设置（是不是 lease_s？）"),
        ("lease_s: 1\nlease_s: 2", "settings.yaml:2:1: “lease_s” 重复，第 1 行已有"),
        ("lease_s: soon", "settings.yaml:1:10: lease_s: 应为数字"),
        ("lease_s: true", "settings.yaml:1:10: lease_s: 应为数字"),
        ("lease_s: .nan", "settings.yaml:1:10: lease_s: 应为数字"),
        ("lease_s: 0", "settings.yaml:1:10: lease_s: 应大于 0"),
        ("listen: {port: 70000}", "settings.yaml:1:16: listen.port: 不能大于 65535"),
        ("listen: [8080]", "settings.yaml:1:9: listen: 应为“名称: 值”的组合"),
        ("home: /tmp", "settings.yaml:1:1: home: 目录由 --home 或 XIAOER_HOME 指定，不能写在这里"),
        ("public_url: http://a.com", "public_url: 须用 https；只有本机地址可以用 http"),
        ("twin_clock_url: https://a.com", "twin_clock_url: 只能是本机地址"),
        ("store_zone: Asia/Hangzhou", "store_zone: 没有这个时区"),
        ("store_zone: ../etc/passwd", "store_zone: 没有这个时区"),
        ("database: mysql://x", "database: 应以 sqlite: 或 postgresql:// 开头"),
        ("database: postgresql://bo:p@w@db/shop", "应如 postgresql://用户:口令@主机:5432/库名"),
        ("database: postgresql://bo:pw@db", "应如 postgresql://用户:口令@主机:5432/库名"),
        ("redis_url: http://x", "redis_url: 应以 redis:// 或 rediss:// 开头"),
        ("dedupe_days: 7", "dedupe_days: 应大于 callback_window_days"),
        ("welcome_margin_s: 20", "welcome_margin_s: 应小于 welcome_lives_s"),
        ("accounts: {}", "settings.yaml:1:11: accounts: 应为列表（每项以 - 开头）"),
        (
            "accounts: [{kind: kf}]",
            "accounts[0].kind: 应为 oa（公众号）、wecom（企业微信，客服也用它）",
        ),
        ("a: &x 1\nb: *x", "settings.yaml:1:4: 不支持锚点与引用"),
        ("a: !!python/object:os.x {}", "settings.yaml:1:4: 不支持类型标签"),
        ("- a", "settings.yaml:1:1: 应为“名称: 值”的组合"),
        ("a: 'x", "不是合法的 YAML：文件没写完"),
    ],
)
def test_a_wrong_setting_is_named_with_its_place(tmp_path: Path, line: str, says: str) -> None:
    assert any(says in each for each in refused(tmp_path, line + "\n"))


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("token: abc123", "token: ab", "accounts[0].token: 应为 3 到 32 个字母或数字"),
        ("token: abc123", "token: 123456", "accounts[0].token: 应为文字；数字请加引号"),
        (f"aes_key: {KEY}", f"aes_key: {KEY[:42]}é", "accounts[0].aes_key: 只能是字母和数字"),
        (f"aes_key: {KEY}", "mode: safe", "accounts[0].aes_key: 缺少这一项：mode 为"),
        (f"aes_key: {KEY}", "mode: Safe", "accounts[0].mode: 应为 'plain', 'compatible' 或 'safe'"),
        ("appid: wx1234", "", "settings.yaml:2:5: accounts[0].appid: 缺少这一项"),
        ("token: abc123", "token: ${NO_SUCH}", "accounts[0].token: 环境变量 NO_SUCH 没有设置"),
        ("token: abc123", "token: {file: gone}", "accounts[0].token: 读不了文件 gone"),
        ("kind: oa", "kind: oa\n    callback_path: up/../x", "callback_path: 应为以 / 开头的路径"),
        ("kind: oa", "kind: oa\n    api_base: http://a.com", "accounts[0].api_base: 须用 https"),
        ("kind: oa", "kind: oa\n    secret: ''", "accounts[0].secret: 不能空着"),
    ],
)
def test_a_wrong_account_is_named_with_its_path(
    tmp_path: Path, was: str, now: str, says: str
) -> None:
    found = refused(tmp_path, OA.replace(was, now))
    assert [each for each in found if says in each], found


def test_every_problem_is_told_at_once_and_in_order(tmp_path: Path) -> None:
    text = "lease_s: x\nnope_at_all: 1\nstore_zone: Mars\n" + OA.replace("wx1234", "''")
    assert [line.split(":")[1] for line in refused(tmp_path, text)] == ["1", "2", "3", "7"]


def test_two_accounts_may_share_neither_id_nor_path(tmp_path: Path) -> None:
    same_id = refused(tmp_path, OA + WECOM.replace("id: wecom", "id: oa"))
    assert same_id == ["settings.yaml:7:9: accounts[1].id: 与 accounts[0] 相同"]
    same_path = WECOM.replace("id: wecom", "id: w\n    callback_path: /callback/oa")
    (told,) = refused(tmp_path, OA + same_path)
    assert told.endswith("accounts[1].callback_path: 与 accounts[0] 相同")


def test_an_environment_variable_is_named_when_it_is_the_culprit(tmp_path: Path) -> None:
    assert refused(tmp_path, "lease_s: 5\n", {"XIAOER_LEASE_S": "soon"}) == [
        "环境变量 XIAOER_LEASE_S: lease_s: 应为数字"
    ]
    assert refused(tmp_path, "", {"XIAOER_ACCOUNTS": "["}) == [
        "环境变量 XIAOER_ACCOUNTS: 应为 JSON"
    ]


def test_ids_of_an_unusual_shape_and_misspelt_variables_are_only_doubted(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(OA.replace("wx1234", "zz9"), encoding="utf-8")
    environ = {"XIAOER_LEESE_S": "1", "XIAOER_PORT": "tcp://10.0.0.1:80", "XIAOER_HOME": "x"}
    settings, doubts = read(tmp_path, environ)
    assert settings is not None
    assert [str(doubt) for doubt in doubts] == [
        "settings.yaml:4:12: accounts[0].appid: 通常以 wx 开头",
        "环境变量 XIAOER_LEESE_S: 不认识的设置，已忽略（是不是 XIAOER_LEASE_S？）",
    ]
    assert {doubt.level for doubt in doubts} == {"warning"}


def test_a_home_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="没有这个目录"):
        load(tmp_path / "gone", {})


def test_the_sample_settings_lack_only_what_a_console_knows(tmp_path: Path) -> None:
    fill_home(tmp_path)
    settings, problems = read(tmp_path, {})
    assert {(problem.level, "还是占位" in problem.message) for problem in problems} == {
        ("warning", True)
    }
    assert settings is not None
    assert [account.id for account in settings.accounts] == ["oa-main", "wecom-main"]


def test_filling_a_home_never_overwrites(tmp_path: Path) -> None:
    (tmp_path / "stores.csv").write_text("mine", encoding="utf-8")
    written = fill_home(tmp_path)
    assert (tmp_path / "stores.csv").read_text(encoding="utf-8") == "mine"
    assert len(written) == sum(path.is_file() for path in SAMPLE.rglob("*")) - 1
    assert stat.S_IMODE((tmp_path / "settings.yaml").stat().st_mode) == 0o600
    assert fill_home(tmp_path) == []


def test_the_instance_key_is_made_once_and_private(tmp_path: Path) -> None:
    key = instance_key(tmp_path)
    assert len(key) == 32
    assert instance_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "instance.key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["instance.key"]


def test_a_key_that_others_can_read_or_that_is_cut_is_refused(tmp_path: Path) -> None:
    instance_key(tmp_path)
    (tmp_path / "instance.key").chmod(0o640)
    with pytest.raises(UnsafeKey, match="chmod 600"):
        instance_key(tmp_path)
    (tmp_path / "instance.key").write_bytes(b"short")
    (tmp_path / "instance.key").chmod(0o600)
    with pytest.raises(UnsafeKey, match="现为 5"):
        instance_key(tmp_path)


def test_the_manual_names_every_setting_with_its_default() -> None:
    manual = (Path(__file__).parents[1] / "docs/reference/settings.md").read_text(encoding="utf-8")
    models = (
        Settings,
        Listen,
        Quota,
        ApiLimit,
        OaAccount,
        WecomAccount,
        AibotAccount,
        Relay,
        Source,
    )
    names = {name for model in models for name in model.model_fields} - {"home"}
    assert [name for name in sorted(names) if f"`{name}`" not in manual] == []
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, int | float):
            assert f"| `{name}` | {json.dumps(field.default)} |" in manual  # as YAML has it


@given(written=st.one_of(st.text(), st.binary().map(lambda raw: raw.decode("latin-1"))))
def test_any_text_is_read_or_refused_and_nothing_else(written: str) -> None:
    node, problems = read_yaml(written, "settings.yaml")
    assert node is None or node.at.line > 0
    assert all(problem.file == "settings.yaml" for problem in problems)


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: instance_key(tmp_path), range(8)))
    assert len(keys) == 1
