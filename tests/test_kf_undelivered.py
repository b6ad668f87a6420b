"""A customer service message that the platform took and could not deliver: the ledger says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.platforms.wire import Answer, Phase
from tests import kf_items
from tests.kf_log import SEND, KfLog, desk_content
from tests.rooms import Plans, installed

NOT_ARRIVED = "平台已受理，但没有送达：原因 10"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[KfLog]:
    async with installed(tmp_path, Plans(content=desk_content)) as shop:
        yield KfLog(shop=shop)


async def told_undelivered(desk: KfLog, msgid: str) -> None:
    desk.put(kf_items.system("told", "msg_send_fail", fail_msgid=msgid, fail_type=10))
    await desk.rings()


async def message(desk: KfLog) -> tuple[str, str]:
    """Return how the one message stands."""
    (row,) = await desk.shop.rows("SELECT state, meaning FROM effect WHERE kind = 'kf_send'")
    return row["state"], row["meaning"]


async def test_a_message_in_doubt_is_known_by_the_report_that_it_did_not_arrive(
    desk: KfLog,
) -> None:
    cut = Answer(phase=Phase.WRITTEN, trouble="连接断开")
    desk.shop.platform.answers[SEND] = lambda _: cut
    await desk.types("领券")
    assert (await message(desk))[0] == "unknown"
    await told_undelivered(desk, desk.shop.platform.to(SEND)[0].body["msgid"])
    assert await message(desk) == ("done", NOT_ARRIVED)
    assert len(desk.sent()) == 1


async def test_a_message_that_was_taken_is_told_not_to_have_arrived(desk: KfLog) -> None:
    await desk.types("领券")
    await told_undelivered(desk, desk.shop.platform.to(SEND)[0].body["msgid"])
    assert await message(desk) == ("done", NOT_ARRIVED)
    (notice,) = await desk.shop.rows("SELECT text FROM notice WHERE name LIKE 'kf-undelivered%'")
    assert "没有送达" in notice["text"]


async def test_a_report_on_another_programs_message_changes_none_of_ours(desk: KfLog) -> None:
    await desk.types("领券")
    before = await message(desk)
    await told_undelivered(desk, "not-ours")
    assert await message(desk) == before
