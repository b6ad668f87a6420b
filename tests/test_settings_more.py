"""Bots, older systems, incoming systems and placeholders, as settings."""

from pathlib import Path

import pytest
from pydantic_core import PydanticCustomError

from commands.parts.compose import account_keys
from config.accounts import AibotAccount, Relay, base_url, old_system
from config.settings import BadSettings, Settings, load, read

KEY = "a" * 43
BOT = f"accounts:\n  - {{id: helper, kind: aibot, name: 小助手, token: abc123, aes_key: {KEY}}}\n"
OA = (
    f"accounts:\n  - {{id: o, kind: oa, appid: wx0123456789abcdef, token: t0ken, aes_key: {KEY}}}\n"
)
TILL = "sources:\n  - {id: till, kind: orders, secret: 0123456789abcdef}\n"


def settings_of(home: Path, text: str) -> Settings:
    (home / "settings.yaml").write_text(text, encoding="utf-8")
    return load(home, {})


def refused(home: Path, text: str) -> str:
    with pytest.raises(BadSettings) as caught:
        settings_of(home, text)
    return str(caught.value)


def doubted(home: Path, text: str) -> list[str]:
    (home / "settings.yaml").write_text(text, encoding="utf-8")
    return [str(problem) for problem in read(home, {})[1]]


def test_a_bot_has_a_name_a_path_and_an_empty_receiver(tmp_path: Path) -> None:
    (bot,) = settings_of(tmp_path, BOT).accounts
    assert isinstance(bot, AibotAccount)
    assert (bot.name, bot.callback_path, bot.scope) == ("小助手", "/callback/helper", "helper")
    keys = account_keys(bot, "accounts[0]")
    assert (keys.channel, keys.scope, keys.seal.receivers) == ("aibot", "helper", frozenset({""}))


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("name: 小助手", "name: '@小助手'", "accounts[0].name: 应为机器人的名字，不带 @"),
        ("name: 小助手", "name: ''", "accounts[0].name: 应为机器人的名字"),
        ("name: 小助手, ", "", "accounts[0].name: 缺少这一项"),
        (KEY, "a" * 42, "accounts[0].aes_key: 应为 43 个字符，现为 42 个"),
        ("name: 小助手", "nmae: 小助手", "accounts[0].nmae: 不认识的设置（是不是 name？）"),
    ],
)
def test_a_wrong_bot_is_named_with_its_path(tmp_path: Path, was: str, now: str, says: str) -> None:
    assert says in refused(tmp_path, BOT.replace(was, now))


def test_an_account_may_hand_its_callbacks_on(tmp_path: Path) -> None:
    relay = "    relay: {url: 'http://old.internal:8000/wx?from=new'}\n"
    (bot,) = settings_of(tmp_path, BOT.replace("}\n", f"}}\n{relay}").replace(
        "- {id: helper, kind: aibot, name: 小助手, token: abc123, aes_key: " + KEY + "}",
        f"- id: helper\n    kind: aibot\n    name: 小助手\n    token: abc123\n    aes_key: {KEY}",
    )).accounts  # fmt: skip
    assert bot.relay == Relay(url="http://old.internal:8000/wx?from=new", timeout_s=3)


@pytest.mark.parametrize(
    ("relay", "says"),
    [
        ("{url: ftp://old}", "accounts[0].relay.url: 应为网址"),
        ("{url: 'http://u:p@old'}", "accounts[0].relay.url: 网址里不要写用户名和密码"),
        ("{url: 'http://old', timeout_s: 0}", "accounts[0].relay.timeout_s: 应大于 0"),
        ("{url: 'http://old', timeuot_s: 1}", "不认识的设置（是不是 timeout_s？）"),
    ],
)
def test_a_wrong_relay_is_named_with_its_path(tmp_path: Path, relay: str, says: str) -> None:
    assert says in refused(tmp_path, BOT.replace("name:", f"relay: {relay}, name:"))


def test_a_source_may_tell_one_kind_or_several(tmp_path: Path) -> None:
    (till,) = settings_of(tmp_path, TILL).sources
    assert till.kind == ("orders",)
    (till,) = settings_of(tmp_path, TILL.replace("orders", "[orders, members]")).sources
    assert till.kind == ("orders", "members")
    assert "0123456789" not in repr(till)


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("0123456789abcdef", "fifteen-letters", "sources[0].secret: 至少 16 个字符，现为 15 个"),
        ("orders", "order", "sources[0].kind[0]: 应为 'orders', 'members' 或 'archive'"),
        ("orders", "[]", "sources[0].kind: 至少要写一个"),
        ("orders", "[orders, orders]", "sources[0].kind: 同一种写了两次"),
        ("secret", "secrte", "sources[0].secrte: 不认识的设置（是不是 secret？）"),
        (
            "{id",
            "{id: till, kind: members, secret: 0123456789abcdef}\n  - {id",
            "与 sources[0] 相同",
        ),
    ],
)
def test_a_wrong_source_is_named_with_its_path(
    tmp_path: Path, was: str, now: str, says: str
) -> None:
    told = refused(tmp_path, TILL.replace(was, now))
    assert says in told
    assert "fifteen" not in told


def test_every_placeholder_is_doubted_by_name_with_what_belongs_there(tmp_path: Path) -> None:
    text = (
        "public_url: https://bot.example.com\n"
        + OA.replace("wx0123456789abcdef", "wxfa1e00000000demo")
        + "  - {id: w, kind: wecom, corpid: ww1, agentid: 0, token: fakeToken, secret: s,"
        f" aes_key: {KEY}}}\n"
        "sources: [{id: t, kind: orders, secret: fakeSecretOfTill0000}]\n"
    )
    told = doubted(tmp_path, text)
    places = ["public_url", "accounts[0].appid", "accounts[1].agentid", "accounts[1].token"]
    assert [line.split(": ")[1] for line in told] == [*places, "sources[0].secret"]
    assert all("还是占位，请换成" in line for line in told)
    assert "AgentId，在企业微信管理后台" in told[2]


def test_real_values_are_not_doubted(tmp_path: Path) -> None:
    assert doubted(tmp_path, f"public_url: https://example.net\n{OA}{TILL}") == []


@pytest.mark.parametrize(
    "url",
    ["https://bot.shop.cn/x y", "https://bot.shop.cn:99999", "https://bot.shop.cn:x", "https://[",
     "https://店.cn", "https://bot.shop.cn/<", "https：//bot.shop.cn", "https://"],
)  # fmt: skip
def test_an_address_that_nobody_could_paste_is_refused(url: str) -> None:
    with pytest.raises(PydanticCustomError, match="应为网址"):
        base_url(url)
    with pytest.raises(PydanticCustomError, match="应为网址"):
        old_system(url)
