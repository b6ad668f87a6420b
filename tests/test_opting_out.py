"""Opting out through the open rooms: kept, obeyed, told in the trace; what was earned stays."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.clock import moment
from bot.decide import Decided
from bot.events import Alias, AliasKind, MemberJoined, ProfileRead
from tests.homes import OPENED_S, Served, oa_text, served_home

ADA, UNION = "oADA", "uADA"
NIGHT_S = 14.5 * 3600  # from 09:00 to 23:30


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with served_home(tmp_path) as one:
        scope = one.shop.accounts["oa-main"].scope
        await one.hear(oa_text(ADA, "你好", 1))
        who = Alias(AliasKind.OA_OPENID, scope, ADA)
        await one.tell(ProfileRead(account="oa-main", at=now(one), who=who, unionid=UNION))
        yield one


def now(served: Served) -> Any:
    return moment(served.clock())


async def joins(served: Served, chat: str = "wrPETS_S012_1") -> dict[str, Any]:
    """Let Ada be seen in a group; return the trace of it."""
    scope = served.shop.accounts["wecom-main"].scope
    who = Alias(AliasKind.EXTERNAL_USERID, scope, "wmADA")
    decided = await served.tell(
        MemberJoined(account="wecom-main", at=now(served), who=who, chat=chat, unionid=UNION)
    )
    return await trace_of(served, decided)


async def trace_of(served: Served, decided: Decided | None) -> dict[str, Any]:
    assert decided is not None
    (row,) = await rows(served, "SELECT body FROM trace WHERE inbox_id = ?", decided.inbox)
    trace: dict[str, Any] = json.loads(row["body"])
    return trace


async def rows(served: Served, sql: str, *args: int) -> list[Any]:
    return list(await served.db.write(lambda tx: tx.all(sql, *args)))


async def answers(served: Served, text: str, msg_id: int) -> str:
    """What Ada is answered to something she types now."""
    at_s = served.clock() / 1_000_000
    decided = await served.hear(oa_text(ADA, text, msg_id, at_s))
    assert decided is not None
    return (decided.answer or b"").decode()


async def test_the_first_answer_of_a_day_says_that_it_is_automatic(served: Served) -> None:
    assert "自动回复" not in await answers(served, "营业时间", 2)
    served.clock.follow(25 * 3600)
    assert "（自动回复）" in await answers(served, "营业时间", 3)


async def test_who_opted_out_is_not_written_to_and_finds_the_benefit_when_asking(
    served: Served,
) -> None:
    assert "不再主动" in await answers(served, "请退订", 2)
    trace = await joins(served)
    assert {words["withheld"] for words in trace["said"]} == {"顾客已退订，不主动发送"}
    assert not await rows(served, "SELECT 1 FROM effect WHERE kind = 'oa_send'")
    assert "宠物群进群礼：PET" in await answers(served, "我的券", 3)


async def test_at_night_the_hello_waits_for_the_morning(served: Served) -> None:
    served.clock.follow(NIGHT_S)
    trace = await joins(served)
    assert "静默时段，等到 03-03 08:00" in trace["said"][0]["why"]
    (owed,) = await rows(served, "SELECT next_us FROM effect WHERE kind = 'oa_send'")
    assert owed["next_us"] == int((OPENED_S + 23 * 3600) * 1_000_000)


@pytest.mark.parametrize("words", ["退订", "广告别再发了"])
async def test_what_waits_for_the_morning_is_called_off_by_an_opt_out(
    served: Served, words: str
) -> None:
    served.clock.follow(NIGHT_S)
    await joins(served)
    assert await answers(served, words, 2)
    (owed,) = await rows(served, "SELECT state, meaning FROM effect WHERE kind = 'oa_send'")
    assert tuple(owed) == ("skipped", "顾客已退订，没到点的不再发")


async def test_who_came_back_is_written_to_again(served: Served) -> None:
    await answers(served, "退订", 2)
    await answers(served, "恢复订阅", 3)
    await joins(served)
    assert await rows(served, "SELECT 1 FROM effect WHERE kind = 'oa_send'")
