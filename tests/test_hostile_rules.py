"""Bad rule files, each refused by a message at its place; nothing of them is run or followed."""

from dataclasses import replace
from pathlib import Path

import pytest

from config.dictionary import read_words
from config.settings import read as read_settings
from keyword_rules.chosen import MOST_RULES, ReadFile, chosen
from keyword_rules.load import RuleBook
from keyword_rules.parse import Parsed, parse_rules
from keyword_rules.patterns import LONGEST_PATTERN_BYTES
from keyword_rules.rule import Template
from keyword_rules.words import comparable
from tests.homes import command
from tests.rule_makers import by_character
from tests.shop_vocabulary import SHOP


def told(raw: bytes | str) -> list[str]:
    """What is wrong with one rule file."""
    content = raw if isinstance(raw, bytes) else raw.encode()
    return [str(one) for one in parse_rules("a.yaml", content, SHOP, by_character).problems]


def rule(fields: str) -> str:
    """A rule file with one rule, whose third line is given."""
    return f"- id: a\n  say: 甲\n  {fields}\n  do: [handover]\n"


def regex(pattern: str) -> str:
    """A rule that asks for a pattern."""
    return f"- id: a\n  say: {{ any: ['{pattern}'], mode: regex }}\n  do: [handover]\n"


def reply(text: str) -> str:
    """A rule that answers with a text."""
    return f"- id: a\n  say: 甲\n  do: [{{ reply: '{text}' }}]\n"


def book_of(folder: Path) -> RuleBook:
    """The rules of a folder, read once."""
    book = RuleBook(folder, SHOP, by_character)
    book.reload()
    return book


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        pytest.param(rule("wehre: {}"), "3:3: 规则里没有 wehre 这个键（是不是 where？）", id="128"),
        pytest.param(rule("say: 乙"), "3:3: 重复的键 say，前一个在第 2 行", id="129"),
        pytest.param(rule("note: &a 乙"), "3:9: 不支持锚点 &a（把内容写全）", id="130"),
        pytest.param(rule("note: !!python/object:os.system 乙"), "3:9: 不支持标签", id="131"),
        pytest.param("- id: a\n\tsay: 甲\n", "2:1: YAML 语法错误", id="132-tab"),
        pytest.param(b"\xef\xbb\xbf- id: a\n", "1:1: 文件开头有 BOM", id="132-bom"),
        pytest.param("- id: a\n".encode("utf-16"), "1:1: 文件开头有 BOM", id="132-utf-16"),
        pytest.param("- id: a\n".encode("utf-16-le"), "a.yaml:1:", id="132-utf-16-without-mark"),
        pytest.param(rule("priority: .nan"), "3:13: priority 应是整数，这里是小数 .nan", id="133"),
        pytest.param(rule("priority: 1e999"), "3:13: priority 应是整数", id="133-infinite"),
        pytest.param(regex("a(?=b)"), "2:16: 正则表达式不能用前瞻或后顾", id="134"),
        pytest.param(regex("a" * 262_144), "正则表达式超过 1024 字节", id="137"),
        pytest.param(regex("a*"), "正则表达式能匹配空文字，会命中每一句话", id="138"),
        pytest.param(b"- id: a\n  note: \xff\n", "2:9: 不是 UTF-8 文字", id="139"),
        pytest.param(
            reply("{x.__class__}"), "3:17: reply.text 的第 1 个字：{x.__class__}", id="140"
        ),
        pytest.param(reply("{0}"), "{0} 不是变量", id="141"),
        pytest.param(reply("{code"), "花括号 { 没有配对", id="143"),
        pytest.param(reply("{cod}"), "没有变量 {cod}（是不是 code？）", id="144"),
        pytest.param("- include: [b.yaml]\n" + rule("note: 乙"), "include", id="147"),
        pytest.param("- include: [../b.yaml]\n" + rule("note: 乙"), "include", id="148"),
        pytest.param(
            "- id: a\n  say: 甲\n  do: [{ grant: { campaign: theirs } }]\n",
            "3:29: 没有活动 theirs",
            id="154",
        ),
    ],
)
def test_a_bad_file_is_refused_at_its_place(raw: bytes | str, says: str) -> None:
    assert [one for one in told(raw) if says in one], told(raw)


def test_130_references_that_would_grow_to_a_billion_are_never_followed() -> None:
    levels = [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, 10)]
    assert "不支持引用" in "".join(told("x0: &x0 [甲]\n" + "\n".join(levels)))


def test_133_a_negative_stock_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = tmp_path / "campaigns" / "a.yaml"
    campaign.parent.mkdir()
    campaign.write_text("id: a\nname: 甲\nstock: -1\nterms: 乙\n", "utf-8")
    out = command(capsys, "check", "--home", tmp_path).out
    assert "campaigns/a.yaml:3:8: stock: 应在 1 到 10000000 之间，现为 -1" in out


def test_135_a_pattern_that_explodes_elsewhere_is_read_in_one_pass() -> None:
    """RE2 takes it; a long text that nearly matches costs no more than its length."""
    parsed = parse_rules("a.yaml", regex("(a+)+$").encode(), SHOP, by_character)
    assert parsed.problems == ()


def test_136_ten_thousand_alternatives_are_too_long_a_pattern() -> None:
    pattern = "|".join(f"词{n}" for n in range(10_000))
    assert len(pattern.encode()) > LONGEST_PATTERN_BYTES
    assert "正则表达式超过 1024 字节" in told(regex(pattern))[0]


def test_142_a_percent_sign_stands_for_nothing() -> None:
    assert "%n 不是变量（变量写成 {名字}）" in told(reply("第 %n 位"))[0]
    assert told(reply("打 8% 的折，满 100%")) == []
    assert Template.parse("打 8% 的折").render({}) == "打 8% 的折"


def test_145_a_text_over_the_platforms_limit_is_told_with_its_size(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(reply("长" * 700), "utf-8")
    out = command(capsys, "check", "--home", tmp_path).out
    assert "rules/a.yaml:3:8: a reply 最长 2118 字节，超过平台的 2048 字节" in out


def test_146_two_rules_with_one_id_are_told_where_the_other_stands(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(rule("note: 乙"), "utf-8")
    book = book_of(tmp_path)
    assert "b.yaml:1:3: 规则 id a 已经用在 a.yaml:1（换一个 id）" in map(str, book.problems)
    assert len(book.current.rules) == 1


def test_149_a_link_that_leads_outside_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (tmp_path / "elsewhere.yaml").write_text(rule("note: 乙"), "utf-8")
    (folder / "a.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    book = book_of(folder)
    assert [one.message for one in book.problems] == ["链接指向规则文件夹之外，不读"]
    assert book.current.rules == ()


def test_150_a_file_that_everybody_may_write_is_read_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("note: 乙"), "utf-8")
    (tmp_path / "a.yaml").chmod(0o666)
    book = book_of(tmp_path)
    assert (book.problems, len(book.current.rules)) == ((), 1)
    assert ["谁都能改" in one.message for one in book.loaded.warnings] == [True]


def test_151_of_a_file_half_written_the_last_good_version_stays(tmp_path: Path) -> None:
    whole = rule("note: 乙")
    (tmp_path / "a.yaml").write_text(whole, "utf-8")
    book = book_of(tmp_path)
    (tmp_path / "a.yaml").write_text(whole[:-4], "utf-8")
    book.reload()
    assert book.problems and [one.id for one in book.current.rules] == ["a"]


@pytest.mark.parametrize("dates", ["2026-02-02..2026-02-01", "2026-13-01..2026-13-02", "soon"])
def test_152_dates_that_end_before_they_begin_are_refused(dates: str) -> None:
    assert "a.yaml:3:19: " in told(rule(f"where: {{ dates: {dates} }}"))[0]


def test_153_an_unknown_time_zone_is_told_and_hides_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "settings.yaml").write_text("store_zone: Asia/Shanghia\n", "utf-8")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yaml").write_text(rule("wehre: {}"), "utf-8")
    settings, problems = read_settings(tmp_path, {})
    assert settings is None
    assert "settings.yaml:1:13: store_zone: 没有这个时区，应如 Asia/Shanghai" in map(str, problems)
    out = command(capsys, "check", "--home", tmp_path).out
    assert "settings.yaml:1:13:" in out and "rules/a.yaml:3:3:" in out


def test_155_the_id_of_a_platforms_tag_is_no_name_of_ours() -> None:
    """Ours are names; a pasted label id would never match and never mean anything to people."""
    text = "- id: a\n  say: 甲\n  do: [{ tag: [etAbCdEfGhIjKlMnOpQrStUvWxYz0123] }]\n"
    assert told(text), "a label id of the platform passes for a tag"


def test_156_more_than_a_hundred_thousand_rules_are_refused() -> None:
    """How fast as many as may be are read and matched is measured by `bench`."""
    one = parse_rules("a.yaml", rule("note: 乙").encode(), SHOP, by_character).rules[0]
    rules = tuple(replace(one, id=f"r{number}") for number in range(MOST_RULES + 1))
    loaded, _ = chosen([ReadFile(name="a.yaml", parsed=Parsed(rules=rules))], {})
    assert [one.message for one in loaded.problems] == ["规则超过 100000 条"]
    assert loaded.rules == ()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("店小二 x\n", "words.txt:1:1: "),
        ("店小二 -1\n", "words.txt:1:1: "),
        ("甲乙\n" * 100_001, "words.txt: 有 100001 行，最多 100000 行"),
        ("店小二 5\n" * 1_000_000, "words.txt: 文件超过 4096 KiB"),
    ],
)
def test_157_a_dictionary_that_cannot_be_used_is_told_and_not_used(
    tmp_path: Path, words: str, says: str
) -> None:
    (tmp_path / "words.txt").write_text(words, "utf-8")
    used, problems = read_words(tmp_path, comparable)
    assert (used, str(problems[0]).startswith(says)) == ({}, True), problems[0]
