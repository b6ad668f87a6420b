"""`check` and `rules lint` over a home: levels, exit codes, and what hides nothing else."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.db.location import located
from commands.checking.kinds import KINDS
from commands.checking.left import Left, left_in
from commands.checking.offers import Shop, offers
from commands.parts.compose import fill
from config.claims import claims
from config.nouns import Campaign, Content, Group, Pool
from keyword_rules.rule import Dates, Rule, Step, Where
from tests.findings_page import PAGE, written
from tests.homes import command, oa_text, served_home

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DOUBTFUL = "- id: mine\n  say: 独一份的话\n  do: [handover]\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path / "home")
    return tmp_path / "home"


def _mine(home: Path, text: str) -> None:
    (home / "rules" / "mine.yaml").write_text(text, "utf-8")


def test_a_warning_is_listed_and_fails_only_a_strict_check(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _mine(home, DOUBTFUL)
    told = command(capsys, "check", "--home", home)

    assert "rules/mine.yaml:1:3: mine 没有一条必须命中的例句" in told.out
    assert told.code == 0
    assert command(capsys, "check", "--home", home, "--strict").code == 1


def test_settings_that_cannot_be_read_hide_no_problem_of_rules_or_content(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "settings.yaml").write_text("accounts: [\n", "utf-8")
    (home / "menu.yaml").write_text("entries: 5\n", "utf-8")
    _mine(home, "- id: mine\n  say: 甲\n  wehre: {}\n  do: [handover]\n")
    told = command(capsys, "check", "--home", home)

    for place in ("settings.yaml:2:1: ", "menu.yaml:1:", "rules/mine.yaml:3:3: "):
        assert place in told.out
    assert "没有这个账号" not in told.out  # nobody can know which there are
    assert told.code == 1


def test_a_broken_rule_and_a_broken_file_hide_no_finding_of_the_others(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _mine(home, f"- id: bad\n  say: 甲\n  wehre: {{}}\n  do: [handover]\n{DOUBTFUL}")
    (home / "rules" / "cut.yaml").write_text("- id: [\n", "utf-8")
    out = command(capsys, "check", "--home", home).out

    assert "rules/mine.yaml:3:3: " in out
    assert "rules/mine.yaml:5:3: mine 没有一条必须命中的例句" in out
    assert "rules/cut.yaml:2:1: YAML 语法错误" in out


def test_the_json_form_has_each_problem_as_an_object(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _mine(home, DOUBTFUL)
    document = json.loads(command(capsys, "check", "--home", home, "--json").out)
    (found,) = [one for one in document["found"] if one["file"] == "rules/mine.yaml"]

    assert (document["v"], document["errors"]) == (1, 0)
    assert (found["line"], found["column"], found["level"]) == (1, 3, "warning")
    assert (found["kind"], found["rule"]) == ("unexercised", "mine")
    assert str(found["message"]) in "".join(document["problems"])


def test_lint_names_file_line_and_column(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _mine(home, DOUBTFUL)
    told = command(capsys, "rules", "lint", "--home", home)

    assert "mine.yaml:1:3: mine 没有一条必须命中的例句 [unexercised]" in told.out
    assert told.code == 1


def test_a_content_text_that_outgrows_the_platform_once_filled_is_a_warning(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = home / "campaigns" / "newcomer.yaml"
    text = f"\nended: '{{terms}}{'长' * 660}'\nnot_yet: 转发朋友圈领券\n"
    campaign.write_text(campaign.read_text("utf-8").rstrip() + text, "utf-8")
    told = command(capsys, "check", "--home", home)

    assert "ended: 填上最长的空位是" in told.out
    assert "not_yet: 有诱导分享“转发朋友圈”" in told.out


STEPS = """\
- id: mine
  say: 独一份的话
  do:
    - tag: [熟客]
    - reply: 全国第一
    - reply:
        text: 好
        menu: ['查 {order}']
    - topic: nothing-of-the-kind
    - handover: {长}
  cases: [{text: 独一份的话, hit: true}]
"""


def test_what_is_wrong_with_a_step_is_told_at_the_step(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _mine(home, STEPS.replace("{长}", "长" * 700))
    lines = command(capsys, "check", "--home", home).out.splitlines()
    mine = [line.removeprefix("rules/mine.yaml:") for line in lines if "rules/mine" in line]

    assert [line[:5] for line in mine] == ["5:7: ", "6:7: ", "9:7: ", "10:7:"]
    assert "第一" in mine[0] and "{order} 会照原样发出去" in mine[1]
    assert "nothing-of-the-kind" in mine[2] and "会被截断" in mine[3]


# --- what there is to give ---


def _rule(verb: str, where: Where | None = None, **args: str) -> Rule:
    step = Step(verb=verb, args=args)
    return Rule(
        id="a", file="a", line=1, column=3, do=(step,), do_at=((4, 7),), where=where or Where()
    )


def _kinds(rule: Rule, content: Content, left: Left | None = None) -> list[str]:
    return [one.kind for one in offers([rule], Shop(content=content, now=NOW, left=left))]


def _selling(opens: datetime | None = None, closes: datetime | None = None) -> Content:
    campaign = Campaign(id="egg", name="蛋", stock=100, terms="", opens=opens, closes=closes)
    return Content(campaigns={"egg": campaign})


def test_a_rule_that_grants_what_is_over_or_not_yet_open_is_named() -> None:
    day, grant = timedelta(days=1), _rule("grant", campaign="egg")
    early = _rule("grant", Where(dates=(Dates(last=NOW.date()),)), campaign="egg")

    assert _kinds(grant, _selling()) == []
    assert _kinds(grant, _selling(closes=NOW)) == ["campaign_over"]
    assert _kinds(grant, _selling(opens=NOW + day)) == ["campaign_ahead"]
    assert _kinds(early, _selling(opens=NOW + 2 * day)) == ["too_early"]


@pytest.mark.parametrize(
    ("codes", "kinds"), [({"egg": 0}, ["no_stock"]), ({"egg": 9}, ["low_stock"]), ({}, [])]
)
def test_a_shelf_that_is_empty_or_nearly_so_is_named(
    codes: dict[str, int], kinds: list[str]
) -> None:
    assert _kinds(_rule("grant", campaign="egg"), _selling(), Left(codes=codes)) == kinds


@pytest.mark.parametrize(
    ("group", "seats", "kinds"),
    [
        (Group(chat="a", name="a"), {}, []),
        (Group(chat="a", name="a"), {"pets": 0}, ["no_seat"]),
        (Group(chat="a", name="a", closed=True), {}, ["no_seat"]),
        (Group(chat="a", name="a", expires=NOW), {}, ["no_seat"]),
    ],
)
def test_a_pool_without_a_seat_is_named(
    group: Group, seats: dict[str, int], kinds: list[str]
) -> None:
    pool = Pool(id="pets", name="宠物", account="corp", groups=(group,))
    invite = _rule("invite", pool="pets")
    shop = Shop(content=Content(pools={"pets": pool}), now=NOW, left=Left(seats=seats))
    found = list(offers([invite], shop))
    assert [(one.kind, one.line, one.column) for one in found] == [(kind, 4, 7) for kind in kinds]


def test_a_rule_that_nobody_needed_is_told_where_the_traces_are_old_enough() -> None:
    rule = _rule("handover")
    assert _kinds(rule, Content(), Left(hit=frozenset())) == ["unused"]
    assert _kinds(rule, Content(), Left(hit=frozenset({"a"}))) == []
    assert _kinds(rule, Content(), Left(hit=None)) == []


def test_a_database_that_is_not_there_tells_nothing(tmp_path: Path) -> None:
    place = located(f"sqlite:{tmp_path / 'none.db'}")
    assert left_in(place, Content(), 0, hits=True) is None


async def test_the_database_tells_what_is_left_and_which_rules_hit(tmp_path: Path) -> None:
    async with served_home(tmp_path) as served:
        await served.hear(oa_text("ada", "领券", 1))
        place, month_us = located(served.home.settings.database), 31 * 86_400_000_000
        now_us = served.clock()
        young = left_in(place, served.home.content, now_us, hits=True)
        old = left_in(place, served.home.content, now_us + month_us, hits=True)

    assert young and old
    stock = served.home.content.campaigns["newcomer"].stock
    assert young.codes["newcomer"] == stock - 1
    assert young.seats["pets"] > 0
    assert (young.hit, old.hit) == (None, frozenset())


# --- words nobody may say ---


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("全城最佳", "极限词", "最佳"),
        ("本店第一", "极限词", "第一"),
        ("国家级工艺", "极限词", "国家级"),
        ("降血糖的茶", "疗效", "降血糖"),
        ("保证有货", "许诺", "保证"),
        ("分享到朋友圈领券", "诱导分享", "分享到朋友圈"),
        ("集赞二十个", "诱导分享", "集赞"),
        ("关注后领券", "诱导关注", "关注后领"),
    ],
)
def test_forbidden_words_are_found_with_the_rule_against_them(
    text: str, kind: str, words: str
) -> None:
    (claim,) = claims(text)
    assert (claim.kind, claim.words) == (kind, words)
    assert claim.why


@pytest.mark.parametrize(
    "text",
    [
        *("第一次来", "最后一天", "最好提前预约", "最近到货", "最多领一张", "第一时间回复您"),
        *("退还保证金", "您不一定能领到", "谢谢关注", "欢迎关注我们", "请勿转发到朋友圈"),
    ],
)
def test_everyday_words_pass(text: str) -> None:
    assert list(claims(text)) == []


def test_the_page_of_findings_is_current() -> None:
    """When this fails, run `python -m tests.findings_page`."""
    page = PAGE.read_text("utf-8")
    assert written(page) == page
    assert [name for name in KINDS if f"| `{name}` |" not in page] == []
