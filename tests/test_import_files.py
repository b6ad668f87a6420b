"""`rules import FILE`: rules of other programs, told by their shape, answer as they did there."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.import_sets import CONSOLE, MODES, NAMED, PREFIXES, SETS, Shop


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop(tmp_path, capsys)


@pytest.mark.parametrize("name", SETS)
def test_a_set_answers_here_as_it_did_there_and_passes_check(shop: Shop, name: str) -> None:
    content, cases = SETS[name]
    before = shop.run("check")
    told = shop.bring(content)
    assert told.code == 0, told
    assert {text: shop.answers(text) for text, _ in cases} == dict(cases)
    assert shop.run("check").code == before.code == 0
    (rules,) = (raw for file, raw in shop.written().items() if file.startswith("rules/"))
    assert all(rule["cases"] for rule in yaml.safe_load(rules))


def test_importing_again_says_so_and_changes_nothing(shop: Shop) -> None:
    shop.bring(NAMED)
    edited = shop.home / "rules/imported-set.yaml"
    edited.write_text(edited.read_text("utf-8").replace("不错", "很好"), "utf-8")
    before = shop.written()
    for name in ("set.json", "another-name.json"):
        told = shop.bring(NAMED, name=name)
        assert told.code == 0 and "已经导入过：rules/imported-set.yaml，没有改动" in told.out
    assert shop.written() == before


def test_another_set_of_the_same_name_is_refused_until_it_gets_its_own(shop: Shop) -> None:
    shop.bring({"暗号": "一"})
    before = shop.written()
    told = shop.bring({"暗号": "二"})
    assert told.code == 1 and "不覆盖" in told.err and "--as" in told.err
    assert shop.written() == before
    assert shop.bring({"口令": "二"}, "--as", "新的").code == 0
    assert shop.answers("口令") == ["二"]


def test_words_that_a_rule_of_the_home_knows_are_told(shop: Shop) -> None:
    told = shop.bring(NAMED)
    assert "「你好」以后由 imported-set-1 答，原有的 greeting 答不到了" in told.out
    told = shop.bring({"退订": "不行"}, name="b.json")
    assert "「退订」仍由原有的" in told.out and "imported-b-1 答不到" in told.out
    assert shop.answers("退订") is None
    told = shop.bring({"在吗": "在"}, "--priority", -20, name="c.json")
    assert "「在吗」仍由原有的 greeting 答，imported-c-1 答不到" in told.out


def test_dialogues_that_come_out_otherwise_are_told(shop: Shop) -> None:
    told = shop.bring({"转人工": "没有人工"})
    assert "「转人工」以后由 imported-set-1 答" in told.out
    assert "示例对话有" in told.out


def test_a_dry_run_writes_nothing(shop: Shop) -> None:
    told = shop.bring(NAMED, "--dry-run")
    assert told.code == 0 and "会写 rules/imported-set.yaml" in told.out and "很高兴" in told.out
    assert shop.written() == {}


def test_what_cannot_be_carried_over_is_told_and_stays_as_a_comment(shop: Shop) -> None:
    told = shop.bring(CONSOLE)
    assert "「声音」没有导入，请手工处理：关键词 voice测试，回复 语音 MediaIdOfAVoice" in told.out
    assert "replies.fallback" in told.out and "被关注回复「谢谢关注」" in told.out
    text = (shop.home / "rules/imported-set.yaml").read_text("utf-8")
    assert "# 「声音」没有导入" in text
    cards = yaml.safe_load(text)[0]["do"]
    assert cards[0]["reply"] == {
        "text": "周报", "link": "http://mp.weixin.qq.com/s?a=1#rd", "link_title": "周报",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "said"),
    [(PREFIXES, "店小二不用前缀"), (MODES, "匹配方式的对照表"), ({}, "一条规则也没有"),
     ({"keyword": {}}, "一条规则也没有")],
)  # fmt: skip
def test_settings_without_rules_are_told_as_such(shop: Shop, content: Any, said: str) -> None:
    told = shop.bring(content)
    assert told.code == 0 and said in told.out
    assert shop.written() == {}


def test_cases_that_come_with_a_set_are_tried_and_written(shop: Shop) -> None:
    line = {
        "id": "set-01",
        "kind": "rules",
        "payload": NAMED,
        "expected": {"cases": [["你好", ["很高兴见到你"]], ["你好呀", None], ["图片", ["别的"]]]},
    }
    other = {"id": "set-02", "kind": "rules", "payload": {"暗号": "二"}, "expected": {}}
    raw = "\n".join(json.dumps(one, ensure_ascii=False) for one in (line, other)).encode()
    told = shop.bring(raw, name="sets.jsonl")
    assert told.code == 0, told
    assert "自带例句 3 句，2 句答得一样" in told.out
    assert "「图片」原来答 别的，现在答 https://a.example/1" in told.out
    assert sorted(shop.written()) == ["rules/imported-set-01.yaml", "rules/imported-set-02.yaml"]
    greeting = yaml.safe_load(shop.written()["rules/imported-set-01.yaml"])[0]
    assert {"text": "你好呀", "hit": False} in greeting["cases"]


@pytest.mark.parametrize("raw", [
    b"\xef\xbb\xbf" + '{"暗号": "天王盖地虎"}'.encode(),
    '{"暗号": "天王盖地虎"}'.encode("gb18030"),
    '{"暗号": "天王盖地虎"}'.encode("utf-16"),
])  # fmt: skip
def test_a_byte_order_mark_gb18030_and_utf16_are_read(shop: Shop, raw: bytes) -> None:
    assert shop.bring(raw).code == 0
    assert shop.answers("暗号") == ["天王盖地虎"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"a": "b",\n "c" "d"}', "set.json:2:6: 不是合法的 JSON：键名后面少了冒号"),
        (b'{"a": "b"}\n{"a": }', "set.json:2:7: 不是合法的 JSON"),
        (b'{"a": "b"} x', "set.json:1:12: 不是合法的 JSON"),
        (b'{"a": NaN}', "NaN 不是合法的 JSON"),
        (b"[" * 50 + b"]" * 50, "嵌套"),
        (b"[" * 100_000, "嵌套太深"),
        (b"", "是空的"),
        (b"42", "看不出是哪种规则"),
        (b'{"port": 8080, "name": "bot"}', '"keyword_type": 3'),
        ("规则".encode("utf-16"), "set.json:1:1: 不是合法的 JSON"),
        ("规则".encode("utf-16")[:-1], "UTF-16"),
    ],
)
def test_what_is_no_rules_is_refused_with_a_reason(shop: Shop, raw: bytes, said: str) -> None:
    told = shop.bring(raw)
    assert told.code in (1, 2) and said in told.err
    assert shop.written() == {}


def test_odd_texts_become_rules_that_load(shop: Shop) -> None:
    odd = {
        "yes": "no", "123": "# 不是注释", "a: b": "- x", "null": "\u0007响铃\r\n第二行",
        "{x}": "{y}", "表情😀": "👍", "！！！": "标点", "长": "字" * 800, "": "没有词",
        "\ud800": "半个字",
    }  # fmt: skip
    told = shop.bring({"keyword": odd})
    assert told.code == 0, told
    assert "平台一条文字最多 2048 字节" in told.out
    assert shop.run("check").code == 0
    assert shop.answers("{x}") == ["{y}"]
    assert shop.answers("null") == ["响铃\n第二行"]


def test_a_word_that_stands_twice_is_told(shop: Shop) -> None:
    told = shop.bring('{"暗号": "一", "暗号": "二"}'.encode())
    assert "文件里「暗号」写了两次，用的是后面那个" in told.out
    assert shop.answers("暗号") == ["二"]


def test_a_set_too_big_for_one_file_takes_several(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.importing.written.LARGEST_BYTES", 10_000)
    told = shop.bring({f"口令{number:05}": f"答{number}" for number in range(200)})
    assert told.code == 0, told.err
    assert len(shop.written()) > 1
    assert max(map(len, shop.written().values())) < 11_000
    assert shop.answers("口令00199") == ["答199"]


def test_a_file_or_an_account_is_needed_and_only_one(shop: Shop) -> None:
    assert shop.run("rules", "import").code == 2
    assert shop.bring(NAMED, "--account", "oa-main").code == 2
    assert shop.run("rules", "import", shop.folder / "missing.json").code == 2


def test_two_sets_of_one_file_without_names_are_kept_apart(shop: Shop) -> None:
    told = shop.bring('{"暗号": "一"}\n{"口令": "二"}'.encode())
    assert (told.code, shop.answers("暗号"), shop.answers("口令")) == (0, ["一"], ["二"])
    assert {"rules/imported-set.yaml", "rules/imported-set-2.yaml"} <= shop.written().keys()


def test_what_keeps_a_table_of_words_from_being_one_is_named(shop: Shop) -> None:
    told = shop.bring({"暗号": "一", "价格": 5, "别的": {"a": 1}})
    assert told.code == 1 and "这几项不是一句或几句回答：价格、别的" in told.err


def test_what_is_left_of_an_emoji_that_was_cut_is_left_out(shop: Shop) -> None:
    assert shop.bring({"暗号": "笑\ud83d", "口令": ["好👍", "\ud83d"]}).code == 0
    assert (shop.answers("暗号"), shop.answers("口令")) == (["笑"], ["好👍"])


def test_the_words_of_an_unknown_mode_are_told(shop: Shop) -> None:
    told = shop.bring([{"keyword": "团建 年会", "keyword_type": 9, "reply": "r"}])
    assert "不认识的匹配方式 9，关键词 团建、年会" in told.out
