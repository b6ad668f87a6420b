"""What a script expects: held, or told with what was there instead."""

from pathlib import Path

from tests.script_stage import fails, passes


async def test_a_failed_expectation_names_its_line_and_what_the_phone_showed(
    tmp_path: Path,
) -> None:
    told = await fails(
        tmp_path,
        "- {who: 甲, scan: poster-S012-door}\n- {who: 甲, type: 宠物群}\n\n"
        "- {who: 甲, expect: {sees: 宠物 1 群, on: oa, within: 50ms}}\n",
    )
    assert f"{tmp_path}/script.yaml:4:3: 甲 expect sees 宠物 1 群" in told
    assert "应当：甲 看到「宠物 1 群」（oa）" in told
    assert "[oa] 听到 宠物群" in told
    assert "听到 subscribe" not in told  # that was before they last did something


async def test_what_should_not_happen_is_told_when_it_does(tmp_path: Path) -> None:
    told = await fails(
        tmp_path, "- {who: 甲, follow: {}}\n- {who: 甲, expect: {nothing: 10ms, sees: 听到}}\n"
    )
    assert "应当：甲 0.01 秒里看不到「听到」" in told
    assert "[oa] 听到 subscribe" in told


async def test_what_somebody_else_saw_before_is_no_news(tmp_path: Path) -> None:
    await passes(
        tmp_path,
        "- {who: 甲, follow: {}}\n- {who: 乙, follow: {}}\n"
        "- {who: 甲, expect: {nothing: 20ms}}\n- {who: 乙, expect: {sees: 听到}}\n",
    )


async def test_other_failures_say_what_was_there_instead(tmp_path: Path) -> None:
    book = await fails(tmp_path, "- {expect: {book: {asked: '>=2', lost: 0}, within: 10ms}}\n")
    assert "应当：账本里 asked 为 >=2" in book
    assert "实际：账本里 asked 为 0" in book
    labels = await fails(
        tmp_path, "- {expect: {contact: {who: 甲, labels: [常客], groups: []}, within: 10ms}}\n"
    )
    assert "应当：甲 的 labels 为 常客" in labels
    assert "实际：labels 为 空" in labels
    assert "还没有打开过页面" in await fails(tmp_path, "- {who: 甲, expect: {page: 券码}}\n")
    assert "还没有推过单" in await fails(tmp_path, "- {expect: {answer: taken}}\n")
    refused = await fails(tmp_path, "- {who: 甲, follow: {}, refused: 不行}\n")
    assert "应当：被拒绝，说「不行」" in refused
    assert "实际：却做到了" in refused
    assert "还没有关注" in await fails(tmp_path, "- {who: 甲, type: 好}\n")
