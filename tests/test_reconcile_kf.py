"""Customer service compared: what was pulled late, since when, and what could not be pulled."""

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.db import memory
from bot.platforms.wire import Answer
from bot.rounds import begin
from tests import callbacks, kf_items
from tests.listed_world import compare, met, parts
from tests.platform import Asked, fine, refused
from tests.rooms import Installed, installed

SYNC = "kf/sync_msg"
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    """An installation that has pulled its one customer service account before."""
    async with installed(tmp_path) as one:
        await met(one)
        one.platform.answers[SYNC] = pages([])
        await ring(one)
        yield one


def pages(*each: list[dict[str, object]]) -> "Pages":
    return Pages(each)


class Pages:
    """Answers a pull page by page, then with nothing more."""

    def __init__(self, each: tuple[list[dict[str, object]], ...]) -> None:
        self._each = list(each)

    def __call__(self, _asked: Asked) -> Answer:
        items = self._each.pop(0) if self._each else []
        cursor, more = f"c{id(self)}{len(self._each)}", int(bool(self._each))
        return fine(msg_list=items, next_cursor=cursor, has_more=more)


async def ring(shop: Installed) -> None:
    """Let the bell ring, and pull."""
    await shop.deliver(callbacks.kf_rang(kf_items.KF, "T", at_s=int(shop.hand.at_s)), "corp")
    await shop.settle_down()


def said(shop: Installed, name: str, ago_s: int) -> dict[str, object]:
    return kf_items.said(name, "在吗", send_time=int(shop.hand.at_s) - ago_s)


async def late(shop: Installed) -> list[tuple[str, int]]:
    """Which messages came late, and when they were sent."""
    rows = await shop.rows(
        "SELECT member, happened_us FROM gap_found WHERE what = 'message' ORDER BY happened_us"
    )
    return [(row["member"], row["happened_us"] // 1_000_000) for row in rows]


async def test_messages_that_no_bell_announced_are_late_since_they_were_sent(
    shop: Installed,
) -> None:
    shop.hand.move(3_600)
    at_s = int(shop.hand.at_s)
    items = [said(shop, "m1", 1_800), said(shop, "m2", 600), said(shop, "m3", 30)]
    shop.platform.answers[SYNC] = pages(items[:1], items[1:])
    await compare(shop)
    assert await late(shop) == [(kf_items.ADA, at_s - 1_800), (kf_items.ADA, at_s - 600)]
    assert (await parts(shop))["kf"] == ("done", 1, "")
    await compare(shop)
    assert len(await late(shop)) == 2


async def test_what_a_bell_announced_is_not_late_however_late_it_is_pulled(
    shop: Installed,
) -> None:
    shop.hand.move(3_600)
    first = said(shop, "m1", 1_800)
    shop.platform.answers[SYNC] = lambda _: refused(45009)
    await ring(shop)
    shop.hand.move(600)
    shop.platform.answers[SYNC] = pages([first])
    await compare(shop)
    assert await late(shop) == []


async def test_what_was_said_before_we_first_pulled_is_not_late(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop:
        await met(shop)
        known = {f"kf:{kf_items.KF}": "c0"}
        await shop.db.write(partial(memory.remember, account="corp", values=known))
        shop.platform.answers[SYNC] = pages([said(shop, "m1", 86_400)])
        await compare(shop)
        assert await late(shop) == []


async def test_what_a_person_on_duty_wrote_is_not_late(shop: Installed) -> None:
    shop.hand.move(3_600)
    wrote = said(shop, "m1", 1_800) | {"origin": 5, "servicer_userid": "xiaowang"}
    shop.platform.answers[SYNC] = pages([wrote])
    await compare(shop)
    assert await late(shop) == []


async def test_a_pull_that_is_refused_is_in_the_report(shop: Installed) -> None:
    shop.platform.answers[SYNC] = lambda _: refused(60011)
    await compare(shop)
    state, compared, trouble = (await parts(shop))["kf"]
    assert (state, compared) == ("refused", 0)
    assert trouble.startswith(f"{kf_items.KF}：") and "60011" in trouble


async def test_a_pull_that_is_never_answered_ends_with_the_run(shop: Installed) -> None:
    await shop.db.write(partial(begin, shop=shop.shop, account="corp"))
    await shop.decide_due()
    shop.hand.move(7 * 3_600)
    await shop.worker.sweep()
    pulls = "SELECT state FROM effect WHERE kind = 'kf_pull' ORDER BY id DESC LIMIT 1"
    assert await shop.one(pulls) == "expired"
