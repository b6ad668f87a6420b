"""The words of employees' questions, as content.yaml writes them, and rules for employees alone."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from config.content import read
from config.nouns import STAFF_QUESTIONS, Content
from config.problems import Problem
from keyword_rules.match import RuleSet
from keyword_rules.rule import Step, Where
from tests.bot_letters import app_said, asked
from tests.callbacks import said
from tests.rooms import Installed, Plans, installed
from tests.rule_makers import rule, ruleset

# --- content.yaml ---


def written(folder: Path, text: str) -> tuple[Content, tuple[Problem, ...]]:
    (folder / "content.yaml").write_text(text, "utf-8")
    return read(folder)


def test_without_a_word_about_them_the_usual_questions_are_answered(tmp_path: Path) -> None:
    content, problems = written(tmp_path, "quiet_hours: 22:00-08:00\n")

    assert content.staff_questions == STAFF_QUESTIONS
    assert problems == ()


def test_a_question_may_have_other_words_or_none(tmp_path: Path) -> None:
    content, problems = written(
        tmp_path, "staff_questions:\n  groups: 坐满没\n  given: []\n  redeemed:\n"
    )

    assert problems == ()
    assert content.staff_questions["groups"] == ("坐满没",)
    assert content.staff_questions["given"] == content.staff_questions["redeemed"] == ()
    assert content.staff_questions["help"] == STAFF_QUESTIONS["help"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("staff_questions:\n  group: [满没]\n", 2, "不认识的项 “group”"),
        ("staff_questions:\n  groups: [满没, '']\n", 2, "空的一项"),
        ("staff_questions: [满没]\n", 1, "名称: 值"),
        ("newcomer_campaign: nothing\n", 1, "没有这个活动"),
    ],
)
def test_a_slip_is_told_at_its_place(tmp_path: Path, text: str, line: int, message: str) -> None:
    _, (problem,) = written(tmp_path, text)

    assert problem.line == line
    assert message in problem.message


# --- rules ---


def rules_for_staff() -> RuleSet:
    """One rule for each of three channels, all for the same word."""
    return ruleset(
        *(
            replace(
                rule(name, "contains", "暗号"),
                where=Where(channel=(name,)),
                do=(Step(verb="reply", args={"text": f"{name} 的话"}),),
            )
            for name in ("oa", "app", "aibot")
        )
    )


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(rules=rules_for_staff)) as one:
        yield one


async def test_a_rule_of_a_channel_speaks_there_and_nowhere_else(shop: Installed) -> None:
    accepted = await shop.deliver(asked("暗号"), "bot")
    by_bot = await shop.worker.answer(accepted)
    await shop.deliver(app_said("暗号", 1), "corp")
    await shop.settle_down()
    by_oa = await shop.say("ada", said("ada", "暗号", 2))

    assert by_bot is not None
    assert by_oa is not None
    assert orjson.loads(by_bot)["stream"]["content"] == "aibot 的话"
    (message,) = shop.platform.to("message/send")
    assert message.body["text"]["content"] == "app 的话"
    assert "oa 的话" in by_oa.decode()


async def test_the_trace_keeps_what_an_employee_said(shop: Installed) -> None:
    accepted = await shop.deliver(asked("暗号"), "bot")
    await shop.worker.answer(accepted)

    trace = orjson.loads(await shop.one("SELECT body FROM trace"))

    assert (trace["event"], trace["text"], trace["new_member"]) == ("BotAsked", "暗号", False)
    assert [hit["rule"] for hit in trace["hits"]] == ["aibot"]
    assert [action["kind"] for action in trace["actions"]] == ["aibot_reply"]
