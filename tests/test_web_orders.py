"""Orders told over HTTP: signed, each answered by itself, once for ever, found by their member."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.errors import DatabaseTrouble
from tests.front import Client, front
from tests.little_shop import NOW
from tests.order_calls import (
    fan,
    known,
    order,
    phone,
    plans,
    post,
    stage_of,
    standing,
    tags_of,
)
from tests.rooms import Installed, installed


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, plans()) as one:
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


async def told(client: Client, shop: Installed, **more: Any) -> tuple[int, str]:
    """Tell one order, decide it, and return the status and the code."""
    status, answer = await post(client, order(**more))
    await shop.settle_down()
    return status, answer["answers"][0]["code"]


async def test_an_order_finds_the_member_of_its_phone(shop: Installed, client: Client) -> None:
    ada = await known(shop, fan(), phone("13800000001"))
    status, answer = await post(client, order(phone="+86 138-0000-0001"))
    await shop.settle_down()
    assert (status, answer["answers"][0]["result"]) == (200, "taken")
    assert await standing(shop) == {"A1": (1, "paid", 5000, 0, ada)}
    assert await stage_of(shop, ada) == "first_order"
    assert {"阶段/已首单", "消费/首单", "门店/S012"} <= await tags_of(shop, ada)
    assert await shop.one("SELECT store FROM person WHERE id = ?", ada) == "S012"


async def test_no_number_is_kept_as_it_was_told(shop: Installed, client: Client) -> None:
    await told(client, shop, phone="13800000001")
    for table, column in (("inbox", "body"), ("trace", "body"), ("order_name", "digest")):
        query = f"SELECT CAST({column} AS TEXT) AS t FROM {table}"  # noqa: S608  (our own names)
        kept = await shop.rows(query)
        assert kept
        assert not any("13800000001" in row["t"] for row in kept)


async def test_an_order_of_nobody_waits_until_its_name_is_known(
    shop: Installed, client: Client
) -> None:
    await told(client, shop, phone="13800000001")
    assert (await standing(shop))["A1"][-1] is None
    assert await shop.one("SELECT count(*) FROM person") == 0
    ada = await known(shop, fan(), phone("13800000001"))
    assert (await standing(shop))["A1"][-1] == ada
    assert await stage_of(shop, ada) == "first_order"


async def test_a_repeated_order_changes_nothing_and_says_so(
    shop: Installed, client: Client
) -> None:
    await known(shop, fan(), phone("13800000001"))
    await told(client, shop, phone="13800000001")
    before = await shop.one("SELECT count(*) FROM tag")
    assert await told(client, shop, phone="138 0000 0001") == (200, "repeated")
    assert await shop.one("SELECT count(*) FROM inbox WHERE kind = 'OrderTold'") == 1
    assert await shop.one("SELECT count(*) FROM tag") == before


async def test_another_content_under_the_same_revision_is_refused_with_what_differs(
    shop: Installed, client: Client
) -> None:
    await told(client, shop)
    status, answer = await post(client, order(total_fen=4900))
    (one,) = answer["answers"]
    assert (status, one["code"], one.get("different")) == (409, "conflict", ["total_fen"])
    assert "revision" in one["text"]
    await shop.settle_down()
    assert (await standing(shop))["A1"][2] == 5000


async def test_a_full_refund_moves_the_stage_back(shop: Installed, client: Client) -> None:
    ada = await known(shop, fan())
    name = {"oa_openid": "ada"}
    await told(client, shop, **name)
    assert await stage_of(shop, ada) == "first_order"
    await told(client, shop, revision=2, state="refunded")  # it need not say whose again
    assert await stage_of(shop, ada) == "visitor"
    assert await tags_of(shop, ada) & {"阶段/已首单", "消费/首单"} == set()
    assert await told(client, shop, revision=2, state="refunded") == (200, "repeated")


async def test_a_refund_that_comes_before_its_order_stays_a_refund(
    shop: Installed, client: Client
) -> None:
    ada = await known(shop, fan())
    await told(client, shop, revision=2, state="refunded")
    await told(client, shop, oa_openid={"account": "oa", "value": "ada"})
    assert await standing(shop) == {"A1": (2, "refunded", 5000, 5000, ada)}
    assert await stage_of(shop, ada) == "visitor"


async def test_a_partial_refund_lowers_what_was_spent(shop: Installed, client: Client) -> None:
    ada = await known(shop, fan())
    name = {"oa_openid": "ada"}
    await told(client, shop, total_fen=30_000, **name)
    assert await stage_of(shop, ada) == "taster"
    await told(client, shop, revision=2, total_fen=30_000, refunded_fen=10_001, **name)
    assert await stage_of(shop, ada) == "first_order"


async def test_the_strongest_known_name_owns_the_order(shop: Installed, client: Client) -> None:
    ada, bo = await known(shop, fan("ada")), await known(shop, phone("13800000002"))
    await told(client, shop, phone="13800000002", oa_openid="ada")
    assert (await standing(shop))["A1"][-1] == ada
    assert await shop.one("SELECT count(*) FROM person WHERE merged_into IS NOT NULL") == 0
    assert await stage_of(shop, bo) == "registered"


async def test_a_stronger_name_learnt_later_takes_the_order_and_both_stages_follow(
    shop: Installed, client: Client
) -> None:
    bo = await known(shop, phone("13800000002"))
    await told(client, shop, phone="13800000002", oa_openid="ada")
    assert await stage_of(shop, bo) == "first_order"
    ada = await known(shop, fan("ada"))
    await shop.settle_down()
    assert (await standing(shop))["A1"][-1] == ada
    assert (await stage_of(shop, ada), await stage_of(shop, bo)) == ("first_order", "registered")


async def test_two_who_become_one_own_the_orders_of_both(shop: Installed, client: Client) -> None:
    ada, bo = await known(shop, fan("ada")), await known(shop, phone("13800000002"))
    for number in ("A1", "A2"):
        await told(client, shop, number=number, oa_openid="ada")
    await told(client, shop, number="A3", phone="13800000002")
    one = await known(shop, fan("ada"), phone("13800000002"))
    assert {row[-1] for row in (await standing(shop)).values()} == {one}
    assert one in (ada, bo)
    assert await stage_of(shop, one) == "taster"


async def test_each_of_a_list_is_answered_by_itself(shop: Installed, client: Client) -> None:
    orders = [order("A1"), order("A2", total_fen=12.5), order("A1", total_fen=1), order("A3")]
    status, answer = await post(client, orders)
    assert status == 409
    assert [one["result"] for one in answer["answers"]] == ["taken", "refused", "refused", "taken"]
    assert answer["answers"][1]["field"] == "total_fen"
    await shop.settle_down()
    assert set(await standing(shop)) == {"A1", "A3"}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"total_fen": -1}, "total_fen"),
    ({"total_fen": 50.0}, "total_fen"),
    ({"total_fen": "50.00"}, "total_fen"),
    ({"total_fen": True}, "total_fen"),
    ({"total_fen": None}, "total_fen"),
    ({"total_fen": 10**12}, "total_fen"),
    ({"refunded_fen": 5001}, "refunded_fen"),
    ({"refunded_fen": -5}, "refunded_fen"),
    ({"refund_fen": 1}, "refund_fen"),
    ({"state": "部分退款"}, "refunded_fen"),
    ({"state": "待付款"}, "state"),
    ({"state": "lost"}, "state"),
    ({"state": None}, "state"),
    ({"revision": "2"}, "revision"),
    ({"revision": -1}, "revision"),
    ({"order": ""}, "order"),
    ({"order": 17}, "order"),
    ({"order": "x" * 129}, "order"),
    ({"paid_at": (NOW + timedelta(hours=1)).isoformat()}, "paid_at"),
    ({"paid_at": "yesterday"}, "paid_at"),
    ({"updated_at": "soon", "revision": None}, "updated_at"),
    ({"phone": "0571-88888888"}, "phone"),
    ({"phone": "138****0001"}, "phone"),
    ({"phone": 13800000001}, "phone"),
    ({"oa_openid": {"account": "nobody", "value": "ada"}}, "oa_openid"),
    ({"oa_openid": {"account": "oa"}}, "oa_openid"),
    ({"unionid": ["u"]}, "unionid"),
    ({"revision": None, "updated_at": "2999-01-01 08:00"}, "updated_at"),
    ({"revision": None, "updated_at": "1970-01-01 08:00"}, "updated_at"),
    ({"card": "\x00"}, "card"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD)
async def test_what_cannot_be_used_is_refused_with_the_field_and_advice(
    shop: Installed, client: Client, wrong: dict[str, Any], field: str
) -> None:
    status, answer = await post(client, order() | wrong)
    (one,) = answer["answers"]
    assert (status, one["result"], one["code"], one["field"]) == (
        400, "refused", "bad_order", field
    )  # fmt: skip
    assert "13800000001" not in one["text"]
    assert await shop.one("SELECT count(*) FROM inbox") == 0


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"7", b"{", orjson.dumps([order()] * 201)])
async def test_a_body_that_holds_no_orders_is_told_what_to_send(
    client: Client, body: bytes
) -> None:
    status, answer = await post(client, body)
    assert (status, answer["code"]) == (400, "bad_request")


async def test_however_deep_one_order_is_the_others_of_its_list_are_taken(client: Client) -> None:
    deep = b'{"order": ' + b"[" * 1000 + b"]" * 1000 + b"}"
    _, answer = await post(client, b"[%b, %b]" % (deep, orjson.dumps(order())))
    assert [one["result"] for one in answer["answers"]] == ["refused", "taken"]


async def test_a_list_may_hold_two_hundred(shop: Installed, client: Client) -> None:
    status, answer = await post(client, [order(f"N{n}") for n in range(200)])
    assert (status, len(answer["answers"])) == (200, 200)


async def test_an_unknown_store_is_kept_and_said(shop: Installed, client: Client) -> None:
    ada = await known(shop, fan())
    _, answer = await post(client, order(store="S999", oa_openid="ada", items=3))
    await shop.settle_down()
    (one,) = answer["answers"]
    assert one["result"] == "taken"
    assert "S999" in one["text"]
    assert "items" in one["text"]
    assert await shop.one("SELECT store FROM person WHERE id = ?", ada) == ""


@pytest.mark.parametrize(
    ("told_of", "revision"),
    [
        ({}, 0),
        ({"refunded_fen": 700}, 700),
        ({"state": "已退款"}, 5000),
        ({"state": "已取消"}, 5002),
        ({"total_fen": 0, "state": "已退款"}, 1),
        ({"updated_at": "2000-01-01T08:00:01+08:00"}, 946_684_801_000),
        ({"updated_at": "2000-01-01 08:00:01"}, 946_684_801_000),
    ],
)
async def test_without_a_revision_time_or_refunds_tell_which_is_newer(
    client: Client, told_of: dict[str, Any], revision: int
) -> None:
    _, answer = await post(client, order(revision=None, **told_of))
    assert answer["answers"][0]["revision"] == revision


async def test_when_nothing_can_be_written_the_till_is_told_to_ask_again(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: object, **_how: object) -> None:
        raise DatabaseTrouble("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(shop.db, "write", full)
        assert (await post(client, order()))[0] == 503
    assert (await post(client, order()))[0] == 200
