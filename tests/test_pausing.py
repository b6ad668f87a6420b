"""One thing paused: a rule, a campaign, a pool, a persona; the rest of the shop goes on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.db import pauses, restored
from bot.db.pauses import Pause
from bot.events import RedeemAsked, Scanned
from config.nouns import Content
from tests.callbacks import followed, said
from tests.doors import joined, openid, tell
from tests.little_shop import GROUPS, NOW, NOW_US, WELCOMES, XIAODU, shop_content
from tests.rooms import Installed, Plans, installed


def content() -> Content:
    """The little shop: by one poster's welcome the newcomer's coupon comes too."""
    shop = shop_content()
    door = [
        replace(one, campaign="newcomer") if one.id == "door" else one for one in WELCOMES
    ]  # fmt: skip
    worded = replace(XIAODU, replies={**XIAODU.replies, "invite_paused": ("{group_name}先歇歇",)})
    return replace(
        shop, welcomes=tuple(door), personas={**shop.personas, "xiaodu": worded}
    )  # fmt: skip


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(content=content)) as one:
        yield one


async def pause(shop: Installed, name: str) -> None:
    stop = Pause(name=name, reason="文案写错了", by="bo", at_us=NOW_US)
    await shop.db.write(lambda tx: pauses.pause(tx, stop))


async def resume(shop: Installed, name: str) -> str:
    return await shop.db.write(lambda tx: restored.resume(tx, name))


async def says(shop: Installed, who: str, text: str) -> str:
    """Let a follower type something; return the answer in clear."""
    number = await shop.one("SELECT count(*) FROM inbox")
    return (await shop.say(who, said(who, text, f"m{number}")) or b"").decode()


async def grants(shop: Installed, campaign: str = "newcomer") -> int:
    found = "SELECT count(*) FROM coupon_grant WHERE campaign = ?"
    return int(await shop.one(found, campaign))


async def last_trace(shop: Installed) -> dict[str, Any]:
    body = await shop.one("SELECT body FROM trace ORDER BY inbox_id DESC")
    trace: dict[str, Any] = orjson.loads(body)
    return trace


async def test_a_paused_rule_misses_and_says_why_until_it_is_resumed(shop: Installed) -> None:
    await pause(shop, "rule:coupon")
    await says(shop, "ada", "领券")
    assert await grants(shop) == 0
    (missed,) = (await last_trace(shop))["missed"]
    assert (missed["rule"], missed["why"]) == ("coupon", "paused")
    assert await resume(shop, "rule:coupon") == "lifted"
    await says(shop, "ada", "领券")
    assert await grants(shop) == 1


async def test_a_paused_campaign_gives_nothing_by_a_rule_a_welcome_or_a_group(
    shop: Installed,
) -> None:
    for name in ("campaign:newcomer", "campaign:pet-gift"):
        await pause(shop, name)
    assert "新人券暂停领取" in await says(shop, "ada", "领券")
    welcomed = await shop.say("bo", followed("bo", "poster-S012-door"))
    assert "暂停领取" in (welcomed or b"").decode()
    await tell(shop, Scanned(account="oa", at=NOW, who=openid("cy"), scene="poster-S012-door"))
    await joined(shop, "wm-ada")
    assert await shop.one("SELECT count(*) FROM coupon_grant") == 0
    assert await shop.one("SELECT count(*) FROM seat WHERE left_us IS NULL") == 1


async def test_a_coupon_given_before_is_shown_again_and_redeemed(shop: Installed) -> None:
    assert "CODE" not in await says(shop, "ada", "领券")
    code = await shop.one("SELECT c.code FROM coupon c JOIN coupon_grant g ON g.coupon_id = c.id")
    await pause(shop, "campaign:newcomer")
    assert code in await says(shop, "ada", "领券")
    told = RedeemAsked(
        account="till:S012", at=NOW, store="S012", cashier="bo", code=code, request="r1"
    )
    assert (await tell(shop, told))["verdict"] == "redeemed"


async def test_a_paused_pool_invites_nobody_and_counts_who_joins(shop: Installed) -> None:
    await pause(shop, "pool:pets")
    assert "宠物群先歇歇" in await says(shop, "ada", "宠物群")
    assert await shop.one("SELECT count(*) FROM invite") == 0
    await joined(shop, "wm-ada", GROUPS[0].chat)
    assert await shop.one("SELECT count(*) FROM seat WHERE left_us IS NULL") == 1
    assert await grants(shop, "pet-gift") == 1


async def test_for_a_paused_persona_the_default_one_speaks(shop: Installed) -> None:
    await says(shop, "ada", "你好")
    await shop.run("UPDATE person SET stage = 'first_order'")
    await pause(shop, "persona:xiaoyi")
    await says(shop, "ada", "领券")
    (words,) = (await last_trace(shop))["said"]
    assert words["persona"] == "小度哥"
    assert "小壹妹妹已暂停" in words["why"]


async def test_a_paused_default_persona_says_nothing_and_the_trace_says_why(
    shop: Installed,
) -> None:
    await pause(shop, "persona:xiaodu")
    assert await says(shop, "ada", "领券") == ""
    assert await grants(shop) == 1
    (words,) = (await last_trace(shop))["said"]
    assert words["withheld"] == "人设小度哥已暂停"


async def test_a_pause_outlives_the_process_that_took_it(tmp_path: Path) -> None:
    async with installed(tmp_path, Plans(content=content)) as one:
        await pause(one, "rule:coupon")
    async with installed(tmp_path, Plans(content=content)) as one:
        await says(one, "ada", "领券")
        assert await grants(one) == 0


async def test_what_was_promised_before_the_pause_is_still_sent(shop: Installed) -> None:
    await says(shop, "ada", "你好")
    await joined(shop, "wm-ada")
    await pause(shop, "campaign:pet-gift")
    await shop.settle_down()
    assert await grants(shop, "pet-gift") == 1
    assert await shop.one("SELECT count(*) FROM effect WHERE state = 'ready'") == 0
