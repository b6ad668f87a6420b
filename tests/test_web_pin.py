"""The way into the cashier's page: a store's PIN, pauses for who guesses, and nothing in a log."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.db import guard
from tests.callbacks import said
from tests.counter import CODES, hidden, redeem, sign_in, undo
from tests.front import Client, front
from tests.little_shop import CASHIER_PIN, MANAGER_PIN, shop_content
from tests.rooms import Installed, Plans, installed

DAY_US = 24 * 3600 * 1_000_000


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


# --- the way in ---


async def test_a_stores_pin_opens_the_page(client: Client) -> None:
    status, page = await sign_in(client)
    assert status == 200
    assert "良渚店" in page
    assert 'action="/till/redeem"' in page


async def test_the_visits_cookie_is_strict_and_out_of_reach_of_scripts(client: Client) -> None:
    cookie = (await client.get("/till")).headers["Set-Cookie"]
    assert {"HttpOnly", "Secure", "SameSite=Strict", "Path=/till", "Max-Age=43200"} <= set(
        cookie.split("; ")
    )


async def test_only_stores_with_a_pin_are_offered(tmp_path: Path) -> None:
    stores = shop_content().stores
    without = {"S012": stores["S012"], "S001": replace(stores["S001"], cashier_pin="")}
    content = replace(shop_content(), stores=without)
    async with installed(tmp_path, Plans(content=lambda: content)) as shop, front(shop) as client:
        page = await (await client.get("/till")).text()
        assert "良渚店" in page
        assert "文三店" not in page
        assert (await sign_in(client, store="S001"))[0] == 403


@pytest.mark.parametrize("pin", ["", "0000", MANAGER_PIN + "1", "x" * 500, "４８２７"])
async def test_a_wrong_pin_opens_nothing(client: Client, pin: str) -> None:
    status, page = await sign_in(client, pin)
    assert status == 403
    assert "PIN 不对" in page
    assert 'action="/till/redeem"' not in await (await client.get("/till")).text()


async def test_a_form_from_elsewhere_is_refused(client: Client) -> None:
    await client.get("/till")
    fields = {"csrf": "x", "store": "S012", "pin": CASHIER_PIN}
    assert (await client.post("/till/login", data=fields)).status == 403


async def test_a_visit_ends_after_twelve_hours(shop: Installed, client: Client) -> None:
    await sign_in(client)
    shop.hand.move(12 * 3600 + 1)
    assert 'name="pin"' in await (await client.get("/till")).text()


async def test_a_cookie_that_was_changed_opens_nothing(client: Client) -> None:
    await sign_in(client)
    cookie = next(one for one in client.session.cookie_jar if one.key == "xr_till")
    for sly in (cookie.value.replace("cashier", "manager"), cookie.value + "0", "~~~~", "x"):
        client.session.cookie_jar.clear()
        got = await client.get("/till", headers={"Cookie": f"xr_till={sly}"})
        assert 'name="pin"' in await got.text()


async def test_a_new_pin_ends_the_visits_of_the_old_one(tmp_path: Path) -> None:
    content = shop_content()
    stores = dict(content.stores)
    changing = replace(content, stores=stores)
    async with installed(tmp_path, Plans(content=lambda: changing)) as shop, front(shop) as client:
        await sign_in(client)
        stores["S012"] = replace(stores["S012"], cashier_pin=stores["S012"].manager_pin)
        assert 'name="pin"' in await (await client.get("/till")).text()


async def test_leaving_ends_the_visit(client: Client) -> None:
    _, page = await sign_in(client)
    await client.post("/till/leave", data={"csrf": hidden(page, "csrf")})
    assert 'name="pin"' in await (await client.get("/till")).text()


async def test_a_copied_cookie_opens_nothing_once_its_visit_was_left(client: Client) -> None:
    _, page = await sign_in(client)
    cookie = next(one for one in client.session.cookie_jar if one.key == "xr_till")
    await client.post("/till/leave", data={"csrf": hidden(page, "csrf")})
    client.session.cookie_jar.clear()
    copied = {"Cookie": f"xr_till={cookie.value}"}
    assert 'name="pin"' in await (await client.get("/till", headers=copied)).text()
    got = await client.post("/till/redeem", data={"code": "NEW2CDE9"}, headers=copied)
    assert got.status == 401


# --- who guesses ---


async def test_fifty_wrong_pins_cost_pauses_that_grow(shop: Installed, client: Client) -> None:
    answers = [await sign_in(client, f"{n:04}") for n in range(50)]
    assert [status for status, _ in answers[:4]] == [403] * 4
    assert {status for status, _ in answers[4:]} == {429}
    assert "输错太多次，请等 30 秒" in answers[4][1]
    status, _ = await sign_in(client)
    assert status == 429  # not even the right one is looked at
    assert await shop.one("SELECT max(failures) FROM till_guard") == 5
    shop.hand.move(30)
    assert "请等 60 秒" in (await sign_in(client, "0000"))[1]
    assert await shop.one("SELECT count(*) FROM notice WHERE name LIKE 'till-pin:S012:%'") == 1
    shop.hand.move(60)
    assert (await sign_in(client))[0] == 200


async def test_a_pause_survives_a_restart(tmp_path: Path) -> None:
    async with installed(tmp_path) as shop, front(shop) as client:
        for n in range(5):
            await sign_in(client, f"{n:04}")
    async with installed(tmp_path) as shop, front(shop) as client:
        assert (await sign_in(client))[0] == 429


async def test_who_knows_the_pin_starts_afresh(shop: Installed, client: Client) -> None:
    for n in range(4):
        await sign_in(client, f"{n:04}")
    assert (await sign_in(client))[0] == 200
    assert await shop.one("SELECT count(*) FROM notice") == 0
    rows = await shop.rows("SELECT store, place, failures FROM till_guard ORDER BY store")
    assert [(row["store"], row["place"], row["failures"]) for row in rows] == [
        ("", "*", 4),
        ("S012", "*", 4),
    ]


async def test_a_stranger_cannot_lock_out_a_phone_that_was_here_before(
    shop: Installed, client: Client
) -> None:
    await sign_in(client)
    async with front(shop) as stranger:  # the same address, no cookie
        for n in range(9):
            await sign_in(stranger, f"{n:04}")
        assert (await sign_in(stranger))[0] == 429
    _, page = await sign_in(client, "0000")
    assert "PIN 不对" in page
    assert (await sign_in(client))[0] == 200


async def test_changing_the_address_does_not_help(shop: Installed) -> None:
    waits = [
        await guess(shop, guard.strangers("S012", str(n)))
        for n in range(guard.FREE_TRIES_EVERYWHERE + 3)
    ]
    assert waits == [0] * guard.FREE_TRIES_EVERYWHERE + [30] * 3


async def test_changing_the_store_does_not_help(shop: Installed) -> None:
    waits = [
        await guess(shop, guard.strangers(f"S{n // 4}", str(n)))
        for n in range(guard.FREE_TRIES_ALL_STORES + 3)
    ]
    assert waits == [0] * guard.FREE_TRIES_ALL_STORES + [30] * 3
    assert await shop.one("SELECT text FROM notice WHERE name = 'till-pin::today'") == (
        "有人在许多门店的收银台页面连续输错 PIN，已暂停输入；如果不是店员，请换 PIN"
    )


async def test_slips_of_many_new_phones_fade(shop: Installed) -> None:
    """Some each day are no attack; a place that is never silent for a day forgets them too."""
    eighth_us = DAY_US // 8
    waits = [await guess(shop, guard.strangers("S012", str(n)), n * eighth_us) for n in range(100)]
    assert set(waits) == {0}
    assert (
        await shop.one("SELECT failures FROM till_guard WHERE store = 'S012' AND place = '*'") < 3
    )


async def test_the_cashiers_pin_does_not_help_to_guess_the_managers(
    shop: Installed, client: Client
) -> None:
    """Each right sign-in forgives the device its wrong ones, but not those for the manager."""
    told = []
    for number in range(0, 40, 4):
        await sign_in(client)
        told += [(await sign_in(client, f"{pin:04}"))[1] for pin in range(number, number + 4)]
    assert sum("店长的 PIN 输错太多次" in page for page in told) == 20
    assert await shop.one("SELECT count(*) FROM notice WHERE text LIKE '%登录过的手机%'") == 1
    assert (await sign_in(client))[0] == 200  # the cashiers go on
    assert "店长的 PIN 输错太多次，请等 30 秒" in (await sign_in(client, MANAGER_PIN))[1]
    shop.hand.move(31)
    assert (await sign_in(client, MANAGER_PIN))[0] == 200


async def test_a_new_pin_makes_strangers_of_the_devices_that_knew_the_old_one(
    tmp_path: Path,
) -> None:
    """Who left the store has no tries of their own for each phone they once signed in with."""
    content = shop_content()
    stores = dict(content.stores)
    changing = replace(content, stores=stores)
    async with installed(tmp_path, Plans(content=lambda: changing)) as shop, front(shop) as client:
        await sign_in(client)
        stores["S012"] = replace(stores["S012"], cashier_pin=stores["S012"].manager_pin)
        await sign_in(client, "0000")
        assert await shop.one("SELECT count(*) FROM till_guard WHERE place LIKE 'address:%'") == 1


async def guess(shop: Installed, places: tuple[guard.Place, ...], now_us: int = 1) -> int:
    """Try a wrong PIN from somewhere; return how long to wait before it is looked at."""
    tried = await shop.db.write(lambda tx: guard.begin_try(tx, places, now_us))
    await shop.db.write(lambda tx: guard.wrong_pin(tx, tried, now_us, "today"))
    return tried.wait_s


# --- what is never told ---


async def test_no_log_and_no_metric_holds_a_code_or_a_pin(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    await sign_in(client, "7391")
    await sign_in(client, MANAGER_PIN)
    await redeem(client, "NEW2CDE9")
    await undo(client)
    told = capsys.readouterr()
    metrics = await (await client.get("/metrics")).text()
    for secret in ("7391", MANAGER_PIN, "NEW2CDE9"):
        assert secret not in told.out + told.err + metrics
