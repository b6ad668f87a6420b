"""The archive's feed over HTTP: customers' words in our groups are taken, once; nothing else is."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.errors import DatabaseTrouble
from bot.shop import Source
from bot.web.signed import SIGNATURE, SOURCE, TIMESTAMP
from tests.front import Client, front
from tests.little_shop import GROUPS, NOW_S
from tests.rooms import Installed, Plans, installed

SECRET = b"archive-reader-and-we-know-this"
READER = Source(id="reader", kinds=frozenset({"archive"}), secret=SECRET)
TILL = Source(id="till", kinds=frozenset({"orders"}), secret=SECRET)
CHAT = GROUPS[0].chat
ADA = "wmAAAAAAAAAAAAAAAAAAAAAAAAAAAADA"
PATH = "/api/archive"


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    plans = Plans(sources={one.id: one for one in (READER, TILL)})
    async with installed(tmp_path, plans) as one:
        await one.run(
            "INSERT INTO chat_group(chat, account, owner) VALUES(?, 'corp', 'xiaowang')", CHAT
        )
        yield one


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


def item(msg_id: str = "m1", text: str = "几点开门", **more: Any) -> dict[str, Any]:
    return {
        "msgid": msg_id, "action": "send", "from": ADA, "tolist": ["xiaowang"], "roomid": CHAT,
        "msgtime": NOW_S * 1000, "msgtype": "text", "text": {"content": text}, **more,
    }  # fmt: skip


async def push(
    client: Client, *items: Any, source: str = "reader", secret: bytes = SECRET, at_s: int = NOW_S,
    body: bytes | None = None,
) -> tuple[int, dict[str, Any]]:  # fmt: skip
    content = orjson.dumps({"items": items}) if body is None else body
    stamp = str(at_s)
    signature = hmac.new(secret, f"{stamp}.".encode() + content, hashlib.sha256).hexdigest()
    headers = {SOURCE: source, TIMESTAMP: stamp, SIGNATURE: signature}
    async with client.post(PATH, data=content, headers=headers) as got:
        return got.status, await got.json()


def counts(answer: dict[str, Any]) -> tuple[int, int, int]:
    return answer["taken"], answer["ignored"], answer["repeated"]


async def kept(shop: Installed) -> list[str]:
    rows = await shop.rows("SELECT body FROM inbox WHERE kind = 'GroupSaid' ORDER BY id")
    return [orjson.loads(row["body"])["text"] for row in rows]


async def test_a_customers_question_is_taken_and_proposed(shop: Installed, client: Client) -> None:
    assert await push(client, item()) == (200, {"v": 1, "taken": 1, "ignored": 0, "repeated": 0})
    await shop.settle_down()
    assert await shop.one("SELECT text FROM proposal") == "7点开门"
    (card,) = shop.platform.to("message/send")
    assert card.body["template_card"]["task_id"] == await shop.one("SELECT task FROM proposal")


async def test_the_same_push_again_changes_nothing(shop: Installed, client: Client) -> None:
    await push(client, item(), item("m2", "鸡蛋"))
    await shop.settle_down()
    before = len(shop.platform.effects())
    _, answer = await push(client, item(seq=9), item("m2", "鸡蛋"))
    await shop.settle_down()
    assert counts(answer) == (0, 0, 2)
    assert len(shop.platform.effects()) == before
    assert await shop.one("SELECT count(*) FROM proposal") == 1


async def test_without_a_msgid_the_whole_message_is_its_name(
    shop: Installed, client: Client
) -> None:
    bare = item()
    del bare["msgid"]
    later = bare | {"msgtime": NOW_S * 1000 + 1}
    _, answer = await push(client, bare, bare, bare | {"seq": 7}, later)
    assert counts(answer) == (2, 0, 2)


@pytest.mark.parametrize(
    "other",
    [
        item(roomid="wrSTRANGERS"),
        item(roomid=""),
        item(msgtype="image", image={"sdkfileid": "f"}),
        item(action="recall"),
        item(text=" "),
        item(**{"from": "xiaowang"}),
        item(**{"from": "somebody-of-ours"}),
        {"msgtype": "hologram"},
        "no object",
        None,
        {},
    ],
)
async def test_what_is_not_a_customers_text_in_our_groups_is_counted_and_let_go(
    shop: Installed, client: Client, other: object
) -> None:
    _, answer = await push(client, other)
    assert counts(answer) == (0, 1, 0)
    assert await shop.one("SELECT count(*) FROM inbox") == 0


async def test_a_customer_is_known_by_the_seat_whatever_the_id_looks_like(
    shop: Installed, client: Client
) -> None:
    await shop.run("INSERT INTO seat(chat, member, joined_us) VALUES(?, 'short', 1)", CHAT)
    _, answer = await push(client, item(**{"from": "short"}))
    assert counts(answer) == (1, 0, 0)


async def test_what_the_owner_writes_settles_a_proposal_and_is_not_kept(
    shop: Installed, client: Client
) -> None:
    await push(client, item())
    await shop.settle_down()
    mine = {"from": "xiaowang"}
    assert counts((await push(client, item("s0", **{"from": "xiaoli"})))[1]) == (0, 1, 0)
    words = " 7点开门\n"
    _, answer = await push(client, item("s1", words, **mine), item("s2", words, **mine))
    await shop.settle_down()
    assert counts(answer) == (2, 0, 0)
    assert await shop.one("SELECT state FROM proposal") == "sent"
    assert await kept(shop) == ["几点开门"]


async def test_one_message_of_the_owner_told_again_settles_no_other_proposal(
    shop: Installed, client: Client
) -> None:
    await push(client, item(), item("m2", **{"from": ADA[:-3] + "BOB"}))
    await shop.settle_down()
    said = item("s1", "7点开门", **{"from": "xiaowang"})
    await push(client, said)
    await shop.settle_down()
    assert counts((await push(client, said))[1]) == (0, 0, 1)
    await shop.settle_down()
    states = [row["state"] for row in await shop.rows("SELECT state FROM proposal ORDER BY id")]
    assert states == ["sent", "open"]


async def test_words_said_before_the_question_answer_nothing(
    shop: Installed, client: Client
) -> None:
    await push(client, item())
    await shop.settle_down()
    old = item("s1", "7点开门", **{"from": "xiaowang", "msgtime": (NOW_S - 86_400) * 1000})
    assert counts((await push(client, old))[1]) == (0, 1, 0)


async def test_words_said_an_hour_later_are_somebodys_own(shop: Installed, client: Client) -> None:
    await push(client, item())
    await shop.settle_down()
    late = item("s1", "7点开门", **{"from": "xiaowang", "msgtime": (NOW_S + 3601) * 1000})
    assert counts((await push(client, late))[1]) == (0, 1, 0)


async def test_old_questions_are_kept_and_not_proposed(shop: Installed, client: Client) -> None:
    await push(client, item(msgtime=(NOW_S - 3600) * 1000))
    await shop.settle_down()
    assert await kept(shop) == ["几点开门"]
    assert await shop.one("SELECT count(*) FROM proposal") == 0


async def test_one_member_has_one_open_proposal_in_ten_minutes(
    shop: Installed, client: Client
) -> None:
    await push(client, item(), item("m2", "几点关门"))
    await shop.settle_down()
    assert await shop.one("SELECT count(*) FROM proposal") == 1
    shop.hand.move(601)
    await push(client, item("m3", msgtime=(NOW_S + 601) * 1000), at_s=NOW_S + 601)
    await shop.settle_down()
    assert await shop.one("SELECT count(*) FROM proposal") == 2


# --- what is refused ---


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"secret": b"wrong"}, "bad_signature"),
        ({"source": "nobody"}, "unknown_source"),
        ({"source": "till"}, "wrong_kind"),
        ({"at_s": NOW_S - 301}, "old_timestamp"),
    ],
)
async def test_a_call_that_is_not_signed_right_is_refused(
    shop: Installed, client: Client, more: dict[str, Any], code: str
) -> None:
    status, answer = await push(client, item(), **more)
    assert (status, answer["code"]) == (401, code)
    assert await shop.one("SELECT count(*) FROM inbox") == 0


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"items": 1}', b"not json", b"", b'"\xff"'])
async def test_a_body_that_holds_no_items_is_refused(client: Client, body: bytes) -> None:
    status, answer = await push(client, body=body)
    assert (status, answer["code"]) == (400, "bad_request")


async def test_a_thousand_items_go_in_one_push_when_they_fit(
    shop: Installed, client: Client
) -> None:
    small = [{"msgtype": "image", "roomid": CHAT}] * 999
    assert counts((await push(client, item(), *small))[1]) == (1, 999, 0)
    assert (await push(client, *([{}] * 1001)))[0] == 400


async def test_more_than_64_kib_go_in_portions(client: Client) -> None:
    big = [item(f"m{n}", "长" * 100) for n in range(400)]
    assert (await push(client, *big))[0] == 413
    taken = [counts((await push(client, *big[at : at + 50]))[1]) for at in range(0, 400, 50)]
    assert taken == [(50, 0, 0)] * 8


async def test_trouble_with_the_database_asks_to_push_again(
    shop: Installed, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(_work: object, **_how: object) -> object:
        raise DatabaseTrouble("disk full")

    monkeypatch.setattr(shop.db, "write", full)
    assert (await push(client, item()))[0] == 503


@pytest.mark.parametrize("msgtime", [None, "x", True, -5, 0, "9" * 40, NOW_S * 1000.5])
async def test_a_strange_time_is_no_reason_to_lose_a_message(
    shop: Installed, client: Client, msgtime: object
) -> None:
    assert counts((await push(client, item(msgtime=msgtime)))[1]) == (1, 0, 0)
    await shop.settle_down()
    assert await shop.one("SELECT state FROM inbox") == "done"
