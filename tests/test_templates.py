"""Operator texts with slots: what fills them, and what is refused."""

import pytest

from keyword_rules.template import BadTemplate, Template


def test_a_template_fills_slots_and_falls_back_to_defaults() -> None:
    template = Template.parse("{{{store_name|本店}}} 电话 {store_phone}")

    assert template.render({"store_phone": "1"}) == "{本店} 电话 1"
    assert template.render({"store_name": ""}) == "{本店} 电话 "
    assert template.slots == {"store_name", "store_phone"}


@pytest.mark.parametrize(
    "text", ["{x.__class__}", "{0}", "{", "好}", "{a{b}}", "{a!r}", "{a:>9}", "{}", "{大}"]
)
def test_a_template_runs_nothing_and_names_what_it_cannot_read(text: str) -> None:
    with pytest.raises(BadTemplate):
        Template.parse(text)


def test_percent_signs_are_only_text() -> None:
    assert Template.parse("打 8 折 %n %s").render({}) == "打 8 折 %n %s"
