"""`rules gaps`: what no rule knew, what means the same together, the most frequent first."""

import csv
import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from commands.parts.compose import fill
from tests.homes import Served, command, oa_text, served_home

FRIDGE = "你们收不收二手冰箱"
CAT = "能不能代收猫"


async def _say(rooms: Served, *texts: str) -> None:
    for number, text in enumerate(texts):
        await rooms.hear(oa_text(f"o{number}", text, number + 1))


class Shop:
    """A home where something was said, and the commands that are run on it."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.capsys = capsys

    async def hear(self, *texts: str) -> None:
        async with served_home(self.home) as rooms:
            await _say(rooms, *texts)

    def run(self, *words: object) -> Any:
        return command(self.capsys, *map(str, words), "--home", self.home)

    def gaps(self) -> list[dict[str, Any]]:
        told = self.run("rules", "gaps", "--json")
        assert told.code == 0, told
        found: list[dict[str, Any]] = json.loads(told.out)["gaps"]
        return found


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop(tmp_path, capsys)


async def test_phrases_that_compare_or_sound_alike_are_one_gap(shop: Shop) -> None:
    await shop.hear(FRIDGE, "妳們收不收二手冰箱", FRIDGE, CAT, FRIDGE + "\u200b")
    first, second = shop.gaps()
    assert (first["text"], first["comparable"]) == (FRIDGE, FRIDGE)
    assert (first["count"], first["members"], first["spellings"]) == (4, 4, 3)
    assert (first["days"], second["text"]) == (1, CAT)
    assert [one["count"] for one in first["phrases"]] == [3, 1]


async def test_one_member_counts_once_however_the_words_were_put(shop: Shop) -> None:
    async with served_home(shop.home) as rooms:
        await rooms.hear(oa_text("ada", FRIDGE, 1))
        await rooms.hear(oa_text("ada", "请问二手冰箱收吗", 2))
    (gap,) = shop.gaps()
    assert (gap["count"], gap["members"], gap["spellings"]) == (2, 1, 2)


async def test_what_means_the_same_is_one_gap_and_what_does_not_is_not(shop: Shop) -> None:
    await shop.hear(FRIDGE, "你好，请问二手冰箱收吗？", "二手空调收吗", CAT, "可不可以代收猫呀")
    together = [{one["text"] for one in gap["phrases"]} for gap in shop.gaps()]
    assert sorted(map(len, together)) == [1, 2, 2]
    assert {"二手空调收吗"} in together and {CAT, "可不可以代收猫呀"} in together


async def test_the_most_frequent_gap_comes_first_and_the_rest_is_counted(shop: Shop) -> None:
    await shop.hear(CAT, FRIDGE, FRIDGE)
    told = shop.run("rules", "gaps", "--limit", 1)
    assert told.code == 0
    assert FRIDGE in told.out
    assert CAT not in told.out
    assert "另有 1 组" in told.out
    assert "2026-03-02 09:00" in told.out  # by the stores' clock


async def test_the_commands_it_shows_can_be_run_as_they_stand(shop: Shop) -> None:
    await shop.hear("what's  that?")
    told = shop.run("rules", "gaps")
    lines = [line.replace("…", "是灯") for line in told.out.splitlines()]
    shown = [shlex.split(line) for line in lines if "python run.py" in line]
    assert all(words[:2] == ["python", "run.py"] for words in shown)
    added, tried = (command(shop.capsys, *words[2:]) for words in shown)
    assert tried.code == added.code == 0
    assert "what's  that?" in tried.out
    assert shop.gaps() == []


async def test_a_shop_without_gaps_is_told_so(shop: Shop) -> None:
    await shop.hear("领券")
    told = shop.run("rules", "gaps")
    assert (told.code, told.out.strip()) == (0, "没有：顾客说的话都有规则接住")


async def test_what_a_rule_answers_by_now_is_no_gap_any_more(shop: Shop) -> None:
    await shop.hear(FRIDGE, CAT)
    (shop.home / "rules/new.yaml").write_text(
        "- id: fridge\n  say: 二手冰箱\n  do: [{ reply: 不收 }]\n", "utf-8"
    )
    assert [gap["text"] for gap in shop.gaps()] == [CAT]


async def test_the_nearest_rule_and_what_it_lacked_are_told(shop: Shop) -> None:
    await shop.hear("烧烤架怎么租")
    (gap,) = shop.gaps()
    assert gap["nearest"] is None or gap["nearest"]["rule"]
    (shop.home / "rules/new.yaml").write_text(
        "- id: grill\n  say: 烧烤架\n  where: { store: [S012] }\n  do: [{ reply: 三楼 }]\n", "utf-8"
    )
    (gap,) = shop.gaps()
    assert gap["nearest"]["rule"] == "grill" and gap["nearest"]["why"] == "store"
    assert "S012" in gap["nearest"]["told"]


async def test_a_rule_on_trial_that_would_answer_is_told_as_such(shop: Shop) -> None:
    await shop.hear(FRIDGE)
    (shop.home / "rules" / "trial.yaml").write_text(
        "- { id: second-hand, say: 二手, dry_run: true, do: [handover] }\n", "utf-8"
    )
    (gap,) = shop.gaps()
    told = "会命中，但它还在试运行（dry_run）"
    assert gap["nearest"] == {"rule": "second-hand", "why": "dry_run", "told": told}


async def test_a_gap_that_is_set_aside_is_not_listed_again(shop: Shop) -> None:
    await shop.hear(FRIDGE, CAT)
    told = shop.run("rules", "gaps", "--ignore", shop.gaps()[0]["id"])
    assert told.code == 0
    assert len(shop.gaps()) == 1
    assert shop.run("rules", "gaps", "--ignore", "12345678").code == 2


async def test_a_sheet_has_every_gap_and_runs_no_formula(shop: Shop, tmp_path: Path) -> None:
    await shop.hear(FRIDGE, "=1+1")
    sheet = tmp_path / "gaps.csv"
    assert shop.run("rules", "gaps", "--csv", sheet).code == 0
    rows = list(csv.DictReader(sheet.read_text("utf-8-sig").splitlines()))
    assert {row["说的话"] for row in rows} == {FRIDGE, "'=1+1"}
    assert all("rules add --gap" in row["补规则的命令"] for row in rows)


def test_a_limit_below_one_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    told = command(capsys, "rules", "gaps", "--home", "/nowhere", "--limit", 0)
    assert told.code == 2
    assert "--limit" in told.err


async def test_a_gap_becomes_a_rule_with_its_phrases_as_cases(shop: Shop) -> None:
    await shop.hear(FRIDGE, "二手冰箱收吗", FRIDGE)
    (gap,) = shop.gaps()
    trial = shop.run("rules", "add", "--gap", gap["id"], "--reply", "不收的", "--dry-run")
    assert trial.code == 0 and "会写" in trial.out
    assert not (shop.home / "rules/added.yaml").exists()
    told = shop.run("rules", "add", "--gap", gap["id"], "--reply", "不收的", "--tag", "兴趣/家电")
    assert told.code == 0, told
    assert shop.gaps() == []
    for text in (FRIDGE, "二手冰箱收吗"):
        assert text in (shop.home / "rules/added.yaml").read_text("utf-8")
        hits = json.loads(shop.run("try", text, "--json").out)["hits"]
        assert [hit["rule"] for hit in hits] == [f"added-{gap['id']}"]
    again = shop.run("rules", "add", "--gap", gap["id"], "--reply", "别的")
    assert again.code == 1 and "已经由规则 added-" in again.err


async def test_every_phrase_of_a_gap_names_it(shop: Shop) -> None:
    await shop.hear("二手冰箱收吗")
    (before,) = shop.gaps()
    await shop.hear(*["请问二手冰箱收不收"] * 3)
    (after,) = shop.gaps()
    assert after["id"] != before["id"]
    told = shop.run("rules", "add", "--gap", before["id"], "--reply", "不收", "--dry-run")
    assert told.code == 0, told


async def test_a_second_rule_is_appended_and_the_first_keeps_its_comments(shop: Shop) -> None:
    await shop.hear(FRIDGE, CAT)
    ids = {gap["text"]: gap["id"] for gap in shop.gaps()}
    shop.run("rules", "add", "--gap", ids[FRIDGE], "--reply", "不收")
    file = shop.home / "rules/added.yaml"
    file.write_text(file.read_text("utf-8") + "# 我的备注\n", "utf-8")
    asked = ("--gap", ids[CAT], "--reply", "不代收", "--words", "代收猫")
    told = shop.run("rules", "add", *asked)
    assert told.code == 0, told
    assert "# 我的备注" in file.read_text("utf-8")
    assert shop.gaps() == []


async def test_a_rule_that_would_not_answer_is_not_written(shop: Shop) -> None:
    await shop.hear(FRIDGE)
    (gap,) = shop.gaps()
    told = shop.run("rules", "add", "--gap", gap["id"], "--reply", "不收", "--words", "洗衣机")
    assert told.code == 1 and "里没有这些关键词（洗衣机）" in told.err
    beaten = shop.run("rules", "add", "--words", "退订", "--reply", "不行")
    assert beaten.code == 1 and "会先被规则" in beaten.err
    wrong = shop.run("rules", "add", "--gap", gap["id"], "--reply", "有 {nonsense}")
    assert wrong.code == 1 and "nonsense" in wrong.err
    unknown = shop.run("rules", "add", "--gap", gap["id"], "--campaign", "newcommer")
    assert unknown.code == 1 and "newcomer" in unknown.err
    assert not (shop.home / "rules/added.yaml").exists()


def test_what_is_asked_for_must_make_a_rule(shop: Shop) -> None:
    for words, said in (
        (("--reply", "好"), "--gap"),
        (("--words", "猫"), "--reply"),
        (("--words", "猫", "--reply", "…"), "占位"),
        (("--words", "猫", "--reply", "好", "--mode", "contian"), "contains"),
    ):
        told = shop.run("rules", "add", *words)
        assert told.code == 2 and said in told.err


def test_what_is_wrong_with_a_rule_is_told_at_the_option_that_says_it(shop: Shop) -> None:
    fill(shop.home)
    told = shop.run(
        "rules", "add", "--words", "券", "--mode", "sound", "--reply", "首行\n再 {nope}",
        "--campaign", "nope", "--pool", "nope", "--tag", "et" + "A" * 28, "--id", " ",
    )  # fmt: skip
    assert told.code == 1
    options = [line.partition(": ")[0] for line in told.err.splitlines()[:-1]]
    assert options == ["--id", "--words", "--reply", "--campaign", "--pool", "--tag"]
    assert ".trial" not in told.err


@pytest.mark.parametrize("there", ["priority: 5\nrules: []\n", "[]\n", "  - {id: a}\n"])
def test_a_rule_is_not_put_behind_what_is_no_list_at_the_margin(shop: Shop, there: str) -> None:
    fill(shop.home)
    file = shop.home / "rules/added.yaml"
    file.write_text(there, "utf-8")
    told = shop.run("rules", "add", "--words", "修床", "--reply", "好")
    assert told.code == 1 and "不是顶格的列表" in told.err
    assert file.read_text("utf-8") == there


def test_emoji_and_lines_of_a_reply_are_written_as_a_person_edits_them(shop: Shop) -> None:
    fill(shop.home)
    told = shop.run("rules", "add", "--words", "修床", "--reply", "好😀: 行\n下一行 👍🏽")
    assert told.code == 0, told
    text = (shop.home / "rules/added.yaml").read_text("utf-8")
    assert "  - reply: |-\n      好😀: 行\n      下一行 👍🏽\n" in text
