"""The stages of content.yaml: read lowest first, each with something to reach it by."""

from pathlib import Path

import pytest

from config.content import read
from config.home import SAMPLE
from config.nouns import StageRule
from config.problems import Problem


def told(home: Path, stages: str) -> tuple[tuple[StageRule, ...], list[Problem]]:
    """Read a home that holds nothing but stages."""
    (home / "content.yaml").write_text(f"stages:\n{stages}", encoding="utf-8")
    content, problems = read(home)
    return content.stages, list(problems)


def test_the_samples_rise_by_a_name_then_by_orders_or_money() -> None:
    content, _ = read(SAMPLE, accounts=frozenset({"oa-main", "wecom-main"}))
    assert [(one.stage, one.orders, one.spend_fen) for one in content.stages] == [
        ("registered", 0, 0),
        ("first_order", 1, 0),
        ("taster", 3, 20_000),
        ("advocate", 10, 100_000),
    ]
    assert content.stages[0].names == ("phone", "card")
    assert content.after_order == ""


def test_a_stage_may_be_called_otherwise(tmp_path: Path) -> None:
    stages, problems = told(tmp_path, "- {stage: taster, name: 体验官, orders: 2}\n")
    assert problems == []
    assert stages == (StageRule(stage="taster", name="体验官", orders=2),)


@pytest.mark.parametrize(
    ("stages", "place", "advice"),
    [
        ("- {stage: visitor, orders: 1}", "stage", "registered"),
        ("- {stage: tasters, orders: 1}", "stage", "taster"),
        ("- {stage: taster}", "stage", "怎样"),
        ("- {stage: taster, orders: -1}", "orders", "之间"),
        ("- {stage: taster, orders: 1.5}", "orders", "整数"),
        ("- {stage: taster, spend_fen: 200.00}", "spend_fen", "20000"),
        ("- {stage: taster, names: [fone]}", "names", "phone"),
        ("- {stage: taster, spend: 200}", "spend", "spend_fen"),
        (
            "- {stage: taster, orders: 3}\n- {stage: first_order, orders: 1}",
            "stage",
            "排在 taster 前面",
        ),
        ("- {stage: taster, orders: 3}\n- {stage: taster, orders: 4}", "stage", "写一次"),
    ],
)
def test_a_wrong_stage_is_told_at_its_place(
    tmp_path: Path, stages: str, place: str, advice: str
) -> None:
    _, problems = told(tmp_path, stages + "\n")
    assert problems
    assert place in problems[0].message
    assert advice in str(problems[0])
    assert problems[0].line > 1
