"""`rules import FILE` with what people really bring: wrapped, half right, or not for us."""

from pathlib import Path
from typing import Any

import pytest

from tests.import_sets import CONSOLE, Shop

RANDOM = {
    "keyword_autoreply_info": {
        "list": [
            {
                "rule_name": "随机",
                "reply_mode": "random_one",
                "keyword_list_info": [{"match_mode": "contain", "content": "暗号"}],
                "reply_list_info": [
                    {"type": "text", "content": "一"},
                    {"type": "text", "content": "二"},
                ],
            }
        ]
    },
    "add_friend_autoreply_info": {"type": "text", "content": "欢迎光临"},
}
ROW = {"keyword": "暗号", "reply": "一"}


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop(tmp_path, capsys)


@pytest.mark.parametrize(
    "content",
    [
        {"result": {"暗号": "一"}},
        {"code": 200, "msg": "success", "data": {"total": 1, "list": [ROW]}},
        {"data": ROW},
        [{"暗号": "一"}, {"口令": "二"}],
        [{"Keyword": "暗号", "Reply": "一", "keyword_type": 3.0}],
    ],
)
def test_rules_inside_an_answer_of_somebody_are_found(shop: Shop, content: Any) -> None:
    assert shop.bring(content).code == 0
    assert shop.answers("暗号") == ["一"]


def test_the_answer_of_the_platform_may_be_wrapped_too(shop: Shop) -> None:
    assert shop.bring({"errcode": 0, "data": CONSOLE}).code == 0
    assert shop.answers("text测试") == ["hello!text!"]


def test_an_error_of_the_platform_is_told_as_one(shop: Shop) -> None:
    told = shop.bring({"errcode": 48001, "errmsg": "api unauthorized"})
    assert told.code == 1 and "平台报的错（48001 api unauthorized）" in told.err


def test_a_slot_of_another_program_does_not_keep_the_set_out(shop: Shop) -> None:
    told = shop.bring({"暗号": "您好 %s，%(name)s 送 100%"})
    assert told.code == 0 and "回复里的 %s 在店小二不是变量" in told.out
    assert shop.answers("暗号") == ["您好 ％s，％(name)s 送 100%"]


@pytest.mark.parametrize("name", ["门店的 规则（新）.json", f"{'a' * 100}.json"])
def test_whatever_the_file_is_called_the_home_can_be_served(shop: Shop, name: str) -> None:
    (shop.home / "welcomes/oa.yaml").unlink()
    assert shop.bring(RANDOM, name=name).code == 0
    assert shop.run("check").code == 0
    assert len(shop.written()) == 3


def test_what_is_too_long_for_a_persona_or_a_welcome_is_left_to_a_person(shop: Shop) -> None:
    (shop.home / "welcomes/oa.yaml").unlink()
    long: Any = RANDOM | {"add_friend_autoreply_info": {"type": "text", "content": "欢" * 680}}
    (rule,) = RANDOM["keyword_autoreply_info"]["list"]  # type: ignore[index]
    replies = [{"type": "text", "content": "一" * 680}, {"type": "text", "content": "二"}]
    long["keyword_autoreply_info"] = {"list": [rule | {"reply_list_info": replies}]}
    told = shop.bring(long)
    assert "这里只回第一条；其余：二" in told.out
    assert "被关注回复有 2040 字节，没有写" in told.out
    assert shop.run("check").code == 0
    assert [*shop.written()] == ["rules/imported-set.yaml"]


def test_a_greeting_that_was_turned_off_is_not_turned_on(shop: Shop) -> None:
    (shop.home / "welcomes/oa.yaml").unlink()
    told = shop.bring(RANDOM | {"is_add_friend_reply_open": "0", "is_autoreply_open": "0"})
    assert "没有写：「欢迎光临」" in told.out and "is_autoreply_open 为 0" in told.out
    assert "welcomes/imported-set.yaml" not in shop.written()


def test_a_mode_of_the_console_that_is_not_known_is_told(shop: Shop) -> None:
    words = [{"match_mode": "EQUAL", "content": "暗号"}, {"match_mode": "near", "content": "口令"}]
    replies = [{"type": "text", "content": "一"}]
    one = {"keyword_list_info": words, "reply_list_info": replies}
    told = shop.bring({"keyword_autoreply_info": {"list": [one]}})
    assert "不认识的匹配方式 near，关键词 口令 没有导入" in told.out
    assert (shop.answers("暗号"), shop.answers("说暗号")) == (["一"], None)


def test_words_for_whatever_nobody_knows_are_no_keyword(shop: Shop) -> None:
    told = shop.bring({"暗号": "一", "*": "都行", "": "没有词"})
    assert told.code == 0 and "原来回「都行」" in told.out and "键是空的" in told.out
    assert shop.answers("*") is None
    told = shop.bring({"keyword": {"口令": "二"}, "default": "没懂", "note": "旧的"}, name="b.json")
    assert "原来回「没懂」" in told.out and "旁边的这几项没有用到：note" in told.out


def test_what_of_a_row_was_not_looked_at_is_told(shop: Shop) -> None:
    rows = [{"q": "一", "a": "二"}, ROW | {"status": 0}, {"keyword": "甲|乙", "reply": "丙"}]
    told = shop.bring(rows)
    assert "第 1 条没有关键词或没有回复，没有导入" in told.out
    assert "规则里的这些键没有用到：status" in told.out
    assert "各当成一个词：「甲|乙」" in told.out
    assert "第 2 条" in shop.written()["rules/imported-set.yaml"].decode()


def test_a_folder_is_told_as_one(shop: Shop) -> None:
    told = shop.run("rules", "import", shop.folder)
    assert told.code == 2 and "是文件夹" in told.err


def test_of_several_sets_none_is_written_when_the_name_of_one_is_taken(shop: Shop) -> None:
    shop.bring({"暗号": "一"}, name="b.json")
    before = shop.written()
    sets = [{"id": "a", "payload": {"口令": "二"}}, {"id": "b", "payload": {"口令": "三"}}]
    told = shop.bring(sets)
    assert told.code == 1 and "已经有 rules/imported-b.yaml" in told.err
    assert shop.written() == before
