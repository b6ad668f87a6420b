"""Callbacks handed on to an older system: which, how faithfully, and what its silence costs."""

import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.actions import Receipt, Relay, State
from bot.codec import action_from_json
from bot.perform import Door, Performer
from bot.platforms.port import Port
from bot.platforms.relay import HEADER, OldSystem
from bot.platforms.wire import new_session
from commands.parts.compose import account_keys, fill, open_home
from commands.parts.doors import calls_of, doors, error_tables, with_relay
from tests.callbacks import said
from tests.front import Client, front
from tests.platform import Platform
from tests.rooms import INSTANCE_KEY, Installed, installed, post_of

RELAY = Relay(
    account="oa", query="a=1", content_type="text/xml", body=base64.b64encode(b"x").decode()
)


@dataclass(slots=True)
class Old:
    """The older system: what it got, and what it answers."""

    url: str = ""
    status: int = 200
    got: list[tuple[str, str, str, bytes]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        """Note one callback as it came."""
        body = await request.read()
        content_type = request.headers.get("Content-Type", "")
        self.got.append((request.raw_path, content_type, request.headers[HEADER], body))
        return web.Response(status=self.status, text="<xml>its own answer</xml>")


@asynccontextmanager
async def old_system() -> AsyncIterator[Old]:
    old = Old()
    app = web.Application()
    app.add_routes([web.post("/wx", old.take)])
    async with TestServer(app) as server:
        old.url = str(server.make_url("/wx"))
        yield old


@asynccontextmanager
async def way_to(url: str, clock: list[float] | None = None) -> AsyncIterator[OldSystem]:
    session = new_session(5)
    try:
        yield OldSystem(session, url, 2.0, (lambda: clock[0]) if clock else lambda: 0.0)
    finally:
        await session.close()


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        keys = {name: replace(k, relayed=name == "oa") for name, k in one.shop.accounts.items()}
        yield replace(one, shop=replace(one.shop, accounts=keys))


@pytest.fixture
async def client(shop: Installed) -> AsyncIterator[Client]:
    async with front(shop) as one:
        yield one


async def relays(shop: Installed) -> list[Relay]:
    rows = await shop.rows("SELECT kind, body FROM effect WHERE kind = 'relay' ORDER BY id")
    found = [action_from_json(row["kind"], row["body"]) for row in rows]
    return [one for one in found if isinstance(one, Relay)]


async def send(client: Client, message: str, account: str = "oa", **headers: str) -> int:
    post = post_of(message, account)
    path = f"/callback/{account}?nonce={post.nonce}&odd=a%2bb&timestamp={post.timestamp}"
    path += f"&msg_signature={post.signature}"
    async with client.session.post(
        client.make_url("/").with_path("").human_repr().rstrip("/") + path,
        data=post.body, headers={"Content-Type": "text/xml", **headers},
    ) as got:  # fmt: skip
        return got.status


async def test_a_verified_callback_is_owed_as_it_came_and_once(
    shop: Installed, client: Client
) -> None:
    message = said("ada", "你好", 1)
    assert [await send(client, message), await send(client, message)] == [200, 200]
    (owed,) = await relays(shop)
    assert base64.b64decode(owed.body) == post_of(message).body
    assert owed.content_type == "text/xml"
    assert owed.query.startswith("nonce=nonce0001&odd=a") and "timestamp=1760000000" in owed.query
    row = (await shop.rows("SELECT lane, policy, deadline_us, created_us FROM effect"
                           " WHERE kind = 'relay'"))[0]  # fmt: skip
    assert (row["lane"], row["policy"]) == (2, "repeat")
    assert row["deadline_us"] - row["created_us"] == 600 * 1_000_000


async def test_what_is_refused_or_came_handed_on_or_has_no_older_system_stays_here(
    shop: Installed, client: Client
) -> None:
    assert await send(client, said("ada", "你好", 1), **{HEADER: "1"}) == 200
    assert (await client.post("/callback/oa", params={"msg_signature": "0"})).status == 403
    assert await send(client, said("ada", "你好", 2), "corp") == 200
    assert await relays(shop) == []
    assert await shop.one("SELECT count(*) FROM inbox") == 2


async def test_the_older_system_gets_the_same_bytes_and_its_answer_is_ignored() -> None:
    async with old_system() as old, way_to(f"{old.url}?shop=7") as way:
        body = base64.b64encode(b"<xml>\xff\x00</xml>").decode()
        relay = replace(RELAY, query="nonce=a%2bb&x=%E4%BD%A0", body=body)
        receipt = await way.take(relay, 1)
    assert receipt.state is State.DONE
    assert old.got == [
        ("/wx?shop=7&nonce=a%2bb&x=%E4%BD%A0", "text/xml", "1", b"<xml>\xff\x00</xml>")
    ]


@pytest.mark.parametrize(
    ("status", "state"),
    [(204, "done"), (302, "failed"), (403, "failed"), (429, "ready"), (500, "ready")],
)
async def test_its_status_says_whether_it_is_tried_again(status: int, state: str) -> None:
    async with old_system() as old, way_to(old.url) as way:
        old.status = status
        receipt = await way.take(RELAY, 1)
    assert receipt.state == state
    assert (receipt.retry_s > 0) == (state == "ready")


async def test_while_it_is_silent_one_callback_at_a_time_tries_it() -> None:
    clock = [100.0]
    async with old_system() as old, way_to("http://127.0.0.1:9/wx", clock) as way:
        first = await way.take(RELAY, 1)
        second = await way.take(RELAY, 1)
        assert (first.state, second.state) == (State.READY, State.READY)
        assert "旧系统没有应答" in first.meaning and second.phase == "not_sent"
        clock[0] += 1.5
        assert (await way.take(RELAY, 2)).state is State.READY  # it tried, and the rest is longer
        assert (await way.take(RELAY, 1)).retry_s > 1.5
        assert old.got == []


async def test_it_is_used_as_before_once_it_answers_again(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    async with old_system() as old, way_to(old.url, clock) as way:
        with monkeypatch.context() as patch:
            patch.setattr(way, "_url", "http://127.0.0.1:9/wx")
            await way.take(RELAY, 1)
        assert (await way.take(RELAY, 1)).phase == "not_sent"
        clock[0] += 1.5
        receipts = [await way.take(RELAY, 1) for _ in range(3)]
    assert {one.state for one in receipts} == {State.DONE}
    assert len(old.got) == 3


async def test_the_ledger_carries_it_to_the_older_system(shop: Installed, client: Client) -> None:
    async with old_system() as old, way_to(old.url) as way:
        await send(client, said("ada", "你好", 1))
        rows = await shop.performer.claim(10, (2, 2))
        performer = Performer(shop.db, {"oa": door(way)}, shop.shop.clock, INSTANCE_KEY)
        receipts = [await performer.perform(row) for row in rows]
    assert [one.state for one in receipts] == [State.DONE]
    assert len(old.got) == 1
    assert await shop.one("SELECT state FROM effect WHERE kind = 'relay'") == "done"


def door(way: OldSystem) -> Door:
    """A way out that leads to the older system, and for everything else to a platform."""
    tables = error_tables()
    port = Port(
        account="oa", scope="wx", wire=Platform(), tokens=None, errors=tables["oa"],  # type: ignore[arg-type]  # never asked
        budget=None, labels=None, memory=None,  # type: ignore[arg-type]  # never asked
    )  # fmt: skip
    return Door(port=port, call=with_relay(way, calls_of("oa", tables["kf"])))


async def test_an_account_without_a_secret_can_still_hand_on(tmp_path: Path) -> None:
    home = tmp_path / "home"
    fill(home)
    settings = home / "settings.yaml"
    settings.write_text(
        "accounts:\n  - {id: oa-main, kind: oa, appid: wx1, token: abc, mode: plain,"
        " relay: {url: 'http://127.0.0.1:9/wx', timeout_s: 1}}\n", "utf-8",
    )  # fmt: skip
    read = open_home(home, with_rules=False)
    assert account_keys(read.settings.accounts[0], "accounts[0]").relayed
    async with installed(tmp_path) as one:
        session = new_session(5)
        found = doors(read.settings, one.db, session, one.shop.clock)["oa-main"]
        receipt: Receipt = await found.call(RELAY, found.port, 1)
        await session.close()
    assert receipt.state is State.READY
