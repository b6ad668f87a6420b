"""`try` and `rules lint`: the same answer for people and for programs."""

import io
import json
from datetime import datetime
from pathlib import Path

from commands.report import lint as rules_lint
from commands.report import trial as try_
from commands.report.trial import Question
from keyword_rules.load import RuleBook
from tests.rule_makers import by_character
from tests.shop_vocabulary import SHOP

RULES = """\
- id: coupon
  say: { any: [领券], mode: sound }
  where: { channel: [oa], hours: "08:00-22:00" }
  do: [{ grant: { campaign: newcomer } }]
  cases: [{ text: 领券, hit: true }]
- id: egg
  say: { any: [鸡蛋券, 领券吧], mode: contains }
  priority: -1
  do: [handover]
"""


class Shop:
    """A folder of rules, opened as the composition root opens one."""

    def __init__(self, folder: Path, text: str = RULES) -> None:
        (folder / "rules.yaml").write_text(text, "utf-8")
        self.folder = folder
        self.out, self.err = io.StringIO(), io.StringIO()

    def open(self, home: Path | None) -> RuleBook:
        book = RuleBook(home or self.folder, SHOP, by_character)
        book.reload()
        return book

    def ask(self, question: Question, *, as_json: bool = False) -> int:
        return try_.run(
            question,
            home=None,
            open_book=self.open,
            as_json=as_json,
            stdout=self.out,
            stderr=self.err,
        )


AT_NOON = datetime(2024, 1, 1, 12)  # noqa: DTZ001 (wall time)


def test_the_answer_as_json_names_hits_and_every_miss(tmp_path: Path) -> None:
    shop = Shop(tmp_path)

    assert shop.ask(Question(text="领劵", at=AT_NOON), as_json=True) == 0
    answer = json.loads(shop.out.getvalue())
    assert set(answer) == {"v", "text", "comparable", "ruleset", "hits", "missed"}
    (hit,) = answer["hits"]
    assert (hit["rule"], hit["mode"], hit["words"]) == ("coupon", "sound", ["领券"])
    assert hit["do"] == [{"verb": "grant", "args": {"campaign": "newcomer"}}]
    assert answer["missed"] == [
        {"rule": "egg", "why": "words", "want": "鸡蛋券、领券吧", "got": "领劵", "near": False}
    ]


def test_a_condition_that_fails_is_told_with_both_values(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.ask(Question(text="领券", channel="kf", at=AT_NOON), as_json=True)
    coupon = json.loads(shop.out.getvalue())["missed"][0]

    assert (coupon["why"], coupon["want"], coupon["got"]) == ("channel", "oa", "kf")


def test_the_answer_for_people_says_what_won_and_what_came_near(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.ask(Question(text="领券吧", at=AT_NOON))
    answer = shop.out.getvalue()

    assert "命中 coupon（sound：领券）→ grant  rules.yaml:1" in answer
    assert "先被别的规则命中并停止" in answer
    assert "\x1b" not in answer


def test_nothing_found_is_said_plainly(tmp_path: Path) -> None:
    shop = Shop(tmp_path)

    assert shop.ask(Question(text="你好")) == 0
    assert "没有规则命中" in shop.out.getvalue()


def test_problems_of_rule_files_are_shown_and_counted_as_findings(tmp_path: Path) -> None:
    shop = Shop(tmp_path, "- id: a\n")

    assert shop.ask(Question(text="领券"), as_json=True) == 1
    assert "rules.yaml:1:3: " in shop.err.getvalue()
    assert json.loads(shop.out.getvalue())["hits"] == []


def test_lint_lists_findings_and_exits_one(tmp_path: Path) -> None:
    shop = Shop(tmp_path)

    assert rules_lint.run(home=None, open_book=shop.open, stdout=shop.out) == 1
    assert "egg 没有一条必须命中的例句 [unexercised]" in shop.out.getvalue()


def test_lint_as_json_is_versioned(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    rules_lint.run(home=tmp_path, open_book=shop.open, as_json=True, stdout=shop.out)
    answer = json.loads(shop.out.getvalue())

    assert (answer["v"], answer["problems"]) == (1, [])
    assert [finding["kind"] for finding in answer["findings"]] == ["unexercised"]


def test_lint_names_what_no_reply_may_claim(tmp_path: Path) -> None:
    shop = Shop(
        tmp_path,
        "- id: tea\n  say: { any: [茶] }\n  do: [{ reply: 本市最好的茶 }]\n"
        "  cases: [{ text: 茶, hit: true }]\n",
    )

    assert rules_lint.run(home=None, open_book=shop.open, stdout=shop.out) == 1
    assert "rules.yaml:1: tea 说法里有极限词“最好”，请换个说法 [claim]" in shop.out.getvalue()
