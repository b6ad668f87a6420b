"""How well rules match is measured rightly, and the page about it is true."""

from pathlib import Path

import orjson
import pytest

from commands.parts.compose import sample_home
from keyword_rules.match import compile_rules
from keyword_rules.rule import Mode, Phrase, Rule, Say, Step, Subject, Where
from keyword_rules.segment import segment
from keyword_rules.slips import Slips
from tests.matching.__main__ import main, sets_of
from tests.matching.figures import MOST_HEARD_FALSE, Figures, by_mode, figures
from tests.matching.labels import (
    OWN,
    SHARED,
    SHARED_TEXTS,
    BadLabels,
    Message,
    read_labels,
    read_shared,
)
from tests.matching.measured import Measured, measured, why
from tests.matching.page import PAGE, section, written
from tests.matching.report import document, heard_false, heard_line, tables
from tests.matching.variants import (
    CONTAINS,
    JIEBA_ALL,
    JIEBA_WORD,
    SHIPPED,
    SOUND_OFF,
    SOUND_WIDE,
    Stage,
    by,
    stage_of,
    staged,
    variants,
)

LABELS = """\
{"text": "怎么领劵", "rule": "coupon"}
{"text": "领券", "rule": "coupon", "by": "Bo"}

{"text": "客服群吗", "rule": "group"}
{"text": "今天好冷", "rule": null}
"""


def in_mode(mode: Mode, *words: str) -> tuple[Phrase, ...]:
    return tuple(Phrase(text=word, mode=mode) for word in words)


def rule(name: str, say: Say, *, channel: tuple[str, ...] = (), do: str = "reply") -> Rule:
    return Rule(
        id=name, file="test.yaml", line=1, column=3, say=say,
        where=Where(channel=channel), do=(Step(verb=do),), stop=do != "tag",
    )  # fmt: skip


COUPON = rule("coupon", Say(any=in_mode(Mode.SOUND, "领券"), none=in_mode(Mode.CONTAINS, "不要")))
GROUP = rule("group", Say(all=in_mode(Mode.CONTAINS, "群")), channel=("group",))
LATE = rule("late", Say(any=in_mode(Mode.REGEX, "晚了[0-9]+分"), all=in_mode(Mode.CONTAINS, "单")))
HOURS = rule("hours", Say(any=in_mode(Mode.CONTAINS, "24小时营业")))
RULES = (COUPON, GROUP, LATE, HOURS)


@pytest.fixture(scope="module")
def stage() -> Stage:
    """Four rules, on a stage of their own."""
    return stage_with(*RULES)


def stage_with(*rules: Rule) -> Stage:
    compiled = compile_rules(rules, segment=segment, same_sound=Slips.of(["l/n"]))
    return staged(compiled, Subject(occasion="text", channel="oa"))


@pytest.fixture(scope="module")
def shop() -> Stage:
    """The sample rules, as they are shipped."""
    return stage_of(sample_home())


def test_the_page_of_matching_is_current_and_sound_alone_is_seldom_wrong(shop: Stage) -> None:
    """When this fails, run `python -m tests.matching.page`."""
    page = PAGE.read_text("utf-8")
    sets = list(sets_of(shop))
    assert written(page, {one.name: section(one, shop) for one in sets}) == page
    assert [one.name for one in sets if one.false_share > MOST_HEARD_FALSE] == []
    for one in sets:
        assert one.variants(lambda _: True)[SHIPPED].f1 > _best_beside(one)  # type: ignore[operator]


def _best_beside(done: Measured) -> float:
    beside = done.variants(lambda _: True)
    return max(beside[name].f1 or 0 for name in (CONTAINS, JIEBA_WORD, JIEBA_ALL))


def test_the_readme_of_the_labels_counts_them_rightly(shop: Stage) -> None:
    told = OWN.with_name("README.md").read_text("utf-8")
    labels = read_labels(OWN, shop.rules)
    answered = [message for message in labels if message.rule]
    assert f"{len(labels):,} messages" in told
    assert f"{len(answered)} carry" in told
    assert f"{len(labels) - len(answered)} (" in told
    assert f"The {len(SHARED.read_text('utf-8').splitlines())} lines with a topic" in told


@pytest.mark.skipif(not SHARED_TEXTS.exists(), reason=f"there is no {SHARED_TEXTS}")
def test_the_shared_list_is_labelled_by_lines_that_still_say_the_same(shop: Stage) -> None:
    shared = read_shared(shop.rules)
    assert len(shared) == 1_388
    assert sum(bool(message.rule) for message in shared) == len(
        SHARED.read_text("utf-8").splitlines()
    )


def test_a_shared_list_with_another_text_is_refused(tmp_path: Path, shop: Stage) -> None:
    (tmp_path / SHARED_TEXTS.name).write_text("别的话\n" * 1_388, "utf-8")
    with pytest.raises(BadLabels, match=r"shared_messages\.jsonl:1: line \d+ of messages\.txt"):
        read_shared(shop.rules, tmp_path)


def test_without_the_shared_list_the_run_says_so_and_goes_on(
    shop: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_shared(shop.rules, tmp_path) == ()
    monkeypatch.setattr("tests.matching.__main__.read_shared", lambda _rules: ())
    assert [one.name for one in sets_of(shop)] == ["our own messages"]
    assert "not measured" in capsys.readouterr().err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_labels_are_read_and_what_else_a_line_tells_does_not_count(
    tmp_path: Path, stage: Stage, encoding: str
) -> None:
    file = tmp_path / "marked.jsonl"
    file.write_bytes(LABELS.encode(encoding))
    assert read_labels(file, stage.rules) == (
        Message(text="怎么领劵", rule="coupon"),
        Message(text="领券", rule="coupon"),
        Message(text="客服群吗", rule="group"),
        Message(text="今天好冷"),
    )


def test_every_wrong_line_is_told_by_its_number(tmp_path: Path, stage: Stage) -> None:
    wrong = [
        b'{"text": "a", "rule": null}',
        b"text",
        b'["a"]',
        b'{"text": " ", "rule": null}',
        b'{"text": 1, "rule": null}',
        b'{"text": "b"}',
        b'{"text": "c", "rule": "nobody"}',
        b'{"text": "d", "rule": 7}',
        b'{"text": "a", "rule": "coupon"}',
        b'{"text": "\xff", "rule": null}',
        b"[" * 100_000,
    ]
    file = tmp_path / "marked.jsonl"
    file.write_bytes(b"\n".join(wrong))
    with pytest.raises(BadLabels) as told:
        read_labels(file, stage.rules)
    numbers = [line.split(":")[1] for line in str(told.value).splitlines()]
    assert numbers == [str(number) for number in range(2, len(wrong) + 1)]


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_a_file_without_a_message_is_refused(tmp_path: Path, stage: Stage, content: bytes) -> None:
    file = tmp_path / "empty.jsonl"
    file.write_bytes(content)
    with pytest.raises(BadLabels, match="no message"):
        read_labels(file, stage.rules)
    with pytest.raises(BadLabels, match="cannot be read"):
        read_labels(tmp_path, stage.rules)


def test_a_message_is_right_when_the_first_rule_that_speaks_is_the_labelled_one() -> None:
    tagging = rule("tagging", Say(any=in_mode(Mode.CONTAINS, "券")), do="tag")
    spoken = Subject(occasion="text", text="领券", channel="oa")
    assert by(stage_with(tagging, COUPON).rules, spoken) == "coupon"
    assert by(stage_with(tagging).rules, spoken) == "tagging"
    assert by(stage_with().rules, spoken) == ""


def test_a_message_for_another_channel_is_played_there(stage: Stage) -> None:
    assert stage.subject(Message(text="群", rule="group")).channel == "group"
    assert stage.subject(Message(text="群")).channel == "oa"


def test_each_variant_looks_in_its_own_way(stage: Stage) -> None:
    ways = variants(stage)

    def answers(text: str) -> dict[str, str]:
        found = {name: answering(Message(text=text)) for name, answering in ways.items()}
        return {name: answer for name, answer in found.items() if answer}

    assert answers("我要领券") == dict.fromkeys(
        [SHIPPED, SOUND_OFF, SOUND_WIDE, CONTAINS], "coupon"
    )
    assert answers("我要领劵") == dict.fromkeys([SHIPPED, SOUND_WIDE], "coupon")
    assert answers("不要领券") == dict.fromkeys([CONTAINS, JIEBA_WORD, JIEBA_ALL], "coupon")
    assert answers("营业24小时吗") == {JIEBA_ALL: "hours"}
    assert answers("加群") == {CONTAINS: "group"}
    assert answers("这单晚了20分") == dict.fromkeys([SHIPPED, SOUND_OFF, SOUND_WIDE], "late")


def test_answers_are_counted_as_right_anothers_or_nobodys() -> None:
    labels = [Message(text=str(number), rule=rule) for number, rule in enumerate("aabb")]
    labels += [Message(text="4"), Message(text="5")]
    counted = figures(labels, ["a", "b", "b", "", "a", ""])
    assert counted == Figures(wanted=4, right=2, other=1, false=1)
    assert (counted.precision, counted.recall, counted.f1) == (0.5, 0.5, 0.5)
    assert figures(labels, ["a", "b", "b", "", "a", ""], only={"a"}) == Figures(
        wanted=2, right=1, other=0, false=1
    )
    nothing = figures([], [])
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, None, None)


def test_rules_are_told_by_the_modes_of_what_they_ask_for() -> None:
    modes = by_mode(RULES)
    assert modes["sound"] == modes["sound, with none"] == {"coupon"}
    assert modes["contains"] == {"group", "late", "hours"}
    assert modes["regex"] == {"late"}
    assert not modes["contains, with none"] | modes["word"]


def test_what_only_sound_found_is_told_and_counted_against_the_bar(stage: Stage) -> None:
    messages = [Message(text="怎么领劵", rule="coupon"), Message(text="领券", rule="coupon")]
    done = measured(stage, messages, name="few")
    assert [(one.message.text, one.is_right) for one in done.heard] == [("怎么领劵", True)]
    assert done.false_share == 0
    wrong = measured(stage, [Message(text="领劵"), *messages], name="few", halved=False)
    assert wrong.false_share == pytest.approx(1 / 3)
    assert "1 nobody's and 0 another rule's, which is 33.33% of 3 messages" in heard_line(wrong)
    (line,) = heard_false(wrong, stage)
    assert line.startswith("null -> coupon: '领劵' (coupon（sound：领券")


def test_the_held_out_half_is_counted_and_never_listed(stage: Stage) -> None:
    messages = [Message(text=f"怎么领劵{number}") for number in range(40)]
    held = [message for message in messages if message.is_held_out]
    done = measured(stage, messages, name="own")
    assert 10 < len(held) < 30
    titles = [table.title for table in tables(done, stage)]
    assert f"own, the held-out half: {len(held)} messages, 0 of them to be answered" in titles
    told = "\n".join([*heard_false(done, stage), str(document([done], stage))])
    assert not [message for message in held if repr(message.text) in told]
    assert [message for message, _ in done.wrong()] == [m for m in messages if not m.is_held_out]
    assert len([*measured(stage, messages, name="theirs", halved=False).wrong()]) == 40


def test_why_a_message_went_wrong_is_told_of_both_rules(stage: Stage) -> None:
    told = why(stage, Message(text="领券的群", rule="late"), "coupon")
    assert told[0].startswith("coupon（sound：领券")
    assert told[1].startswith("late：")


def test_the_command_measures_the_labels_that_are_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "marked.jsonl"
    labels = [("优惠卷怎么领", "coupon-newcomer"), ("今天好冷", None), ("几点关门", "wifi")]
    lines = (orjson.dumps({"text": text, "rule": rule}) for text, rule in labels)
    file.write_bytes(b"\n".join(lines))

    assert main(["--labels", str(file), "--json"]) == 0
    told = orjson.loads(capsys.readouterr().out)
    (only,) = told["sets"]
    shipped = only["parts"]["all"]["variants"][SHIPPED]
    assert (told["v"], only["name"], only["messages"]) == (1, "marked.jsonl", 3)
    assert (shipped["right"], shipped["another_rules"], shipped["nobodys"]) == (1, 1, 0)
    assert [one["text"] for one in only["wrong"]] == ["几点关门"]

    assert main(["--labels", str(file), "--wrong"]) == 0
    told = capsys.readouterr().out
    assert "wifi -> store-hours: '几点关门'" in told
    assert "marked.jsonl, all: 3 messages, 2 of them to be answered" in told


def test_the_command_fails_where_sound_goes_wrong_too_often(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "marked.jsonl"
    file.write_bytes(orjson.dumps({"text": "优惠卷", "rule": None}))
    assert main(["--labels", str(file)]) == 1
    assert "which is 100.00% of 1 messages" in capsys.readouterr().out


def test_the_command_refuses_labels_and_homes_that_it_cannot_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--labels", str(tmp_path / "none.jsonl")]) == 2
    assert main(["--home", str(tmp_path / "none")]) == 2
    assert "none.jsonl: cannot be read" in capsys.readouterr().err
