"""Systems of the shop tell whose names are one person's; a phone number is never kept."""

import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.shop import Source
from bot.web.members import tell
from bot.web.signed import SIGNATURE, SOURCE, TIMESTAMP, signature
from tests.front import Client, front
from tests.little_shop import NOW_S
from tests.rooms import Installed, installed
from tests.servers import only_sqlite

SECRET = b"0123456789abcdef"
PHONE = "13800000001"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        kinds = {"crm": frozenset({"members"}), "till": frozenset({"orders"})}
        sources = {name: Source(id=name, kinds=some, secret=SECRET) for name, some in kinds.items()}
        object.__setattr__(one.shop, "sources", sources)
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


async def post(client: Client, told: object, source: str = "crm") -> tuple[int, Mapping[str, Any]]:
    body, stamp = orjson.dumps(told), str(NOW_S)
    headers = {
        SOURCE: source, TIMESTAMP: stamp, SIGNATURE: signature(SECRET, stamp, body),
    }  # fmt: skip
    got = await client.post("/api/members", data=body, headers=headers)
    answer: Mapping[str, Any] = await got.json()
    return got.status, answer


def everything_in(folder: Path) -> bytes:
    """Return the database as it lies on disk, its log included."""
    return b"".join(file.read_bytes() for file in folder.glob("xiaoer.db*"))


def ada(number: str = "", **names: object) -> dict[str, object]:
    return {"id": number, "names": {"oa_openid": "ada", "phone": PHONE, **names}}


async def test_names_of_one_person_become_one_member(shop: Installed, client: Client) -> None:
    status, told = await post(client, ada("r1"))
    assert (status, told["answers"][0]["result"]) == (200, "taken")
    await shop.decide_due()
    rows = await shop.rows("SELECT DISTINCT person_id, count(*) AS n FROM alias GROUP BY person_id")
    assert [row["n"] for row in rows] == [2]


@only_sqlite
@pytest.mark.parametrize(
    "written", ["+86 138-0000-0001", "１３８０００００００１", " 0086 13800000001"]
)
async def test_a_phone_is_one_name_however_it_is_written_and_is_never_kept(
    shop: Installed, client: Client, tmp_path: Path, written: str
) -> None:
    await post(client, ada("r1"))
    await post(client, {"id": "r2", "names": {"external_userid": "wm-ada", "phone": written}})
    await shop.decide_due()
    assert await shop.one("SELECT count(*) FROM person WHERE merged_into IS NULL") == 1
    kept = everything_in(tmp_path)
    assert b"wm-ada" in kept
    assert b"3800000001" not in kept


@pytest.mark.parametrize("card", [PHONE, "１３８０００００００１", f"+86{PHONE}"])
async def test_a_card_that_is_numbered_by_the_phone_is_kept_like_a_phone(
    shop: Installed, client: Client, tmp_path: Path, card: str
) -> None:
    await post(client, {"names": {"card": PHONE, "oa_openid": "ada"}})
    await post(client, {"names": {"card": card, "unionid": "U"}})
    await shop.settle_down()
    assert await shop.one("SELECT count(*) FROM person WHERE merged_into IS NULL") == 1
    assert PHONE.encode() not in everything_in(tmp_path)


async def test_a_repeated_telling_is_recognised_and_another_under_its_id_refused(
    client: Client,
) -> None:
    await post(client, ada("r1"))
    _, again = await post(client, ada("r1"))
    assert again["answers"][0]["result"] == "repeated"
    status, other = await post(client, ada("r1", card="88"))
    assert (status, other["answers"][0]["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (ada(phone="123"), "phone"),
        (ada(phone=13800000001), "phone"),
        ({"names": {}}, "names"),
        ({"names": {"nickname": "阿达"}}, "nickname"),
        ({"names": {"mp_openid": {"value": 1, "appid": "wx"}}}, "mp_openid"),
        ({"names": "ada"}, "names"),
        ({"id": 1, "names": {"card": "88"}}, "id"),
        ({"name": "ada"}, "name"),
        ("ada", "names"),
        (ada(oa_openid={"account": "elsewhere", "value": "ada"}), "oa_openid"),
        (ada(oa_openid={"account": "oa", "appid": "wxother", "value": "ada"}), "oa_openid"),
    ],
)
async def test_what_cannot_be_used_is_refused_by_its_field_and_the_rest_is_taken(
    shop: Installed, client: Client, item: object, field: str
) -> None:
    status, told = await post(client, [item, ada("r2")])
    first, second = told["answers"]
    assert (status, first["result"], first["field"]) == (400, "refused", field)
    assert PHONE not in first["text"]
    assert second["result"] == "taken"
    assert await shop.one("SELECT count(*) FROM inbox") == 1


@pytest.mark.parametrize(
    "nothing", ["0", "000", "-", "无", "NULL", " ", "n/a", {"value": "0"}, "０"]
)
async def test_what_stands_for_nothing_is_no_name(
    shop: Installed, client: Client, nothing: object
) -> None:
    for fan in ("ada", "bo"):
        names = {"oa_openid": fan, "card": nothing, "phone": nothing, "unionid": nothing}
        status, _ = await post(client, {"names": names})
        assert status == 200
    await shop.settle_down()
    assert await shop.one("SELECT count(*) FROM person WHERE merged_into IS NULL") == 2
    status, _ = await post(client, {"names": {"card": nothing}})
    assert status == 400


async def test_an_operator_may_insist_again_after_undoing_again(shop: Installed) -> None:
    for _ in range(2):
        item = {"names": {"oa_openid": "ada", "card": "88"}}
        (told,) = await tell(shop.db, shop.shop, "operator", [item], overrule=True)
        assert told.result == "taken"
        shop.hand.move(1)


async def test_a_source_for_orders_may_not_tell_members(shop: Installed, client: Client) -> None:
    status, told = await post(client, ada(), source="till")
    assert (status, told["code"]) == (401, "wrong_kind")
    assert await shop.one("SELECT count(*) FROM inbox") == 0


@pytest.mark.parametrize("body", ([], [{}] * 201, 1, None))
async def test_one_call_holds_at_most_200(client: Client, body: object) -> None:
    status, told = await post(client, body)
    assert (status, told["code"]) == (400, "bad_request")


async def test_two_hundred_are_taken_with_one_sync(shop: Installed, client: Client) -> None:
    began = time.monotonic()
    status, told = await post(client, [{"names": {"card": f"K{n}"}} for n in range(200)])
    assert (status, len(told["answers"])) == (200, 200)
    assert time.monotonic() - began < 2
    assert await shop.one("SELECT count(*) FROM inbox") == 200
