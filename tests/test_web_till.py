"""The till's call: whoever has the store's key may redeem a code, once, and ask again as often."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.errors import DatabaseTrouble
from bot.shop import Times
from tests.callbacks import said
from tests.front import Client, front
from tests.little_shop import OTHER_TILL_KEY, TILL_KEY, shop_content
from tests.rooms import Installed, Plans, installed

DAY_S = 24 * 3600


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    plans = Plans(codes={"newcomer": ["NEW2CDE9", "NEW3CDE9"], "egg": ["EGG2CDE9"]})
    async with installed(tmp_path, plans) as one:
        await one.say("ada", said("ada", "领券", 1))
        await one.say("ada", said("ada", "鸡蛋", 2))
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


async def redeem(
    client: Client, code: str, request: str = "R1", *, key: str = TILL_KEY, **more: str
) -> tuple[int, Mapping[str, Any]]:
    asked = {"code": code, "request": request, **more}
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    got = await client.post("/api/redeem", json=asked, headers=headers)
    assert got.content_type == "application/json"
    told: Mapping[str, Any] = await got.json()
    assert told["v"] == 1
    return got.status, told


async def test_a_code_is_taken_in_with_its_terms(shop: Installed, client: Client) -> None:
    status, told = await redeem(client, "NEW2CDE9", cashier="bo")
    assert (status, told["code"], told["campaign"]) == (200, "redeemed", "newcomer")
    assert (told["value_fen"], told["terms"]) == ("500", "满20减5")
    (row,) = await shop.rows("SELECT code, store, cashier, request FROM redemption")
    assert tuple(row) == ("NEW2CDE9", "S012", "bo", "R1")  # type: ignore[arg-type]
    assert await shop.one("SELECT name FROM tag WHERE name LIKE '核销/%'") == "核销/newcomer"


async def test_a_repeated_call_gets_the_first_answer_again(client: Client) -> None:
    first = await redeem(client, "NEW2CDE9")
    assert await redeem(client, "NEW2CDE9") == first
    assert await redeem(client, " new2-cde9 ") == first


async def test_a_second_redemption_is_told_when_and_where_the_first_was(
    shop: Installed, client: Client
) -> None:
    await redeem(client, "NEW2CDE9")
    shop.hand.move(3600)
    status, told = await redeem(client, "NEW2CDE9", "R2", key=OTHER_TILL_KEY)
    assert (status, told["code"], told["redeemed_store"]) == (409, "already_redeemed", "S012")
    assert told["text"] == "这张券已于 2025-10-09 16:53 在 良渚店（S012） 核销过"


async def test_of_many_tills_at_once_one_redeems(shop: Installed, client: Client) -> None:
    answers = await asyncio.gather(*(redeem(client, "NEW2CDE9", f"R{n}") for n in range(12)))
    assert sorted(status for status, _ in answers) == [200] + [409] * 11
    assert await shop.one("SELECT count(*) FROM redemption") == 1


@pytest.mark.parametrize("key", ["", "wrong", TILL_KEY + "x"])
async def test_nobody_redeems_without_a_stores_key(
    shop: Installed, client: Client, key: str
) -> None:
    status, told = await redeem(client, "NEW2CDE9", key=key)
    assert (status, told["code"]) == (401, "no_key")
    assert await shop.one("SELECT count(*) FROM redemption") == 0


@pytest.mark.parametrize("code", ["NEW3CDE9", "NOSUCH22"])
async def test_a_code_nobody_holds_is_unknown(client: Client, code: str) -> None:
    """A code still on the shelf must not be told from one that does not exist."""
    status, told = await redeem(client, code)
    assert (status, told["code"]) == (404, "unknown_code")


async def test_an_expired_code_is_gone(shop: Installed, client: Client) -> None:
    shop.hand.move(30 * DAY_S + 7 * 3600)  # 16:53 when given: its last day is not over
    shop.hand.move(400)
    status, told = await redeem(client, "NEW2CDE9")
    assert (status, told["code"]) == (410, "expired")
    assert "2025-11-08" in told["text"]


async def test_a_code_is_good_until_its_last_day_ends(shop: Installed, client: Client) -> None:
    shop.hand.move(30 * DAY_S + 7 * 3600)
    assert (await redeem(client, "NEW2CDE9"))[0] == 200


async def test_a_code_of_another_store_is_refused_by_name(client: Client) -> None:
    status, told = await redeem(client, "EGG2CDE9", key=OTHER_TILL_KEY)
    assert (status, told["code"]) == (409, "wrong_store")
    assert "良渚店" in told["text"]
    assert (await redeem(client, "EGG2CDE9", "R2"))[0] == 200


@pytest.mark.parametrize(
    "body",
    [
        "", "[]", "null", '{"code": "NEW2CDE9"}', '{"code": "", "request": "R"}',
        '{"code": 7, "request": "R"}', '{"code": "NEW2CDE9", "request": ""}',
        '{"code": "' + "A" * 65 + '", "request": "R"}',
    ],
)  # fmt: skip
async def test_a_call_that_cannot_be_read_says_what_is_missing(client: Client, body: str) -> None:
    headers = {"Authorization": f"Bearer {TILL_KEY}"}
    got = await client.post("/api/redeem", data=body, headers=headers)
    assert got.status == 400
    assert (await got.json())["code"] == "bad_request"


async def test_when_nothing_can_be_written_the_till_is_told_to_ask_again(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: object, **_how: object) -> None:
        raise DatabaseTrouble("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(shop.db, "write", full)
        assert (await redeem(client, "NEW2CDE9"))[0] == 503
    assert (await redeem(client, "NEW2CDE9"))[0] == 200


async def test_a_key_that_is_no_text_is_a_wrong_key(client: Client) -> None:
    assert client.port is not None
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(b"POST /api/redeem HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\r\n\r\n")
    assert b" 401 " in await reader.readline()
    writer.close()


async def test_a_cashier_without_a_name_has_none(shop: Installed, client: Client) -> None:
    headers = {"Authorization": f"Bearer {TILL_KEY}"}
    asked = {"code": "NEW2CDE9", "request": "R1", "cashier": None}
    assert (await client.post("/api/redeem", json=asked, headers=headers)).status == 200
    assert await shop.one("SELECT cashier FROM redemption") == ""


async def test_what_was_redeemed_becomes_a_label_of_its_holder(
    shop: Installed, client: Client
) -> None:
    await redeem(client, "NEW2CDE9")
    await shop.settle_down()
    assert "核销/newcomer" in shop.platform.world.labels


async def test_while_no_verdict_can_be_made_the_till_is_told_to_ask_again(tmp_path: Path) -> None:
    plans = Plans(times=Times(answer_within_s=0.05))
    async with installed(tmp_path, plans) as shop, front(shop) as client:
        shop.worker.able.clear()
        assert (await redeem(client, "NEW2CDE9"))[0] == 503
        shop.worker.able.set()
        assert (await redeem(client, "NEW2CDE9"))[0] == 404


async def test_the_tills_system_takes_back_by_code(shop: Installed, client: Client) -> None:
    async def call(path: str, request: str, key: str = TILL_KEY) -> tuple[int, str]:
        asked = {"code": "NEW2CDE9", "request": request, "cashier": "小陈"}
        got = await client.post(path, json=asked, headers={"Authorization": f"Bearer {key}"})
        return got.status, (await got.json())["code"]

    assert await call("/api/redeem/undo", "U0") == (409, "not_redeemed")
    assert await call("/api/redeem", "R1") == (200, "redeemed")
    assert await call("/api/redeem/undo", "U1", "till-key-of-S001") == (409, "wrong_store")
    assert await call("/api/redeem/undo", "U1") == (200, "undone")
    assert await call("/api/redeem/undo", "U1") == (200, "undone")
    assert await call("/api/redeem/undo", "U2") == (409, "not_redeemed")
    assert await call("/api/redeem", "R2") == (200, "redeemed")
    shop.hand.move(31 * 60)
    assert await call("/api/redeem/undo", "U3") == (410, "too_late")
    assert await shop.one("SELECT undone_by FROM redemption WHERE undone <> 0") == "小陈"


async def test_wrong_keys_are_slowed_down_and_a_right_one_passes(
    shop: Installed, client: Client
) -> None:
    async def call(key: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        asked = {"code": "NEW2CDE9", "request": "R1"}
        return (await client.post("/api/redeem", json=asked, headers=headers)).status

    assert [await call("wrong") for _ in range(22)] == [401] * 20 + [429] * 2
    assert await call(TILL_KEY) == 200
    shop.hand.move(61)
    assert await call("wrong") == 401


async def test_a_key_that_was_taken_out_of_the_sheet_is_refused(tmp_path: Path) -> None:
    stores = dict(shop_content().stores)
    content = replace(shop_content(), stores=stores)
    plans = Plans(content=lambda: content)
    async with installed(tmp_path, plans) as shop, front(shop) as client:
        stores["S012"] = replace(stores["S012"], redeem_key_sha256="")
        headers = {"Authorization": f"Bearer {TILL_KEY}"}
        asked = {"code": "NEW2CDE9", "request": "R1"}
        assert (await client.post("/api/redeem", json=asked, headers=headers)).status == 401
