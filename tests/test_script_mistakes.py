"""Scripts with mistakes: all of them at once, each with its place and the nearest right name."""

import re
from pathlib import Path

import pytest

from twin.scripts.spans import span_s
from twin.world_file import BadWorld, load, load_script

WRONG = """\
- {who: 甲甲, scan: poster-S012-door}
- {who: 甲, scan: poster-S012-dor}
- {who: 甲, sacn: poster-S012-door}
- {who: 甲, type: 好, tp: kf}
- {scan: poster-S012-door}
- {who: 甲, scan: poster-S012-door, type: 好}
- {who: 甲, expect: {ses: 好}}
- {who: 甲, expect: {sees: 好, within: 5 seconds}}
- {who: 甲, expect: {matches: '['}}
- {who: 甲, expect: {within: 3s}}
- {fault: {kind: errcod}}
- {settings: {retry: 1}}
- {settings: {retry_s: soon}}
- {clock: tomorrow}
- just a text
- {who: 甲, who: 乙, follow: {}}
- {who: 甲, enter_kf: {sceen: a}}
- {who: 甲, enter_kf: a}
- {expect: {contact: {who: 甲, label: [好]}}}
- {expect: {contact: {who: 甲, labels: 好}}}
- {expect: {book: {lost: many}}}
- {who: 小王, confirm: mas}
- {who: 甲, join: 良渚店宠物 9 群}
- {who: 甲, add: 小王, half: perhaps}
- {who: 甲, pay: 12}
- {who: 甲}
- {who: 甲, expect: {sees: [好]}}
- {expect: {sees: 好}}
"""
TOLD = """\
1:9: 没有顾客或员工 甲甲，是不是 甲？
2:18: 没有海报或活码或客服场景或群 poster-S012-dor，是不是 poster-S012-door？
3:12: 没有动作 sacn，是不是 scan？
4:21: 没有写在 type 旁边的 tp，是不是 to？
5:4: scan 这一步没有说是谁（who）
6:36: 一步只能做一件事，这里有 scan 和 type
7:21: 没有 expect 里的 ses，是不是 sees？
8:38: within 应为时长，如 500ms、5s、30m、48h、3d，现为 5 seconds
9:30: matches 的正则写错了：
10:20: 这个 expect 什么也没期待，可用：sees、
11:11: fault: kind errcod，是不是 errcode？
12:14: settings: 没有旋钮 retry，是不是 retry_s？
13:14: settings: retry_s 的值不对
14:11: clock 应为时长
15:3: 一步应写成 {who: 谁, 做什么: 值}
16:12: 重复的键 who
17:23: 没有 enter_kf 的参数 sceen，是不是 scene？
18:22: enter_kf 后面应为一组 键: 值，可用：kf、scene、scene_param、url
19:31: 没有 contact 里的 label，是不是 labels？
20:39: labels 应为一列
21:26: lost 应为个数
22:22: 没有顾客 mas，是不是 mass？
23:18: 没有群 良渚店宠物 9 群，是不是 良渚店宠物 2 群？
24:27: half 应为 true 或 false
25:17: pay 后面应为一组 键: 值
26:3: 这一步什么也没做，可用：scan、
27:27: sees 后面应为文字
28:4: expect 这一步没有说是谁（who）
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_mistake_of_a_script_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    file = written(tmp_path, "wrong.yaml", WRONG)
    with pytest.raises(BadWorld) as caught:
        load_script(file, Path("yidian"))
    told = str(caught.value).splitlines()
    expected = TOLD.splitlines()
    assert len(told) == len(expected)
    for line, wanted in zip(told, expected, strict=True):
        assert line.startswith(f"{file}:{wanted}"), (line, wanted)


def test_mistakes_of_a_world_and_of_its_scripts_are_told_together(tmp_path: Path) -> None:
    beside = written(tmp_path, "night.yaml", "- {who: 甲, sacn: poster-S012-door}\n")
    world = written(
        tmp_path,
        "mine.yaml",
        "extends: yidian\nshops: []\nscripts:\n  day: [{who: 甲, tpye: 好}]\n"
        "  night: night.yaml\n  noon: nowhere.yaml\n  dusk: []\n",
    )
    with pytest.raises(BadWorld) as caught:
        load(world)
    told = str(caught.value)
    assert f"{world}:2:1: 不认识的键 shops，是不是 stores？" in told
    assert f"{world}:4:18: 没有动作 tpye，是不是 type？" in told
    assert f"{beside}:1:12: 没有动作 sacn，是不是 scan？" in told
    assert f"{world}:6:9: 读不了剧本" in told
    assert f"{world}:7:9: 剧本 dusk 应为一列步骤" in told


def test_a_part_of_a_world_that_fits_no_other_is_told_where_it_stands(tmp_path: Path) -> None:
    world = written(
        tmp_path,
        "mine.yaml",
        "extends: yidian\nposters:\n  - {id: a, account: oa-main, scene: a}\n"
        "  - {id: b, account: oa-mian, scene: b}\nupgrade_staff: [nobody]\n",
    )
    with pytest.raises(BadWorld) as caught:
        load(world)
    assert f"{world}:4:5: posters.b: 没有公众号 oa-mian" in str(caught.value)
    assert f"{world}:5:16: upgrade_staff: 员工不存在" in str(caught.value)


@pytest.mark.parametrize("text", ["", "scripts: 1", "- [", "\x00"])
def test_a_script_file_that_holds_no_steps_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadWorld, match=r"mine\.yaml"):
        load_script(written(tmp_path, "mine.yaml", text), Path("yidian"))


def test_a_script_that_holds_itself_is_refused(tmp_path: Path) -> None:
    text = "- &a {who: 甲, pay: {order: *a}}\n"
    with pytest.raises(BadWorld, match="嵌套超过"):
        load_script(written(tmp_path, "mine.yaml", text), Path("yidian"))


def test_a_group_that_a_script_opens_itself_may_be_named(tmp_path: Path) -> None:
    text = "- {create_group: {name: 新群, owner: 小王}}\n- {who: 甲, join: 新群}\n"
    assert len(load_script(written(tmp_path, "mine.yaml", text), Path("yidian")).steps) == 2


@pytest.mark.parametrize("span", ["5", "5 s", "s", True, None, "1w"])
def test_what_is_no_span_of_time_is_refused(span: object) -> None:
    with pytest.raises(ValueError, match=re.escape(str(span))):
        span_s(span)
