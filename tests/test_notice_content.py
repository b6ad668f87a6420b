"""What notices may say: the forms of their fields, and what `check` tells of wrong ones."""

from datetime import timedelta
from pathlib import Path

import pytest

from commands.parts.compose import check_text
from config.content import read
from config.nouns import Content
from config.service_notices import NoticeField

GOOD = """
- id: expiring
  kind: template
  template: TPL1
  fields:
    thing1: "{campaign_name}"
    time2: "{expires}"
  url: "{coupon_url}"
  within: 2h
- id: arrived
  kind: subscription
  template: TPL2
  fields: {thing1: 到货了}
  miniprogram: {appid: wx1, page: pages/index}
- id: single
  account: oa
  kind: once
  template: TPL3
  title: 到货提醒
  scene: 7
  fields: {content: "{store_name}到货了"}
"""
CAMPAIGN = """
id: newcomer
name: 新人券
stock: 5
terms: 满20减5
remind: {notice: expiring, before: 2d, hour: "09:30"}
"""


def told(
    home: Path,
    notices: str = GOOD,
    campaign: str = CAMPAIGN,
    official: frozenset[str] | None = None,
) -> tuple[Content, list[str]]:
    for folder, text in (("notices", notices), ("campaigns", campaign)):
        (home / folder).mkdir(exist_ok=True)
        (home / folder / "all.yaml").write_text(text.lstrip("\n"), encoding="utf-8")
    accounts = frozenset({"oa"}) if official is None else official
    content, problems = read(home, official=accounts, check_text=check_text)
    return content, [str(one) for one in problems]


def field(line: str) -> str:
    """A notice of one field that is wrong."""
    return f"id: expiring\nkind: template\ntemplate: T\nfields:\n  {line}\n"


def test_notices_are_read_and_belong_to_the_only_official_account(tmp_path: Path) -> None:
    content, problems = told(tmp_path)
    assert problems == []
    expiring, arrived, single = content.notices.values()
    assert (expiring.account, expiring.kind, expiring.within) == (
        "oa", "template", timedelta(hours=2),
    )  # fmt: skip
    assert [(one.key, one.text) for one in expiring.fields] == [
        ("thing1", "{campaign_name}"), ("time2", "{expires}"),
    ]  # fmt: skip
    assert (arrived.appid, arrived.page) == ("wx1", "pages/index")
    assert (single.title, single.scene) == ("到货提醒", 7)
    wanted = content.campaigns["newcomer"].remind
    assert wanted is not None
    assert (wanted.notice, wanted.before, wanted.minute) == ("expiring", timedelta(days=2), 570)


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("thing1: 一二三四五六七八九十一二三四五六七八九十长", "thing1: 21 字，thing 最多 20 字"),
        ("number3: 约5", "number3: 只能是数字，可以带小数"),
        ("time2: 明天", "time2: 应为日期或时间，如 2026-11-01 08:00"),
        ("time2: 2026年2月30日 08:00", "time2: 应为日期或时间，如 2026-11-01 08:00"),
        ('time2: "2026-11-01"', "time2: 要有时分，如 08:00 或 2026-11-01 08:00"),
        ("date2: 08:30", "date2: 要有年月日，如 2026-11-01"),
        ("amount4: 九块九", "amount4: 应为金额，如 ¥9.90 或 9.9元"),
        ("thing1: 你好{nobody}", "thing1: 没有空位 {nobody}"),
        ("1thing: 你好", "1thing: 不像模板里的字段名，应如 thing1、time2"),
        ("first: 你好", "first: 微信 2023 年起不显示这个字段"),
        ("keyword1: 你好", "keyword1: 不认识 keyword 这种字段，它的长度和格式不检查"),
    ],
)
def test_a_field_that_would_be_refused_is_told_with_its_place(
    tmp_path: Path, line: str, wrong: str
) -> None:
    _, problems = told(tmp_path, field(line))
    assert problems[0].startswith("notices/all.yaml:5:")
    assert problems[0].endswith(wrong)


def test_a_slot_that_may_become_too_long_is_a_warning(tmp_path: Path) -> None:
    long = CAMPAIGN.replace("满20减5", "满一百减五" * 5)
    _, problems = told(tmp_path, field('thing1: "{terms}"'), long)
    assert [one.partition(": ")[2] for one in problems] == [
        "thing1: 填上最长的空位是 25 字，thing 最多 20 字，超出时会截断"
    ]


@pytest.mark.parametrize(
    ("official", "wrong"),
    [
        (frozenset({"a", "b"}), "account: 有几个公众号，要写明是哪个：a、b"),
        (frozenset[str](), "account: settings.yaml 里没有公众号，这条通知发不出去"),
    ],
)
def test_without_one_official_account_the_notice_must_name_it(
    tmp_path: Path, official: frozenset[str], wrong: str
) -> None:
    text = field("thing1: 你好")
    _, problems = told(tmp_path, text, official=official)
    assert any(one.endswith(wrong) for one in problems)


def test_what_else_is_wrong_is_told_all_at_once(tmp_path: Path) -> None:
    wrong = GOOD.replace("within: 2h", "within: 2 小时").replace("scene: 7", "scene: 10001")
    wrong = wrong.replace("template: TPL1", "template: TPL1\n  tempalte: x")
    campaign = CAMPAIGN.replace("notice: expiring", "notice: arrived")
    _, problems = told(tmp_path, wrong, campaign)
    assert [one.partition(": ")[2] for one in problems] == [
        "notice: 到期提醒只能用模板消息（kind: template）的通知",
        "不认识的项 “tempalte”（是不是 template？）",
        "within: 应为一段时间：30m（分钟）、2h（小时）或 3d（天），最长 366d",
        "scene: 应在 0 到 10000 之间，现为 10001",
    ]


def test_two_subscriptions_cannot_share_a_template(tmp_path: Path) -> None:
    twice = GOOD + GOOD[GOOD.index("- id: arrived") : GOOD.index("- id: single")].replace(
        "id: arrived", "id: again"
    )
    _, problems = told(tmp_path, twice)
    assert "订阅模板 “oa/TPL2” 重复" in problems[0]


@pytest.mark.parametrize(
    ("key", "value", "fitted"),
    [
        ("thing1", "两行\n字", "两行 字"),
        ("thing1", "字" * 30, "字" * 19 + "…"),
        ("character_string1", "A" * 40, "A" * 40),
        ("date1", "2026-01-05", "2026年1月5日"),
        ("time1", "2026/01/05 08:30:00", "2026年1月5日 08:30"),
        ("time1", "08:30", "08:30"),
        ("time1", "２０２６－０１－０５　０８：３０", "2026年1月5日 08:30"),
        ("number1", "１２．５", "12.5"),
        ("thing1", "１号店", "１号店"),
        ("thing1", "🎉]]>\r\n<b>&", "🎉]]> <b>&"),
    ],
)
def test_a_value_is_brought_into_the_form_of_its_field(key: str, value: str, fitted: str) -> None:
    assert NoticeField(key=key, text="").fit(value) == fitted


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("character_string1", "A" * 40),
        ("character_string1", "券码"),
        ("thing1", ""),
        ("number1", ""),
    ],
)
def test_what_cannot_be_cut_without_meaning_something_else_is_a_fault(key: str, value: str) -> None:
    one = NoticeField(key=key, text="")
    assert one.fault(one.fit(value))
