"""The sheet comes back: what was not changed stays byte for byte, what was is one rule's text."""

import yaml

from commands.parts.compose import SAMPLE_RULES
from tests.homes import command
from tests.rule_sheet import FOOD, HELLO, Office, office

__all__ = ["office"]


def test_a_sheet_that_nobody_touched_changes_no_byte(office: Office) -> None:
    before = office.texts()
    for file in (office.export(), office.export("rules.csv")):
        told = office.take(file=file)
        assert (told.code, office.texts()) == (0, before)
        assert "新增 0，改动 0，删掉 0，不变 4，有错 0 行" in told.out
    assert not (office.home / "before").exists()


def test_a_changed_cell_changes_its_line_and_no_other(office: Office) -> None:
    office.export()
    office.edit("coffee", {"回复": "咖啡 8 点以后有。", "优先级": 5})
    assert office.take().code == 0
    assert office.text() == FOOD.replace("现磨咖啡一直有。", "咖啡 8 点以后有。").replace(
        "  # 再回答\n", "  priority: 5\n  # 再回答\n"
    )
    assert office.text("hello.yaml") == HELLO
    kept = list((office.home / "before").glob("rules-*/food.yaml"))
    assert [path.read_text("utf-8") for path in kept] == [FOOD]


def test_what_the_sheet_does_not_show_is_kept(office: Office) -> None:
    office.export()
    office.edit("coffee", {"门店": "S001、S012", "应命中的话": "有咖啡吗\n拿铁多少钱"})
    assert office.take().code == 0
    coffee = yaml.safe_load(office.text())[0]
    assert coffee["where"] == {"store": ["S001", "S012"], "limit": {"times": 3, "per": "day"}}
    assert coffee["do"] == [{"reply": "现磨咖啡一直有。"}, {"topic": "hours"}]
    assert {"text": "来杯拿铁", "store": "S001", "hit": True} in coffee["cases"]
    assert {"text": "拿铁多少钱", "hit": True} in coffee["cases"]
    assert "# 一天三次" in office.text()


def test_a_cell_that_was_emptied_takes_its_part_away(office: Office) -> None:
    office.export()
    office.edit("breakfast", {"备注": None, "打标签": None})
    assert office.take().code == 0
    assert yaml.safe_load(office.text())[1] == {
        "id": "breakfast",
        "say": ["早餐", "豆浆"],
        "do": [{"grant": {"campaign": "breakfast"}}],
    }


def test_a_rule_written_on_one_line_is_written_anew(office: Office) -> None:
    office.export()
    office.edit("hello", {"关键词": "你好\n您好", "回复": "您好！\n请说"})
    assert office.take().code == 0
    assert office.text("hello.yaml").startswith(
        "- id: hello\n  say: { any: [你好, 您好], mode: equals }\n  do:\n    - reply: |-\n"
        "        您好！\n        请说\n\n- id: greet\n"
    )


def test_a_new_row_becomes_a_rule_in_a_file_of_its_own(office: Office) -> None:
    office.export()
    row = {
        "关键词": "停车、车位", "匹配方式": "整词", "不能有": "停车费", "门店": "S001",
        "渠道": "oa",
        "回复": "车位在后门。", "活动": "newcomer", "群池": "pets", "打标签": "兴趣/停车",
        "开始日期": "2026-11-01", "结束日期": "2026/11/30", "星期": "一至五", "时段": "8:00～22:00",
        "优先级": 10, "命中后继续": "是", "试运行": "是", "应命中的话": "有车位吗",
        "不该命中的话": "停车费多少", "备注": "物业来的",
    }  # fmt: skip
    office.append({"编号": "parking", **row})
    assert office.take().code == 0
    assert yaml.safe_load(office.text("sheet.yaml")) == [
        {
            "id": "parking",
            "say": {"any": ["停车", "车位"], "none": ["停车费"], "mode": "word"},
            "where": {
                "channel": ["oa"], "store": ["S001"],
                "weekdays": ["mon", "tue", "wed", "thu", "fri"], "hours": ["08:00-22:00"],
                "dates": "2026-11-01..2026-11-30",
            },
            "priority": 10, "continue": True, "dry_run": True,
            "do": [
                {"reply": "车位在后门。"}, {"grant": {"campaign": "newcomer"}},
                {"invite": {"pool": "pets"}}, {"tag": ["兴趣/停车"]},
            ],
            "cases": [{"text": "有车位吗", "hit": True}, {"text": "停车费多少", "hit": False}],
            "note": "物业来的",
        }
    ]  # fmt: skip


def test_a_row_without_an_id_gets_one_and_the_same_sheet_may_come_twice(office: Office) -> None:
    office.export()
    office.append({"关键词": "停车", "回复": "车位在后门。"})
    assert office.json()["added"] == ["sheet-tingche-" + _made(office)]
    before = office.texts()
    again = office.json()
    assert (again["added"], again["unchanged"], office.texts()) == ([], 5, before)
    assert command(office.capsys, "try", "哪里停车", "--home", office.home, "--json").code == 0


def _made(office: Office) -> str:
    return str(yaml.safe_load(office.text("sheet.yaml"))[0]["id"]).rpartition("-")[2]


def test_a_trial_run_writes_nothing(office: Office) -> None:
    office.export()
    office.edit("coffee", {"回复": "新的"})
    before = office.texts()
    told = office.take("--dry-run")
    assert (told.code, office.texts()) == (0, before)
    assert "改动 1" in told.out
    assert "什么都没有写" in told.out


def test_a_removed_row_is_listed_and_deletes_only_when_asked(office: Office) -> None:
    office.export()
    office.remove("breakfast")
    told = office.take()
    assert (told.code, office.text()) == (0, FOOD)
    assert "breakfast" in told.out
    assert office.json("--delete-missing")["deleted"] == ["breakfast"]
    assert office.text() == FOOD.replace(
        FOOD[FOOD.index("- id: breakfast") : FOOD.index("- id: bread\n")], ""
    )


def test_a_rule_added_to_the_files_meanwhile_is_not_taken_for_a_removed_row(
    office: Office,
) -> None:
    office.export()
    office.remove("breakfast")
    (office.home / "rules" / "more.yaml").write_text(
        "- id: more\n  say: 更多\n  do:\n    - reply: 有。\n", "utf-8"
    )
    told = office.take("--delete-missing")
    assert told.code == 1
    assert "重新导出" in told.err
    assert {"more.yaml", "food.yaml"} <= office.texts().keys()
    assert office.text() == FOOD


def test_a_rule_changed_on_both_sides_is_a_conflict(office: Office) -> None:
    office.export()
    office.edit("coffee", {"回复": "表格里改的"})
    office.edit("breakfast", {"备注": "也改了"})
    (office.home / "rules" / "food.yaml").write_text(
        FOOD.replace("现磨咖啡一直有。", "文件里改的"), "utf-8"
    )
    told = office.take()
    assert told.code == 1
    assert "第 2 行 编号（A 列）: 导出以后 food.yaml:2 里的规则 coffee 也改过" in told.err
    assert "文件里改的" in office.text()
    assert "也改了" in office.text()
    assert office.take("--force").code == 0
    assert "表格里改的" in office.text()


def test_a_rule_changed_in_its_file_alone_stays_as_it_is_there(office: Office) -> None:
    office.export()
    changed = FOOD.replace("现磨咖啡一直有。", "文件里改的")
    (office.home / "rules" / "food.yaml").write_text(changed, "utf-8")
    told = office.json()
    assert (told["newer"], told["changed"], office.text()) == (["coffee"], [], changed)


def test_a_rule_gone_from_the_files_comes_back_only_by_force(office: Office) -> None:
    office.export()
    (office.home / "rules" / "hello.yaml").unlink()
    told = office.take()
    assert told.code == 1
    assert "文件里没有规则 hello" in told.err
    assert office.json("--force")["added"] == ["hello"]


def test_a_copied_row_under_another_id_is_a_new_rule(office: Office) -> None:
    office.export()
    copied = {"关键词": "咖啡豆", "回复": "豆子在右边。", "指纹": office.mark("coffee")}
    office.append({"编号": "beans", **copied}, {**copied, "关键词": "挂耳"})
    told = office.json()
    assert (told["bad"], len(office.text("sheet.yaml").split("- id:"))) == (0, 3)


def test_a_rule_below_a_file_wide_priority_shows_its_own(office: Office) -> None:
    text = (
        "priority: 50\nrules:\n"
        "  - id: sale\n    say: 打折  # 每天\n    do:\n      - reply: 没有。\n"
    )
    (office.home / "rules" / "sale.yaml").write_text(text, "utf-8")
    office.export()
    office.edit("sale", {"优先级": 2, "回复": "今天\n没有。"})
    assert office.take().code == 0
    assert office.text("sale.yaml") == text.replace(
        "    do:\n      - reply: 没有。",
        "    priority: 2\n    do:\n      - reply: |-\n          今天\n          没有。",
    )


def test_windows_line_ends_stay(office: Office) -> None:
    crlf = FOOD.replace("\n", "\r\n").encode()
    (office.home / "rules" / "food.yaml").write_bytes(crlf)
    office.export()
    office.edit("coffee", {"优先级": 3})
    assert office.take().code == 0
    assert office.texts()["food.yaml"] == crlf.replace(
        "  # 再回答".encode(), "  priority: 3\r\n  # 再回答".encode()
    )


def test_the_samples_come_back_as_they_went(office: Office) -> None:
    for path in SAMPLE_RULES.glob("*.yaml"):
        (office.home / "rules" / path.name).write_bytes(path.read_bytes())
    before = office.texts()
    office.export()
    assert office.take().code == 0
    assert office.texts() == before


def test_words_of_several_modes_are_one_row_and_keep_their_modes(office: Office) -> None:
    office.export()
    assert any("面包、读音:土司" in row for row in office.csv_rows(office.export("rules.csv")))
    office.edit("bread", {"关键词": "面包\n吐司\n读音：土司\n包含:蛋糕\n正则:买.{0,2}包"})
    assert office.take().code == 0
    written = next(one for one in yaml.safe_load(office.text()) if one["id"] == "bread")
    assert written["say"] == {
        "any": [
            "面包", "吐司", {"words": ["土司"], "mode": "sound"}, "蛋糕",
            {"words": ["买.{0,2}包"], "mode": "regex"},
        ],
        "mode": "contains",
    }  # fmt: skip
    before = office.texts()
    assert (office.take().code, office.texts()) == (0, before)
