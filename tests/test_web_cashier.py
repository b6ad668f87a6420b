"""At the cashier's page a code is taken in once, and a manager takes it back in time."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import DatabaseTrouble
from tests.callbacks import said
from tests.counter import CODES, hidden, redeem, sign_in, undo
from tests.front import Client, front
from tests.little_shop import MANAGER_PIN, shop_content
from tests.rooms import Installed, Plans, installed


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(codes=CODES)) as one:
        await one.say("ada", said("ada", "领券", 1))
        await one.say("ada", said("ada", "鸡蛋", 2))
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


# --- at the counter ---


async def test_a_typed_code_is_taken_in_and_the_value_shown(
    shop: Installed, client: Client
) -> None:
    await sign_in(client)
    got, code = await redeem(client, " new2-cde9 ")
    page = await got.text()
    assert (got.status, code) == (200, "redeemed")
    for words in ("核销成功", "新人券", "减 5.00 元", "今日 1 笔", "合计 5.00 元", "…CDE9"):
        assert words in page
    assert "NEW2CDE9" not in page  # the list names a code by its end
    (row,) = await shop.rows("SELECT store, cashier FROM redemption")
    assert (row["store"], row["cashier"]) == ("S012", "收银台")


async def test_a_code_in_full_width_letters_is_found(client: Client) -> None:
    """As a Chinese keyboard types them."""
    await sign_in(client)
    assert (await redeem(client, "ｎｅｗ２　ＣＤＥ９"))[1] == "redeemed"


async def test_a_busy_day_is_summed_whole_and_listed_in_part(
    shop: Installed, client: Client
) -> None:
    """So that a page with a button for each line stays below 60 kB."""
    await sign_in(client, MANAGER_PIN)
    await redeem(client, "NEW2CDE9")
    # A hundred more that were taken back: as many rows as a store ever has on one day.
    await shop.run(
        "WITH RECURSIVE n(n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM n WHERE n < 199)"
        " INSERT INTO redemption(coupon_id, code, store, request, inbox_id, at_us, undone,"
        " undone_us) SELECT coupon_id, code, store, n, inbox_id, at_us, n, at_us"
        " FROM redemption, n WHERE redemption.id = 1"
    )
    page = await (await client.get("/till")).text()
    assert "今日 1 笔" in page
    assert "只列出最近 60 笔" in page
    assert len(page.encode()) < 40_000


async def test_the_same_form_sent_twice_takes_in_once(shop: Installed, client: Client) -> None:
    await sign_in(client)
    assert (await redeem(client, "NEW2CDE9", "same"))[1] == "redeemed"
    assert (await redeem(client, "NEW2CDE9", "same"))[1] == "redeemed"
    assert (await redeem(client, "NEW2CDE9", "another"))[1] == "already_redeemed"
    assert await shop.one("SELECT count(*) FROM redemption") == 1


@pytest.mark.parametrize(
    ("store", "code", "told"),
    [("S001", "EGG2CDE9", "wrong_store"), ("S012", "NOSUCH22", "unknown_code"),
     ("S012", " ", "unknown_code"), ("S012", "A" * 80, "unknown_code")],
)  # fmt: skip
async def test_what_cannot_be_taken_in_is_said_in_words(
    client: Client, store: str, code: str, told: str
) -> None:
    await sign_in(client, store=store)
    assert (await redeem(client, code))[1] == told


async def test_an_expired_code_is_said_to_be(shop: Installed, client: Client) -> None:
    shop.hand.move(31 * 24 * 3600)
    await sign_in(client)
    got, code = await redeem(client, "NEW2CDE9")
    assert code == "expired"
    assert "已过期" in await got.text()


async def test_when_nothing_can_be_written_the_same_request_is_offered_again(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: object, **_how: object) -> None:
        raise DatabaseTrouble("the disk is full")

    await sign_in(client)
    with monkeypatch.context() as broken:
        broken.setattr(shop.db, "write", full)
        got, code = await redeem(client, "NEW2CDE9", "R7")
    page = await got.text()
    assert (got.status, code) == (503, "try_again")
    assert (hidden(page, "request"), 'value="NEW2CDE9"' in page) == ("R7", True)
    assert (await redeem(client, "NEW2CDE9", "R7"))[1] == "redeemed"


async def test_a_form_without_the_visits_token_takes_nothing_in(
    shop: Installed, client: Client
) -> None:
    await sign_in(client)
    got, code = await redeem(client, "NEW2CDE9", csrf="x")
    assert (got.status, code) == (403, "try_again")
    assert await shop.one("SELECT count(*) FROM redemption") == 0


async def test_nobody_redeems_without_signing_in(shop: Installed, client: Client) -> None:
    got = await client.post("/till/redeem", data={"code": "NEW2CDE9", "request": "R"})
    assert got.status == 401
    assert await shop.one("SELECT count(*) FROM redemption") == 0


# --- taking it back ---


async def test_a_manager_takes_a_redemption_back_and_the_coupon_is_good_again(
    shop: Installed, client: Client
) -> None:
    await sign_in(client, MANAGER_PIN)
    await redeem(client, "NEW2CDE9")
    page = await (await client.get("/till")).text()
    assert 'action="/till/undo"' in page
    assert await undo(client) == "undone"
    assert await undo(client) == "undone"  # the same form again
    page = await (await client.get("/till")).text()
    assert "今日 0 笔" in page
    assert page.count("…CDE9") == 2  # taken in, and taken back
    assert await shop.one("SELECT op FROM tag WHERE name = '核销/newcomer' ORDER BY id DESC") == (
        "remove"
    )
    assert (await redeem(client, "NEW2CDE9"))[1] == "redeemed"
    assert await shop.one("SELECT count(*) FROM redemption") == 2


async def test_a_cashier_cannot_take_back(shop: Installed, client: Client) -> None:
    await sign_in(client)
    await redeem(client, "NEW2CDE9")
    assert 'action="/till/undo"' not in await (await client.get("/till")).text()
    assert await undo(client) == "not_manager"
    assert await shop.one("SELECT undone FROM redemption") == 0


async def test_after_half_an_hour_nobody_can(shop: Installed, client: Client) -> None:
    await sign_in(client, MANAGER_PIN)
    await redeem(client, "NEW2CDE9")
    shop.hand.move(30 * 60 + 1)
    assert 'action="/till/undo"' not in await (await client.get("/till")).text()
    assert await undo(client) == "too_late"


async def test_a_redemption_of_another_store_is_none_of_ours(
    shop: Installed, client: Client
) -> None:
    await sign_in(client, store="S001")
    await redeem(client, "NEW2CDE9")
    await sign_in(client, MANAGER_PIN)
    for redemption in ("1", "99", "", "x", "²"):
        assert await undo(client, redemption) == "unknown_code"


async def test_a_second_coupon_of_the_campaign_keeps_the_tag(tmp_path: Path) -> None:
    content = shop_content()
    twice = replace(content.campaigns["newcomer"], per_person=2)
    content = replace(content, campaigns={**content.campaigns, "newcomer": twice})
    plans = Plans(content=lambda: content, codes=CODES)
    async with installed(tmp_path, plans) as shop, front(shop) as client:
        for number in (1, 2):
            await shop.say("ada", said("ada", "领券", number))
        await sign_in(client, MANAGER_PIN)
        await redeem(client, "NEW2CDE9")
        await redeem(client, "NEW3CDE9")
        await undo(client, "2")
        assert await shop.one("SELECT count(*) FROM tag WHERE op = 'remove'") == 0
