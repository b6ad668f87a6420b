"""`rules replay`: what a draft would have done with what happened, and nothing is changed."""

import asyncio
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from commands.parts.compose import SAMPLE_RULES
from tests import servers
from tests.homes import OPENED_S, Served, Told, command, oa_event, oa_text, served_home
from tests.json_schema import faults

FRIDGE = "你们收不收二手冰箱"
WINDOW = ("--from", "2026-03-02", "--to", "2026-03-03")


async def _say(rooms: Served, number: int, openid: str, text: str) -> None:
    rooms.clock.follow(60 * number)
    await rooms.hear(oa_text(openid, text, number, OPENED_S + 60 * number))


async def _morning(home: Path) -> None:
    async with served_home(home) as rooms:
        await rooms.hear(oa_event("oAda", "subscribe", "qrscene_poster-S012-door"))
        said = (
            ("oAda", "领劵"), ("oAda", "宠物群"), ("oAda", FRIDGE), ("oBo", FRIDGE),
            ("oBo", "营业时间"), ("oCy", "我们的产品和服务"), ("oCy", "领券"),
        )  # fmt: skip
        for number, (openid, text) in enumerate(said, start=1):
            await _say(rooms, number, openid, text)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after a morning of three customers."""
    folder = tmp_path_factory.mktemp("home")
    asyncio.run(_morning(folder))
    return folder


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """The home's own rules, to be changed."""
    folder = tmp_path / "draft"
    folder.mkdir()
    for file in SAMPLE_RULES.glob("*.yaml"):
        shutil.copyfile(file, folder / file.name)
    return folder


def replay(capsys: pytest.CaptureFixture[str], home: Path, draft: Path, *argv: object) -> Told:
    """Replay the morning."""
    asked = ("rules", "replay", "--draft", draft, "--home", home, *(argv or WINDOW))
    return command(capsys, *asked)


def replayed(capsys: pytest.CaptureFixture[str], home: Path, draft: Path) -> Any:
    """What programs read of it."""
    told = replay(capsys, home, draft, *WINDOW, "--json")
    assert told.code == 0, told.err
    found = json.loads(told.out)
    assert faults(found, "replay.schema.json") == []
    return found


def test_the_same_rules_make_no_difference(
    home: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = replayed(capsys, home, draft)
    assert (found["v"], found["events"], found["changed"]) == (1, 8, 0)
    assert found["live"] == found["draft"]
    assert (found["rules"], found["campaigns"], found["changes"]) == ({}, [], [])
    assert "没有差别" in replay(capsys, home, draft).out


def test_a_new_rule_gains_those_whom_nobody_answered(
    home: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (draft / "fridges.yaml").write_text(
        "- id: fridge\n  say: [冰箱]\n"
        "  do: [{ reply: 不收 }, { tag: [兴趣/冰箱] }, { grant: { campaign: newcomer } }]\n"
        "  cases: [{ text: 收冰箱吗, hit: true }]\n",
        "utf-8",
    )
    found = replayed(capsys, home, draft)
    assert (found["changed"], found["members"]) == (2, 2)
    assert found["rules"]["fridge"] == {"gained": 2, "lost": 0, "gaining": 2, "losing": 0}
    assert found["tags"]["+兴趣/冰箱"]["gaining"] == 2
    first = found["changes"][0]
    assert (first["text"], first["old"], first["new"]) == (FRIDGE, [], ["fridge"])
    assert {step["verb"] for step in first["gained"]} == {"reply", "tag", "grant"}


def test_a_campaign_costs_only_what_is_given_to_who_did_not_have_it(
    home: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (draft / "fridges.yaml").write_text(
        "- id: fridge\n  say: [冰箱]\n  do: [{ grant: { campaign: newcomer } }]\n"
        "  cases: [{ text: 收冰箱吗, hit: true }]\n",
        "utf-8",
    )
    (cost,) = replayed(capsys, home, draft)["campaigns"]
    # Ada asks for a fridge too, and has the coupon already.
    assert (cost["id"], cost["more"], cost["fewer"], cost["short"]) == ("newcomer", 1, 0, False)
    assert cost["fen"] == 500
    assert "多发 1 份，面值合计 5.00 元" in replay(capsys, home, draft).out


def test_a_rule_that_goes_loses_what_it_gave(
    home: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (draft / "coupons.yaml").unlink()
    found = replayed(capsys, home, draft)
    assert found["rules"]["coupon-newcomer"]["losing"] == 2
    assert found["campaigns"][0]["fewer"] == 2
    told = replay(capsys, home, draft, *WINDOW, "--limit", 1)
    assert "coupon-newcomer → 兜底" in told.out
    assert "另有 1 件" in told.out


def test_other_words_of_the_same_rule_are_a_difference(
    home: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = draft / "coupons.yaml"
    changed = file.read_text("utf-8").replace("campaign: newcomer", "campaign: pet-newcomer", 1)
    file.write_text(changed, "utf-8")
    found = replayed(capsys, home, draft)
    assert (found["rules"], found["changed"]) == ({}, 2)
    assert [(one["id"], one["more"], one["fewer"]) for one in found["campaigns"]] == [
        ("newcomer", 0, 2),
        ("pet-newcomer", 2, 0),
    ]


def test_another_rule_that_does_the_same_is_no_difference(
    home: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = draft / "coupons.yaml"
    file.write_text(
        file.read_text("utf-8").replace("id: coupon-newcomer", "id: newcomers"), "utf-8"
    )
    found = replayed(capsys, home, draft)
    assert (found["changed"], found["same_by_another_rule"]) == (0, 2)


def test_a_bad_draft_is_told_line_by_line(
    home: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (draft / "bad.yaml").write_text("- id: a\n  sy: [x]\n", "utf-8")
    told = replay(capsys, home, draft)
    assert (told.code, told.out) == (1, "")
    assert "bad.yaml:2:3" in told.err
    assert "没有重放" in told.err


@pytest.mark.parametrize(
    "argv", [("--since", "week"), ("--from", "x"), ("--since", "1d", "--from", "2026-03-01"),
             ("--from", "2026-03-02", "--to", "2026-03-02"), ("--limit", "-1")]
)  # fmt: skip
def test_a_span_that_is_none_is_a_usage_error(
    argv: tuple[str, ...], home: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert replay(capsys, home, draft, *argv).code == 2


def test_what_is_outside_the_span_does_not_count(
    home: Path, draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = replay(capsys, home, draft, "--from", "2026-03-02T09:06", "--json")
    assert json.loads(told.out)["events"] == 2


async def _twice(home: Path, rule: str) -> None:
    async with served_home(home) as rooms:
        (home / "rules" / "own.yaml").write_text(rule, "utf-8")
        rooms.home.rules.reload()
        for number in range(1, 4):
            await _say(rooms, number, "oAda", "抽奖")
            await _say(rooms, number + 3, "oBo", "抽奖")


@pytest.mark.parametrize(
    ("live", "drafted", "moved"),
    [
        ("limit: { times: 1, per: day }", "limit: { times: 1, per: day }", (0, 0)),
        ("limit: { times: 1, per: day }", "limit: { times: 2, per: day }", (2, 0)),
        ("limit: { times: 2, per: ever }", "limit: { times: 1, per: ever }", (0, 2)),
        ("nth: 1", "nth: 1", (0, 0)),
        ("nth: 1", "nth: 2-", (4, 2)),
        ("channel: oa", "limit: { times: 1, per: hour }", (0, 4)),
    ],
)
async def test_what_is_counted_is_counted_again_by_the_draft(
    live: str, drafted: str, moved: tuple[int, int], draft: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = (
        "- id: draw\n  say: [抽奖]\n  where: {{ {} }}\n  do: [{{ reply: 好运 }}]\n"
        "  cases: [{{ text: 抽奖, hit: true }}]\n"
    )
    home = draft.with_name("home")
    home.mkdir()
    await _twice(home, told.format(live))
    (draft / "own.yaml").write_text(told.format(drafted), "utf-8")
    found = replayed(capsys, home, draft)
    draw = found["rules"].get("draw", {"gained": 0, "lost": 0})
    assert (draw["gained"], draw["lost"]) == moved


def test_events_whose_traces_are_gone_are_counted_as_skipped(
    home: Path, draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if servers.on_postgres():
        pytest.skip("the traces are cleared in a copy of the file")
    copied = shutil.copytree(home, tmp_path / "copied")
    with closing(sqlite3.connect(copied / "xiaoer.db")) as database:
        database.execute("DELETE FROM trace WHERE id IN (SELECT max(id) FROM trace)")
        database.commit()
    assert replayed(capsys, copied, draft)["skipped"] == {"cleared": 1, "unreadable": 0}


def test_a_trace_of_an_older_version_is_compared_by_its_words(
    home: Path, draft: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if servers.on_postgres():
        pytest.skip("the traces are changed in a copy of the file")
    copied = shutil.copytree(home, tmp_path / "copied")
    with closing(sqlite3.connect(copied / "xiaoer.db")) as database:
        database.execute("UPDATE trace SET body = json_remove(body, '$.subject')")
        database.commit()
    found = replayed(capsys, copied, draft)
    assert (found["events"], found["of_words_only"], found["changed"]) == (7, 7, 0)
    assert found["skipped"]["unreadable"] == 1  # the follow, whose key is not known
