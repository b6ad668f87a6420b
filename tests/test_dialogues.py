"""Sample dialogues run through the real rules and playbook, and say what went wrong."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from commands.parts.compose import PLAYBOOK, Home, fill, sample_home
from commands.report.dialogues import failed_dialogues
from commands.report.topics import unknown_topics
from config.nouns import Content, Dialogue, Expect, Given
from config.problems import Place
from tests.homes import command
from tests.little_shop import XIAODU, shop_rules
from tests.situations import with_content

NOBODY_SPECIAL = Given()
AT = Place("personas/xiaodu.yaml", 9, 5)
WANTED = ("正常", "生气", "找真人", "是不是真人", "讨价还价", "指使", "未成年", "半夜")


@pytest.fixture(scope="module")
def samples() -> Home:
    return sample_home()


def content(says: tuple[str, ...], given: Given = NOBODY_SPECIAL, **expect: Any) -> Content:
    """The little shop, whose persona has one dialogue."""
    dialogue = Dialogue(name="一段", says=says, at=AT, given=given, expect=Expect(**expect))
    xiaodu = replace(XIAODU, dialogues=(dialogue,))
    shop = with_content(automatic_mark="（自动回复）")
    return replace(shop, personas={**shop.personas, "xiaodu": xiaodu})


def told(shop: Content) -> list[str]:
    return [str(problem) for problem in failed_dialogues(shop, shop_rules(), PLAYBOOK)]


def test_every_sample_dialogue_comes_out_as_written(samples: Home) -> None:
    assert samples.problems == ()
    assert failed_dialogues(samples.content, samples.rules.current, PLAYBOOK) == ()
    assert list(unknown_topics(samples.rules.current.rules, samples.content)) == []


def test_every_sample_persona_has_the_hard_dialogues(samples: Home) -> None:
    for persona in samples.content.personas.values():
        names = " ".join(one.name for one in persona.dialogues)
        assert [each for each in WANTED[1:] if each not in names] == [], persona.id


@pytest.mark.parametrize(
    ("says", "expect", "wrong"),
    [
        (("领券",), {"persona": "laoban"}, "persona 应为 laoban，实际是 xiaodu"),
        (("领券",), {"rule": "egg"}, "rule 应为 egg，实际是 coupon"),
        (("在吗",), {"topic": "hours"}, "topic 应为 hours，实际是 fallback"),
        (("领券",), {"contains": ("鸡蛋",)}, "contains 应为 鸡蛋，实际是 没有这些字"),
        (("领券",), {"not_contains": ("NEWCOMER",)}, "not_contains 不许有“NEWCOMER”"),
        (("领券",), {"handover": True}, "handover 应为 true，实际是 false"),
        (("领券",), {"mark": False}, "mark 应为 false，实际是 true"),
        (("领券",), {"silent": True}, "silent 应为 true，实际是 false"),
    ],
)
def test_a_dialogue_that_contradicts_the_rules_is_named_with_wanted_and_got(
    says: tuple[str, ...], expect: dict[str, Any], wrong: str
) -> None:
    (problem,) = told(content(says, **expect))
    assert problem.startswith("personas/xiaodu.yaml:9:5: 对话“一段”：")
    assert wrong in problem
    assert "答的是「" in problem


@pytest.mark.parametrize(
    ("says", "given", "expect"),
    [
        (("领券",), Given(), {"persona": "xiaodu", "rule": "coupon", "mark": True}),
        (("领券", "领券"), Given(), {"contains": ("已有一张",), "mark": False}),
        (("量子", "薛定谔"), Given(), {"handover": True, "topic": "handover"}),
        (("几点",), Given(store="S012"), {"persona": "laoban", "topic": "hours"}),
        (("在吗",), Given(stage="first_order"), {"persona": "xiaoyi", "topic": "fallback"}),
        (("领券",), Given(channel="kf"), {"contains": ("NEWCOMER",), "silent": False}),
        (("领券",), Given(channel="kf", held=True), {"silent": True, "handover": False}),
        (("人工", "领券"), Given(channel="kf"), {"silent": True}),
        (("宠物群",), Given(store="S012"), {"topic": "", "rule": "pets", "contains": ("入口",)}),
    ],
)
def test_a_dialogue_remembers_what_its_turns_left_behind(
    says: tuple[str, ...], given: Given, expect: dict[str, Any]
) -> None:
    assert told(content(says, given, **expect)) == []


def test_every_variant_of_a_wording_must_hold() -> None:
    shop = content(("在吗",), contains=("没听懂",))
    two = replace(shop.personas["xiaodu"], replies={"fallback": ("没听懂", "听不清")})
    (problem,) = told(replace(shop, personas={"xiaodu": two}))
    assert "听不清" in problem


def test_a_topic_of_a_rule_that_nobody_can_say_is_a_problem() -> None:
    (problem,) = unknown_topics(shop_rules().rules, with_content(personas={"xiaodu": XIAODU}))
    assert "规则 hours 的话题“hours”没有一个人设会说" in str(problem)
    assert list(unknown_topics(shop_rules().rules, with_content(personas={}))) == []


def test_check_fails_by_a_dialogue_at_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(tmp_path)
    file = tmp_path / "personas" / "xiaodu.yaml"
    before = file.read_text("utf-8")
    file.write_text(before + "  - { name: 不对, says: 领券, expect: { silent: true } }\n", "utf-8")
    line = before.count("\n") + 1
    done = command(capsys, "check", "--home", tmp_path)
    assert done.code == 1
    assert f"personas/xiaodu.yaml:{line}:5: 对话“不对”：silent 应为 true" in done.out
