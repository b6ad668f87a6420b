"""Our own server under planted faults of both directions, judged by the twin's book."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.twin_bot import Json
from tests.twin_shop import TwinShop, twin_shop

ROUND = ("领券", "营业时间", "地址")
DELIVERIES: tuple[Json, ...] = (
    {"kind": "duplicate", "share": 0.4, "times": -1},
    {"kind": "reordered", "share": 0.3, "times": -1, "seconds": 5, "event": "text"},
    {"kind": "delayed", "share": 0.3, "times": -1, "seconds": 0.2},
    {"kind": "wrong_signature", "share": 0.3, "times": -1},
    {"kind": "truncated_body", "share": 0.3, "times": -1, "account": "wecom-*"},
)
LABELLING = "/cgi-bin/tags/members/batchtagging"
CALLS: tuple[Json, ...] = (
    {"path": LABELLING, "kind": "errcode", "code": -1, "times": 2},
    {"path": LABELLING, "kind": "reset_after", "after": 2},
    {"path": LABELLING, "kind": "token_revoked", "after": 4},
    {"path": "/cgi-bin/externalcontact/remark", "kind": "late_effect", "seconds": 1, "cut": True},
    {"path": "/cgi-bin/externalcontact/mark_tag", "kind": "html"},
    {"path": "/cgi-bin/user/*", "kind": "truncated"},
)


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[TwinShop]:
    async with twin_shop(tmp_path) as one:
        yield one


async def planted(shop: TwinShop, *faults: Json) -> None:
    asked: Json = {"script": list(faults), "seed": 11}
    assert "error" not in await shop.scene.control("faults", asked)


async def day(shop: TwinShop) -> None:
    """Three people come in by both doors and speak."""
    for who in ("甲", "乙", "丙"):
        for act, more in (
            ("scan_oa", {"poster": "poster-S012-door"}),
            ("add_contact", {"code": "staff-xiaowang-S012"}),
            *(("type", {"text": text}) for text in ROUND),
        ):
            await shop.scene.control("do", {"act": act, "who": who, **more})


async def even(shop: TwinShop) -> None:
    assert await shop.scene.control("idle", {"wait_s": 20}) == {"idle": True}
    for _ in range(3):
        await shop.settled()
    judged = await shop.audited("甲", "乙", "丙")
    assert judged.ok, judged.explain()
    assert judged.sent == judged.answered
    assert [one.holds for one in judged.balances] == [True] * 6


async def test_deliveries_of_every_evil_kind_lose_and_double_nothing(shop: TwinShop) -> None:
    await shop.scene.control("settings", {"retries": 20})  # the bot must refuse what is spoilt
    await planted(shop, *DELIVERIES)
    await day(shop)
    await even(shop)
    spoilt = {str(one["fault"]) for one in await shop.scene.book("callback")}
    assert {part for one in spoilt for part in one.split("+")} >= {
        str(one["kind"]) for one in DELIVERIES
    }


async def test_calls_that_fail_in_every_way_end_as_the_ledger_says(shop: TwinShop) -> None:
    await planted(shop, *CALLS)
    await day(shop)
    await even(shop)
    faults = {one["fault"] for one in await shop.scene.book("call")}
    assert faults >= {"errcode", "reset_after", "token_revoked", "late_effect"}
