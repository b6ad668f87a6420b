"""Files → rules: every mistake at its place, and a bad file refused alone."""

from pathlib import Path

import pytest

from keyword_rules.load import Loaded, RuleBook, read
from keyword_rules.rule import Mode, Subject, Verb, Vocabulary
from tests.rule_makers import by_character
from tests.shop_vocabulary import SHOP

GOOD = """\
- id: coupon
  say: { any: [领券, { words: [新人], mode: prefix }], mode: sound }
  where: { channel: oa, hours: "22:00-02:00", limit: { times: 1, per: day } }
  do:
    - grant: { campaign: newcomer }
    - tag: [来源/领券]
    - reply: 好的{member_name|朋友}
    - handover
  cases:
    - { text: 领劵, hit: true }
    - { text: 猫粮, hit: false }
    - { text: 领券, at: 2025-06-01 12:00, hit: false }
"""


def minimal(name: str, word: str = "券") -> str:
    return f"- id: {name}\n  say: {word}\n  do: [handover]\n"


def book(folder: Path) -> RuleBook:
    return RuleBook(folder, SHOP, by_character)


def load(tmp_path: Path, text: str | bytes) -> Loaded:
    path = tmp_path / "rules.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return book(tmp_path).reload()


def said(tmp_path: Path, text: str | bytes) -> list[str]:
    return [str(problem) for problem in load(tmp_path, text).problems]


def test_a_good_file_gives_its_rules(tmp_path: Path) -> None:
    loaded = load(tmp_path, GOOD)

    assert loaded.problems == ()
    (rule,) = loaded.rules
    assert (rule.file, rule.line, rule.column) == ("rules.yaml", 1, 3)
    assert rule.say is not None
    assert [(p.text, p.mode) for p in rule.say.any] == [
        ("领券", Mode.SOUND),
        ("新人", Mode.PREFIX),
    ]
    assert [step.verb for step in rule.do] == ["grant", "tag", "reply", "handover"]
    assert rule.do[1].args == {"names": ("来源/领券",)}


TEN_MISTAKES = """\
- id: a
  sya: [券]
  say: { any: [领券], mode: soud }
  where: { channel: [ao], hours: "08:00-08:00" }
  priority: high
  do:
    - grant: { campaign: newcommer }
    - reply: 您好{store_nam}
    - repyl: 您好
  cases:
    - { text: 领券, hit: 是 }
- id: b
  id: b
  say: { any: ["(?=a)"], mode: regex }
  do: []
"""


def test_every_mistake_is_told_at_once_at_its_place(tmp_path: Path) -> None:
    assert said(tmp_path, TEN_MISTAKES) == [
        "rules.yaml:2:3: 规则里没有 sya 这个键（是不是 say？）",
        "rules.yaml:3:27: 没有匹配方式 soud（是不是 sound？）",
        "rules.yaml:4:22: 没有渠道 ao（是不是 oa？）",
        "rules.yaml:4:34: hours 的开始和结束相同：08:00-08:00（全天请不写 hours）",
        "rules.yaml:5:13: priority 应是整数，这里是文字 high",
        "rules.yaml:7:26: 没有活动 newcommer（是不是 newcomer？）",
        "rules.yaml:8:14: 没有变量 {store_nam}（是不是 store_name？）",
        "rules.yaml:9:7: 没有动作 repyl（是不是 reply？）",
        "rules.yaml:11:24: hit 应是 true 或 false，这里是文字",
        "rules.yaml:13:3: 重复的键 id，前一个在第 12 行",
        "rules.yaml:14:16: 正则表达式不能用前瞻或后顾 (?= (?! (?<= (?<!；排除请写在 say.none 里",
        "rules.yaml:15:7: do 是空的",
    ]


SOUND_AND_BROKEN = """\
- { id: a, say: 券, do: [handover], cases: [{ text: 猫, hit: true }] }
- { id: b, say: 券, do: [handovr], cases: [{ text: 狗, hit: true }] }
- { id: a, say: 群, do: [handover] }
- { say: 群, do: [handover] }
- { say: 群, do: [handover] }
"""


def test_mistakes_in_one_rule_hide_no_failing_case_and_no_repeated_id(tmp_path: Path) -> None:
    """Only the broken rule's own cases wait until it is mended."""
    assert said(tmp_path, SOUND_AND_BROKEN) == [
        "rules.yaml:1:44: 规则 a 的例句「猫」没有命中（words）：要 券，是 猫",
        "rules.yaml:2:25: 没有动作 handovr（是不是 handover？）",
        "rules.yaml:3:3: 规则 id a 已经用在 rules.yaml:1（换一个 id）",
        "rules.yaml:4:3: 规则缺少 id",
        "rules.yaml:5:3: 规则缺少 id",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- &a [1]\n- *a\n", "不支持锚点 &a"),
        ("- !!python/object:os.system x\n", "不支持标签"),
        ("- id: a\n\tsay: b\n", "缩进用空格，不用 Tab"),
        (b"\xef\xbb\xbf- id: a\n", "BOM"),
        ("- id: a\n".encode("utf-16"), "UTF-8"),
        (b"- id: a\n  note: \xff\n", "rules.yaml:2:9: 不是 UTF-8 文字"),
        ("- id: a\n  say: {any: [领", "YAML 语法错误"),
        ("a: 1\n", "规则文件应是列表"),
        ("- 1\n", "规则应是键值表"),
        ("[" * 40 + "]" * 40, "嵌套超过"),
        ("- id: a\n---\n- id: b\n", "一份文档"),
        ("- {[a]: 1}\n", "键必须是一个词"),
        ("# " + "长" * 400_000, "文件超过"),
        ("- {id: a, say: 12315, do: [handover]}", '加引号写成 "12315"'),
        ("- {id: a, say: '', do: [handover]}", "say 是空的"),
        ("- {id: a, say: '\u200b', do: [handover]}", "没有看得见的字"),
        ("- {id: a, say: {any: [券], mode: sound}, do: [handover]}", "至少要 2 个字"),
        ("- {id: a, say: {any: ['.*'], mode: regex}, do: [handover]}", "空文字"),
        ("- {id: a, say: 券, priority: .nan, do: [handover]}", "priority 应是整数"),
        ("- {id: a, say: 券, priority: 1e999, do: [handover]}", "priority 应是整数"),
        ("- {id: a, say: 券, priority: 99999999, do: [handover]}", "1000000 之间"),
        ("- {id: a, say: 券, stop: 1, do: [handover]}", "true 或 false"),
        ("- {id: a, do: [handover]}", "规则缺少 say"),
        ("- {id: a, on: scan, say: 券, do: [handover]}", "say 用不上"),
        ("- {id: a, on: scam, do: [handover]}", "是不是 scan？"),
        ("- {id: a, on: scan, key: {any: [k], mode: sound}, do: [welcome]}", "匹配方式 sound"),
        ("- {id: a, say: {none: [券]}, do: [handover]}", "any 或 all"),
        ("- {id: a, say: 券, where: {hours: '25:00-26:00'}, do: [handover]}", "没有这个时刻"),
        ("- {id: a, say: 券, where: {hours: 早上}, do: [handover]}", "08:00-22:00"),
        ("- {id: a, say: 券, where: {weekdays: [mom]}, do: [handover]}", "是不是 mon？"),
        ("- {id: a, say: 券, where: {limit: {times: 0, per: day}}, do: [handover]}", "1 到"),
        ("- {id: a, say: 券, where: {limit: {times: 1, per: dya}}, do: [handover]}", "day"),
        ("- {id: a, say: 券, where: {store: S13}, do: [handover]}", "没有门店 S13"),
        ("- {id: a, say: 券, where: {tagged: [x], not_tagged: [x]}, do: [handover]}", "永远不会"),
        ("- {id: a, say: 券, do: [invite]}", "缺少 pool"),
        ("- {id: a, say: 券, do: [reply: '{x.__class__}']}", "不是变量"),
        ("- {id: a, say: 券, do: [reply: '好}']}", "没有配对"),
        ("- {id: a, say: 券, do: [handover: 1]}", "应是文字"),
        ("- {id: a, say: 券, do: [{tag: [x], untag: [y]}]}", "一行一个动作"),
        ("- {id: a, say: 券, do: [handover], cases: [{text: 券}]}", "缺少 hit"),
        ("- {id: a, say: 券, do: [handover], cases: [{text: 券, at: 明天, hit: true}]}", "at 应"),
        ("- {id: a, say: 券, do: [handover], cases: [{text: 猫, hit: true}]}", "没有命中（words）"),
        ("- {id: a, say: 券, do: [handover], cases: [{text: 券, hit: false}]}", "不该命中"),
    ],
)
def test_a_mistake_is_told_in_words_that_help(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    loaded = load(tmp_path, text)

    assert any(message in str(problem) for problem in loaded.problems)
    assert loaded.rules == ()


def test_an_anchor_bomb_is_never_expanded(tmp_path: Path) -> None:
    lines = ["- &a0 [x]"] + [f"- &a{n} [{','.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]

    assert any("不支持引用" in line for line in said(tmp_path, "\n".join(lines)))


def test_a_bad_file_is_refused_alone_and_its_last_good_version_stays(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(minimal("a", "甲券"), "utf-8")
    (tmp_path / "b.yaml").write_text(minimal("b", "乙券"), "utf-8")
    rules = book(tmp_path)
    before = rules.reload()
    kept = rules.current

    (tmp_path / "b.yaml").write_text("- id: b\n  say: {any: [", "utf-8")
    (tmp_path / "a.yaml").write_text(minimal("a", "丙券"), "utf-8")
    rules.reload()

    assert before.problems == ()
    assert [problem.file for problem in rules.problems] == ["b.yaml"]
    assert [rule.id for rule in rules.current.rules] == ["a", "b"]
    assert rules.current.match(Subject(occasion="text", text="丙券")).hits[0].rule == "a"
    assert rules.current.match(Subject(occasion="text", text="乙券")).hits[0].rule == "b"
    assert kept.match(Subject(occasion="text", text="甲券")).hits


def test_a_mended_file_is_used_and_a_deleted_one_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("- oops", "utf-8")
    rules = book(tmp_path)
    rules.reload()
    path.write_text(minimal("a"), "utf-8")

    assert [rule.id for rule in rules.reload().rules] == ["a"]
    path.unlink()
    assert rules.reload().rules == ()


def test_an_id_used_twice_refuses_the_file_that_came_later(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(minimal("same", "乙券"), "utf-8")
    rules = book(tmp_path)
    rules.reload()
    (tmp_path / "a.yaml").write_text(minimal("same", "甲券"), "utf-8")
    loaded = rules.reload()

    assert [rule.file for rule in loaded.rules] == ["b.yaml"]
    assert [str(problem) for problem in loaded.problems] == [
        "a.yaml:1:3: 规则 id same 已经用在 b.yaml:1（换一个 id）"
    ]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(minimal("a"), "utf-8")
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "link.yaml").symlink_to(outside)
    loaded = book(folder).reload()

    assert loaded.rules == ()
    assert "文件夹之外" in loaded.problems[0].message


def test_a_file_that_cannot_be_read_is_a_problem_not_an_exception(tmp_path: Path) -> None:
    loaded = read([tmp_path / "absent.yaml"], SHOP, by_character)

    assert "读不了" in loaded.problems[0].message


def test_new_names_are_checked_when_the_vocabulary_changes(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "- {id: a, say: 券, do: [grant: {campaign: newcomer}]}", "utf-8"
    )
    rules = book(tmp_path)
    rules.reload()
    gone = Vocabulary(verbs=SHOP.verbs, names={"campaign": frozenset()}, slots=SHOP.slots)
    loaded = rules.reload(gone)

    assert "没有活动 newcomer" in loaded.problems[0].message
    assert [rule.id for rule in loaded.rules] == ["a"]


def test_a_verb_that_contradicts_itself_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="unknown type"):
        Verb(args={"a": "colour"})
    with pytest.raises(ValueError, match="undeclared"):
        Verb(args={}, shorthand="text")
