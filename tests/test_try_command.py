"""`try` on the command line: who says it, when, what would be said, and many sentences at once."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from bot.db import pauses
from bot.db.pauses import Pause
from tests.homes import OPENED_S, Told, command, oa_event, oa_text, served_home

ONCE = """\
- id: gift
  say: [礼物]
  where: { limit: { times: 1, per: ever }, tagged: [门店/S012], store: [S012] }
  do: [{ reply: 送您一份礼物 }]
  cases: [{ text: 礼物, hit: true }]
- id: trial-run
  say: [礼物]
  priority: 5
  dry_run: true
  do: [{ reply: 还在试 }]
  cases: [{ text: 礼物, hit: true }]
- id: holidays
  say: [放假吗]
  where: { days: [国庆节] }
  do: [{ reply: 放假 }]
  cases: [{ text: 放假吗, hit: true }]
"""


def tried(capsys: pytest.CaptureFixture[str], *argv: object) -> Any:
    """What `try` prints as JSON."""
    told = command(capsys, "try", *argv, "--json")
    assert told.code == 0, told.err
    return json.loads(told.out)


async def _morning(home: Path) -> None:
    async with served_home(home) as rooms:
        (home / "rules" / "once.yaml").write_text(ONCE, "utf-8")
        rooms.home.rules.reload()
        await rooms.hear(oa_event("oAda", "subscribe", "qrscene_poster-S012-door"))
        rooms.clock.follow(60)
        await rooms.hear(oa_text("oAda", "礼物", 1, OPENED_S + 60))
        stop = Pause(name="rule:holidays", reason="", by="Bo", at_us=rooms.clock())
        await rooms.db.write(lambda tx: pauses.pause(tx, stop))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which Ada follows at S012, and had her present."""
    folder = tmp_path_factory.mktemp("home")
    asyncio.run(_morning(folder))
    return folder


def test_what_a_rule_would_say_is_told_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    hit = tried(capsys, "领券", "--store", "S012")["hits"][0]
    assert hit["rule"] == "coupon-newcomer"
    assert "NEWCOMER-0001" in hit["replies"][0]
    assert "会说：" in command(capsys, "try", "领券").out


def test_what_is_said_when_no_rule_knows_is_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    answer = tried(capsys, "会不会下冰雹", "--at", "2026-03-02T10:00")
    assert (answer["hits"], len(answer["fallback"])) == ([], 1)


def test_a_file_is_tried_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "said.txt"
    file.write_text("领券\n\n会不会下冰雹\n", "utf-8")
    told = command(capsys, "try", "--file", file)
    assert told.out.splitlines() == ["coupon-newcomer\t领券", "（没有规则）\t会不会下冰雹"]
    lines = command(capsys, "try", "--file", file, "--json").out.splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["领券", "会不会下冰雹"]


def test_a_member_is_tried_as_they_are_now(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = tried(capsys, "礼物", "--home", home)
    assert [one["why"] for one in stranger["missed"] if one["rule"] == "gift"] == ["store"]
    ada = tried(capsys, "礼物", "--home", home, "--member", "oAda")
    (gift,) = [one for one in ada["missed"] if one["rule"] == "gift"]
    assert (gift["why"], gift["got"]) == ("limit", "1")
    assert command(capsys, "try", "礼物", "--home", home, "--member", "oNobody").code == 2
    assert command(capsys, "try", "礼物", "--member", "oAda").code == 2


def test_a_rule_on_trial_is_told_apart(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = tried(capsys, "礼物", "--home", home, "--candidates")
    assert ([one["rule"] for one in answer["dry"]], answer["hits"]) == (["trial-run"], [])
    assert "试运行 trial-run" in command(capsys, "try", "礼物", "--home", home).out


def test_a_paused_rule_says_so(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer = tried(capsys, "放假吗", "--home", home, "--at", "2026-10-01T10:00")
    assert [m["why"] for m in answer["missed"] if m["rule"] == "holidays"] == ["paused"]
    assert "已暂停" in command(capsys, "try", "放假吗", "--home", home).out


def test_the_calendar_is_that_of_the_day_asked_about(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command(capsys, "init", "--home", tmp_path, "--yes")
    (tmp_path / "rules" / "once.yaml").write_text(ONCE, "utf-8")
    for at, rules in (("2026-10-01T10:00", ["holidays"]), ("2026-03-02", [])):
        answer = tried(capsys, "放假吗", "--home", tmp_path, "--at", at)
        assert [hit["rule"] for hit in answer["hits"]] == rules


def test_a_rule_that_is_asked_about_is_told_although_it_is_far(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = command(capsys, "try", "领券", "--candidates", "--rule", "kimono")
    assert "kimono" in told.out
    assert command(capsys, "try", "领券", "--rule", "kimona").err.strip().endswith("kimono")


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("领券", "--file", "x"),
        ("--file", "no-such-file"),
        ("领券", "--at", "noon"),
        ("领券", "--at", "0001-01-01T00:00"),
        ("领券", "--group", "x"),
        ("领券", "--store", "x"),
        ("领券", "--stage", "x"),
        ("领券", "--channel", "x"),
    ],
)
def test_what_cannot_be_tried_is_a_usage_error(
    argv: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    told: Told = command(capsys, "try", *argv)
    assert (told.code, told.out) == (2, "")


def test_a_link_is_tried_by_its_address_alone(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "rules" / "link.yaml").write_text(
        "- { id: page, on: link, key: { any: ['https://a.example/'], mode: prefix }, "
        "do: [handover] }\n",
        "utf-8",
    )
    told = command(capsys, "try", "--on", "link", "--key", "https://a.example/1", "--home", home)
    assert (told.code, told.out.startswith("命中 page（prefix：https://a.example/）")) == (0, True)
