"""Worlds: one that extends another, the bundled ones, and every mistake with its place."""

from pathlib import Path

import pytest

from twin.world_file import BadWorld, load, override


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> str:
    with pytest.raises(BadWorld) as caught:
        load(path)
    return str(caught.value)


def test_the_world_without_unionids_is_the_demo_world_but_for_them() -> None:
    whole, bare = load(Path("yidian")), load(Path("no-unionid"))
    assert (whole.unionids, bare.unionids) == (True, False)
    assert bare.id == "no-unionid"
    for name in ("oa", "wecom", "kf", "stores", "staff", "posters", "entry_codes", "groups"):
        assert getattr(bare, name) == getattr(whole, name)
    assert bare.customers == whole.customers


def test_the_empty_world_has_accounts_and_nobody() -> None:
    world = load(Path("empty"))
    assert world.oa and world.wecom and world.kf
    assert not (world.staff or world.customers or world.groups or world.stores or world.posters)


def test_a_key_replaces_the_whole_key_of_the_extended_world(tmp_path: Path) -> None:
    mine = written(
        tmp_path, "mine.yaml", "extends: yidian\naccounts:\n  kf: []\nupgrade_chats: []\n"
    )
    world = load(mine)
    assert world.kf == () and world.upgrade_chats == ()
    assert world.oa == load(Path("yidian")).oa


def test_a_world_extends_a_file_that_lies_beside_it(tmp_path: Path) -> None:
    written(tmp_path, "base.yaml", "id: base\nname: 底\ncustomers: [甲]\n")
    assert load(written(tmp_path, "mine.yaml", "extends: base.yaml\nid: mine\n")).customers == (
        "甲",
    )


def test_a_mistake_is_told_with_the_file_it_is_in(tmp_path: Path) -> None:
    base = written(tmp_path, "base.yaml", "id: base\nname: 底\nunionids: maybe\n")
    mine = written(tmp_path, "mine.yaml", "extends: base.yaml\nid: mine\nshops: []\n")
    told = refused(mine)
    assert f"{base}:3:11: 应为 true 或 false" in told
    assert f"{mine}:3:1: 不认识的键 shops" in told


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("extends: nowhere\nid: a\nname: b\n", "mine.yaml:1:10: 没有世界 nowhere"),
        ("id: a\nextends: mine.yaml\nname: b\n", "mine.yaml:2:10: extends 绕了一圈"),
        ("extends: [yidian]\n", "mine.yaml:1:10: extends 应为"),
        ("- 1\n", "mine.yaml:1:1: 这里应为一组 键: 值"),
    ],
)
def test_a_bad_extension_is_refused(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(written(tmp_path, "mine.yaml", text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("plants: [{account: oa-main, trouble: rain}]", "trouble rain，可用：ip_not_allowed"),
        ("plants: [{account: nobody, trouble: clock_off, seconds: 9}]", "account nobody"),
        ("plants: [{account: oa-main, trouble: kf_unmanaged}]", "oa-main 不会有 kf_unmanaged"),
        ("plants: [{account: oa-main, trouble: missing_right}]", "plants 第 1 项: api"),
    ],
)
def test_a_trouble_that_cannot_be_is_refused(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(written(tmp_path, "mine.yaml", f"extends: yidian\n{text}\n"))


OA = """\
extends: yidian
accounts:
  oa:
    - id: oa-main
      appid: wx1
      gh: gh_1
      token: Token2026
      aes_key: TwinOaAesKeyTwinOaAesKeyTwinOaAesKeyTwinOaA
      secret: secret
"""


@pytest.mark.parametrize(
    ("block", "words"),
    [
        ("auto_reply: {default: {type: song, content: a}}", "auto_reply: type 应为 text"),
        ("auto_reply: {default: {type: news}}", "要有 content 或 news"),
        ("auto_reply: {keywords: [{name: a, words: [], reply: []}]}", "words 和 reply 不能为空"),
        (
            "auto_reply: {keywords: [{name: a, mode: some, words: [{content: b, match: like}], "
            "reply: [{content: c}]}]}",
            "auto_reply.a.mode",
        ),
        ("console_menu: [{name: 店, type: click, value: a}]", "console_menu.店: type 应为 view"),
        ("console_menu: [{name: 店, type: view}]", "console_menu.店"),
    ],
)
def test_a_console_that_cannot_be_is_refused(tmp_path: Path, block: str, words: str) -> None:
    assert words in refused(written(tmp_path, "mine.yaml", f"{OA}      {block}\n"))


def test_only_plain_fields_can_be_changed_from_the_command_line() -> None:
    world = load(Path("yidian"))
    assert override(world, ("oa-main.token=Other2026",)).oa[0].token == "Other2026"
    with pytest.raises(BadWorld, match="没有这一项"):
        override(world, ("oa-main.auto_reply=x",))
