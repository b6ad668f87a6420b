"""The real server and the twin: somebody is erased in the middle of a story; the books agree."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from bot.db import reading
from commands.play.stage import Twin
from commands.worlds import judged, served
from config.home import instance_key
from tests.source import ROOT

pytestmark = pytest.mark.slow
ADA, BO = "甲", "乙"


async def test_an_erasure_in_the_middle_of_a_story_leaves_the_books_even(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    async with served(home, "yidian") as (twin, database):
        for who in (ADA, BO):
            await act(twin, act="scan_oa", who=who, poster="poster-S012-door")
            for text in ("领券", "我家的猫叫小黑", "宠物群"):
                await act(twin, act="type", who=who, text=text)
        known = await twin.get(f"contact/{ADA}")
        (openid, *_) = known["openids"].values()
        told = await member(home, "erase", openid, "--yes", "--by", "小王", "--json")
        assert told["rows"]["messages"] and told["rows"]["kept_coupons"]
        left = reading.ask(
            database, lambda tx: tx.all("SELECT body FROM inbox UNION ALL SELECT body FROM effect")
        )
        assert not [row for row in left if openid in str(row["body"])]
        for who in (ADA, BO):  # one is somebody new, the other as before
            await act(twin, act="type", who=who, text="我的券")
        found = await judged(twin, database, instance_key(home))
    assert found.ok, found.explain()
    assert "lost 0, doubled 0" in found.last_line


async def act(twin: Twin, **what: object) -> None:
    await twin.post("do", **what, wait_s=3)
    await twin.post("idle", wait_s=3)


async def member(home: Path, *words: str) -> dict[str, dict[str, int]]:
    """Run a command beside the server, as an operator does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "run.py", "member", *words, "--home", str(home),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, err.decode()
    told: dict[str, dict[str, int]] = json.loads(out)
    return told
