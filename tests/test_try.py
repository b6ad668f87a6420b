"""`try` and `rules lint`: the same answer for people and for programs."""

import io
import json
import time
from datetime import datetime
from pathlib import Path

import orjson
from rich.console import Console

from commands.report import lint as rules_lint
from commands.report.trial import Trial, Tried, tell
from commands.report.words import MISSES
from keyword_rules.load import RuleBook
from keyword_rules.rule import TEXT, Miss, Subject
from tests.rule_makers import by_character, rule, ruleset
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

    def ask(self, subject: Subject, *, every: bool = True, about: str = "") -> Tried:
        return Trial(rules=self.open(None).current).of(subject, every=every, about=about)

    def told(self, subject: Subject) -> str:
        """What people read."""
        tell(self.ask(subject), Console(file=self.out, soft_wrap=True, markup=False))
        return self.out.getvalue()


AT_NOON = datetime(2024, 1, 1, 12)  # noqa: DTZ001 (wall time)


def said(text: str, channel: str = "oa") -> Subject:
    """A visitor types something at noon."""
    return Subject(occasion=TEXT, text=text, channel=channel, stage="visitor", local=AT_NOON)


def test_the_answer_as_plain_values_names_hits_and_every_miss(tmp_path: Path) -> None:
    answer = json.loads(orjson.dumps(Shop(tmp_path).ask(said("领劵")).document()))

    fields = {"v", "text", "comparable", "ruleset", "hits", "dry", "missed", "fallback"}
    assert set(answer) == fields
    (hit,) = answer["hits"]
    assert (hit["rule"], hit["mode"], hit["words"]) == ("coupon", "sound", ["领券"])
    assert hit["do"] == [{"verb": "grant", "args": {"campaign": "newcomer"}}]
    assert answer["missed"] == [
        {"rule": "egg", "why": "words", "want": "鸡蛋券、领券吧", "got": "领劵", "near": False}
    ]


def test_a_condition_that_fails_is_told_with_both_values(tmp_path: Path) -> None:
    coupon = Shop(tmp_path).ask(said("领券", channel="kf")).trace.missed[0]

    assert (coupon.why, coupon.want, coupon.got) == ("channel", "oa", "kf")


def test_the_answer_for_people_says_what_won_and_what_came_near(tmp_path: Path) -> None:
    answer = Shop(tmp_path).told(said("领券吧"))

    assert "命中 coupon（sound：领券）→ grant  rules.yaml:1" in answer
    assert "先被别的规则命中并停止" in answer
    assert "coupon（优先级 0 > -1）" in answer
    assert "\x1b" not in answer


def test_nothing_found_is_said_plainly(tmp_path: Path) -> None:
    assert "没有规则命中" in Shop(tmp_path).told(said("你好"))


def test_candidates_alone_leave_out_what_is_far(tmp_path: Path) -> None:
    shop = Shop(tmp_path)

    assert shop.ask(said("领劵"), every=False).trace.missed == ()
    (egg,) = shop.ask(said("领劵"), every=False, about="egg").trace.missed
    assert (egg.rule, egg.why) == ("egg", "words")


def test_a_rule_that_only_rank_keeps_from_acting_is_told_when_asked_about(tmp_path: Path) -> None:
    missed = Shop(tmp_path).ask(said("领券吧"), every=False, about="egg").trace.missed

    assert [(one.rule, one.why) for one in missed] == [("egg", "outranked")]


def test_every_reason_has_its_words() -> None:
    named = (Miss.__doc__ or "").partition("stable code:")[2].partition(".")[0]
    assert {code.strip() for code in named.split(",")} == set(MISSES)


def test_candidates_of_ten_thousand_rules_are_told_at_once() -> None:
    words = (f"{chr(0x4E00 + n % 500)}{chr(0x5000 + n // 500)}券" for n in range(10_000))
    many = (rule(f"r{n}", "contains", one) for n, one in enumerate(words))
    trial = Trial(rules=ruleset(*many))
    took_s = []
    for _ in range(5):
        began = time.perf_counter()
        tried = trial.of(said("我想领一丁券，一七券"), every=False, about="r9999")
        took_s.append(time.perf_counter() - began)
    assert tried.trace.missed[-1].rule == "r9999"
    assert min(took_s) < 0.05


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
    assert "rules.yaml:3:8: tea 说法里有极限词“最好”，请换个说法 [claim]" in shop.out.getvalue()
