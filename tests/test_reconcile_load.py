"""A welcome that falls due in the middle of a long comparison is answered in time all the same."""

import asyncio
import time
from functools import partial
from pathlib import Path

from structlog.testing import capture_logs

from bot.platforms.wire import Answer
from bot.rounds import begin
from tests import callbacks
from tests.listed_world import met
from tests.platform import Asked, fine
from tests.rooms import Installed, installed

STAFF, EACH, A_PAGE = 5, 200, 100
WITHIN_S = 5.0  # of the 20 that a welcome code lives
ENDS_S = 60.0


def contacts(asked: Asked, since: int) -> Answer:
    """Five employees with two hundred contacts each, all of them news."""
    (staff,) = asked.body["userid_list"]
    start = int(asked.body.get("cursor") or 0)
    rows = [
        {
            "external_contact": {"external_userid": f"{staff}-{number}"},
            "follow_info": {"userid": staff, "createtime": since},
        }
        for number in range(start, start + A_PAGE)
    ]
    after = str(start + A_PAGE) if start + A_PAGE < EACH else ""
    return fine(external_contact_list=rows, next_cursor=after)


async def found(shop: Installed, wanted: int) -> int:
    """Return how many adds were found once that is so many, or a minute has passed."""
    ends = time.monotonic() + ENDS_S
    while True:
        so_far = int(await shop.one("SELECT count(*) FROM gap_found WHERE what = 'add'"))
        if so_far >= wanted or time.monotonic() > ends:
            return so_far
        await asyncio.sleep(0.02)


def answering(shop: Installed, welcomed: asyncio.Event) -> None:
    """Let the platform list a thousand contacts, and note when a welcome comes."""

    def welcome(_asked: Asked) -> Answer:
        welcomed.set()
        return fine()

    shop.platform.answers |= {
        "get_follow_user_list": lambda _: fine(follow_user=[f"s{n}" for n in range(STAFF)]),
        "batch/get_by_user": partial(contacts, since=int(shop.hand.at_s) - 300),
        "groupchat/list": lambda _: fine(group_chat_list=[]),
        "groupchat/get": lambda _: fine(group_chat={}),
        "send_welcome_msg": welcome,
    }


async def test_a_welcome_does_not_wait_for_a_thousand_findings(tmp_path: Path) -> None:
    with capture_logs():
        async with installed(tmp_path) as shop:
            await met(shop)
            welcomed = asyncio.Event()
            answering(shop, welcomed)
            working = asyncio.create_task(shop.worker.run())
            await shop.db.write(partial(begin, shop=shop.shop, account="corp"))
            shop.worker.arrived()
            await found(shop, 100)

            added = callbacks.contact_added("fay", code="WC", at_s=int(shop.hand.at_s))
            await shop.deliver(added)
            shop.worker.arrived()
            async with asyncio.timeout(WITHIN_S):
                await welcomed.wait()
            assert await found(shop, 0) < STAFF * EACH, "the comparison went on meanwhile"

            assert await found(shop, STAFF * EACH) == STAFF * EACH
            await shop.worker.stop()
            await working
