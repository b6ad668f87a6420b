"""Rules that change while serving: live soon, by no half measure, and without a stall."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from commands.reload.fresh import FreshRules, Standing
from keyword_rules.load import RuleBook
from tests.reloading import WITHIN_S, Kept, kept, many, rule
from tests.shop_vocabulary import SHOP

LIVE_S = 4.0
STALL_S = 0.05


async def test_what_is_edited_is_live_and_what_is_deleted_is_gone(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("a", "甲券"), "utf-8")
    (tmp_path / "b.yaml").write_text(rule("b", "乙券"), "utf-8")
    async with kept(tmp_path) as rules:
        assert rules.answer("甲券") == ["a"]
        (tmp_path / "a.yaml").write_text(rule("a", "丙券"), "utf-8")
        await rules.until(lambda: rules.answer("丙券") == ["a"])
        (tmp_path / "b.yaml").unlink()
        await rules.until(lambda: rules.answer("乙券") == [])
        assert rules.fresh.standing.count == 1


async def test_rules_that_were_begun_early_are_those_that_are_used(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("a", "甲券"), "utf-8")
    book, told = RuleBook(tmp_path, SHOP), list[Standing]()

    async def hear(standing: Standing) -> None:
        told.append(standing)

    with closing(FreshRules(book)) as fresh:
        fresh.begin()
        fresh.tell(hear)
        maker = fresh.maker_pid
        await fresh.load()
        assert [rule.id for rule in book.current.rules] == ["a"]
        assert [standing.count for standing in told] == [1]
        assert maker in (None, fresh.maker_pid)


async def test_rules_that_were_begun_and_never_used_end_quietly(tmp_path: Path) -> None:
    fresh = FreshRules(RuleBook(tmp_path, SHOP))
    fresh.begin()
    await asyncio.sleep(0.05)
    fresh.close()
    await asyncio.sleep(0)
    assert fresh.maker_pid is None


async def test_a_broken_edit_changes_nothing_else_and_is_shown(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("a", "甲券"), "utf-8")
    (tmp_path / "b.yaml").write_text(rule("b", "乙券"), "utf-8")
    async with kept(tmp_path) as rules:
        (tmp_path / "b.yaml").write_text("- id: b\n  say: {any: [", "utf-8")
        await rules.until(lambda: bool(rules.fresh.standing.problems))
        (tmp_path / "a.yaml").write_text(rule("a", "丙券"), "utf-8")
        await rules.until(lambda: rules.answer("丙券") == ["a"])

        assert rules.answer("乙券") == ["b"]
        assert all(problem.startswith("b.yaml:") for problem in rules.told[-1].problems)


async def test_a_file_written_in_two_halves_is_neither_refused_nor_half_used(
    tmp_path: Path,
) -> None:
    path, whole = tmp_path / "a.yaml", rule("a", "甲券") + rule("b", "乙券")
    path.write_text(rule("a", "旧券"), "utf-8")
    async with kept(tmp_path) as rules:
        half = len(whole) // 2
        path.write_text(whole[:half], "utf-8")
        await asyncio.sleep(0.3)
        with path.open("a", encoding="utf-8") as rest:
            rest.write(whole[half:])
        await rules.until(lambda: rules.answer("乙券") == ["b"])

        assert [standing.count for standing in rules.told] == [1, 2]
        assert not any(standing.problems for standing in rules.told)


async def test_an_editor_that_renames_is_followed(tmp_path: Path) -> None:
    path, written = tmp_path / "a.yaml", tmp_path / ".a.yaml.swp"
    path.write_text(rule("a", "甲券"), "utf-8")
    async with kept(tmp_path) as rules:
        written.write_text(rule("a", "乙券"), "utf-8")
        written.rename(path)
        await rules.until(lambda: rules.answer("乙券") == ["a"])


async def test_a_file_that_everybody_may_change_is_used_with_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(rule("a", "甲券"), "utf-8")
    path.chmod(0o666)
    async with kept(tmp_path) as rules:
        assert rules.answer("甲券") == ["a"]
        assert "谁都能改" in str(rules.book.loaded.warnings[0])


@pytest.mark.parametrize("count", [2_000, pytest.param(20_000, marks=pytest.mark.slow)])
async def test_an_edit_under_load_is_live_in_time_and_nobody_waits_for_it(
    tmp_path: Path, count: int
) -> None:
    """Of three edits the best counts: what else the machine does is no fault of ours."""
    many(count, tmp_path)
    async with kept(tmp_path) as rules:
        speaking = asyncio.create_task(_speak(rules, count))
        edits = [await _edit(rules, tmp_path, number) for number in range(3)]
        speaking.cancel()
    assert min(live_s for live_s, _ in edits) <= LIVE_S
    assert min(stall_s for _, stall_s in edits) <= STALL_S


async def _speak(rules: Kept, count: int) -> None:
    """200 messages a second, each of which must find its rule."""
    for number in range(1_000_000):
        n = 1 + number % (count - 1)
        assert rules.answer(f"请问词{n}号在哪") == [f"r{n}"]
        await asyncio.sleep(1 / 200)


async def _edit(rules: Kept, folder: Path, number: int) -> tuple[float, float]:
    path, word = folder / "f0000.yaml", f"新词{number}"
    text = path.read_text("utf-8")
    loop = asyncio.get_running_loop()
    rules.felt.taken_s()
    path.write_text(rule("r0", word) + text.partition("\n- id: r1\n")[1][1:]
                    + text.partition("\n- id: r1\n")[2], "utf-8")  # fmt: skip
    began_s = loop.time()
    async with asyncio.timeout(WITHIN_S):
        await rules.until(lambda: rules.answer(word) == ["r0"])
    return loop.time() - began_s, rules.felt.taken_s()


async def test_a_link_to_nothing_is_a_problem_until_it_is_taken_away(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(rule("a", "甲券"), "utf-8")
    async with kept(tmp_path) as rules:
        link = tmp_path / "link.yaml"
        link.symlink_to(link.name)
        await rules.until(lambda: len(rules.fresh.standing.problems) == 1)
        link.unlink()
        link.symlink_to("nowhere.yaml")
        await rules.until(lambda: "No such file" in "".join(rules.fresh.standing.problems))
        link.unlink()
        await rules.until(lambda: rules.fresh.standing.problems == ())


async def test_a_folder_that_is_gone_takes_no_rules_with_it(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "a.yaml").write_text(rule("a", "甲券"), "utf-8")
    async with kept(folder) as rules:
        folder.rename(tmp_path / "away")
        await rules.until(lambda: "规则文件夹不在了" in "".join(rules.fresh.standing.problems))
        assert rules.answer("甲券") == ["a"]
        (tmp_path / "away" / "a.yaml").write_text(rule("a", "乙券"), "utf-8")
        (tmp_path / "away").rename(folder)
        await rules.until(lambda: rules.answer("乙券") == ["a"])
        assert rules.fresh.standing.problems == ()
