"""Whatever callbacks are lost or come late, comparing ends where all of them would have."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.events import GroupCreated
from tests.doors import tell
from tests.listed_world import ACTS, CHAT, ListedWorld, compare, gaps, reachable, seated
from tests.rooms import Installed, installed

APART_S = 200  # longer than a callback is waited for
NOW, LOST, LATE = "now", "lost", "late"
STEP = st.tuples(
    st.sampled_from(ACTS), st.sampled_from(["ada", "bo", "cy", "di"]),
    st.sampled_from([NOW, LOST, LOST, LATE]), st.booleans(),
)  # fmt: skip


async def play(
    shop: Installed, world: ListedWorld, steps: Sequence[tuple[str, str, str, bool]]
) -> None:
    """Let people act; some callbacks come at once, some never, some after a comparison."""
    for kind, who, when, compared in steps:
        shop.hand.move(APART_S)
        message = world.act(kind, who, int(shop.hand.at_s))
        if message is None:
            continue
        if when == NOW or kind == "drop":  # no list shows that somebody deleted the employee
            await shop.deliver(message)
            await shop.settle_down(wait_s=1)
        shop.hand.move(APART_S)
        if compared or when == LATE:
            await compare(shop)
        if when == LATE:
            await shop.deliver(message)
            await shop.settle_down(wait_s=1)


async def opened(shop: Installed, world: ListedWorld) -> None:
    """Meet the group and compare for the first time, with nobody there."""
    world.answer(shop)
    await tell(shop, GroupCreated(account="corp", chat=CHAT))
    await shop.settle_down()
    await compare(shop)


@settings(max_examples=25, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=10))
def test_lost_callbacks_change_nothing_in_the_end(
    steps: Sequence[tuple[str, str, str, bool]],
) -> None:
    async def story() -> None:
        with TemporaryDirectory() as folder, capture_logs():
            async with installed(Path(folder)) as shop:
                world = ListedWorld()
                await opened(shop, world)
                await play(shop, world, steps)
                shop.hand.move(APART_S)
                await compare(shop)

                assert await reachable(shop) == world.reachable
                assert await seated(shop) == {*world.seats}
                found = await gaps(shop)
                granted = await shop.one("SELECT count(*) FROM coupon_grant")
                shop.hand.move(3600)
                await compare(shop)
                assert await gaps(shop) == found, "a second look finds nothing more"
                assert await shop.one("SELECT count(*) FROM coupon_grant") == granted
                await fair(shop)

    asyncio.run(story())


async def fair(shop: Installed) -> None:
    """Nobody was welcomed twice by one code, or given two shares, and all was decided."""
    codes = [one.body["welcome_code"] for one in shop.platform.to("send_welcome_msg")]
    assert len(codes) == len({*codes})
    twice = "SELECT person_id FROM coupon_grant GROUP BY person_id, campaign HAVING count(*) > 1"
    assert not await shop.rows(twice)
    assert not await shop.rows("SELECT id FROM inbox WHERE state IN ('new', 'quarantined')")
    assert not await shop.rows("SELECT id FROM sighting")
    open_still = "SELECT part FROM comparison WHERE state <> 'done'"
    assert not await shop.rows(open_still)
