"""One token holder an account: one fetch for any number of callers, one retry for a dead token."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import State
from bot.clock import Clock
from bot.db.blocks import BlockShelf
from bot.db.labels import LabelShelf
from bot.db.memory import MemoryShelf
from bot.db.notices import NoticeShelf
from bot.db.tokens import TokenShelf
from bot.db.tx import Database
from bot.platforms.budget import Budget
from bot.platforms.limits import Limits
from bot.platforms.port import Port
from bot.platforms.token import AHEAD_US, TokenHolder
from bot.platforms.tries import FLOOR_US
from bot.platforms.wire import Answer, Phase
from commands.parts.doors import error_tables
from tests.platform import Platform, fine, refused
from tests.rooms import Hand, database

LIVES_S = 7200


class Keyring:
    """A token endpoint that takes its time."""

    def __init__(self) -> None:
        self.fetches = 0
        self.answer: Answer | None = None

    async def fetch(self) -> Answer:
        """Hand out the next token, or what the test put here."""
        self.fetches += 1
        await asyncio.sleep(0.01)
        return self.answer or fine(access_token=f"T{self.fetches}", expires_in=LIVES_S)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        yield one


def holder_of(db: Database, keyring: Keyring, hand: Hand) -> TokenHolder:
    return TokenHolder("oa", TokenShelf(db), keyring.fetch, Clock(hand))


async def test_a_hundred_callers_share_one_fetch(db: Database) -> None:
    keyring, hand = Keyring(), Hand()
    holder = holder_of(db, keyring, hand)
    held = await asyncio.gather(*(holder.token() for _ in range(100)))
    assert {one.value for one in held} == {"T1"}
    assert keyring.fetches == 1


async def test_a_hundred_callers_with_a_dead_token_share_one_refresh(db: Database) -> None:
    keyring, hand = Keyring(), Hand()
    holder = holder_of(db, keyring, hand)
    dead = await holder.token()
    fresh = await asyncio.gather(*(holder.token(dead=dead.generation) for _ in range(100)))
    assert {(one.value, one.generation) for one in fresh} == {("T2", 2)}
    assert keyring.fetches == 2


async def test_a_late_report_of_an_old_generation_refreshes_nothing(db: Database) -> None:
    keyring, hand = Keyring(), Hand()
    holder = holder_of(db, keyring, hand)
    first = await holder.token()
    await holder.token(dead=first.generation)
    assert (await holder.token(dead=first.generation)).value == "T2"
    assert keyring.fetches == 2


async def test_a_token_is_replaced_five_minutes_before_it_dies(db: Database) -> None:
    keyring, hand = Keyring(), Hand()
    holder = holder_of(db, keyring, hand)
    await holder.token()
    hand.move(LIVES_S - AHEAD_US / 1e6 - 1)
    assert (await holder.token()).value == "T1"
    hand.move(1)
    assert (await holder.token()).value == "T2"


async def test_a_restart_goes_on_with_the_stored_token(db: Database) -> None:
    keyring, hand = Keyring(), Hand()
    await holder_of(db, keyring, hand).token()
    again = await holder_of(db, keyring, hand).token()
    assert (again.value, again.generation, keyring.fetches) == ("T1", 1, 1)


async def test_a_wrong_secret_is_tried_once_in_five_seconds(db: Database) -> None:
    keyring, hand = Keyring(), Hand()
    keyring.answer = refused(40125)
    holder = holder_of(db, keyring, hand)
    held = [await holder.token() for _ in range(50)]
    assert {one.value for one in held} == {""}
    assert keyring.fetches == 1
    hand.move(FLOOR_US / 1e6)
    keyring.answer = None
    assert (await holder.token()).value == "T2"


async def test_while_the_endpoint_is_down_a_token_that_still_lives_is_used(
    db: Database,
) -> None:
    keyring, hand = Keyring(), Hand()
    holder = holder_of(db, keyring, hand)
    await holder.token()
    hand.move(LIVES_S - 60)
    keyring.answer = Answer(phase=Phase.NOT_SENT, trouble="ClientConnectorError")
    assert (await holder.token()).value == "T1"
    hand.move(120)
    assert (await holder.token()).refused == keyring.answer


async def test_an_older_generation_never_replaces_a_newer_one(db: Database) -> None:
    shelf = TokenShelf(db)
    for generation in (2, 1):
        await shelf.keep(
            "oa", value=f"G{generation}", generation=generation, expires_us=9, fetched_us=1
        )
    stored = await shelf.load("oa")
    assert stored is not None
    assert (stored.value, stored.generation) == ("G2", 2)


# --- the port: a call that met a dead token ---


def port_of(db: Database, keyring: Keyring, platform: Platform) -> Port:
    clock = Clock(Hand())
    return Port(
        account="oa", scope="wx", wire=platform, tokens=holder_of(db, keyring, Hand()),
        errors=error_tables()["oa"], budget=Budget("oa", Limits(), BlockShelf(db), clock),
        alarm=NoticeShelf(db, clock), clock=clock, labels=LabelShelf(db), memory=MemoryShelf(db),
    )  # fmt: skip


@pytest.mark.parametrize("code", [40001, 40014, 42001, 41001])
async def test_a_dead_token_costs_one_refresh_and_one_retry(db: Database, code: int) -> None:
    keyring, platform = Keyring(), Platform()
    platform.answers["user/info"] = lambda asked: refused(code) if asked.token == "T1" else fine()
    answer = await port_of(db, keyring, platform).call("GET", "/cgi-bin/user/info")
    assert answer.code == 0
    assert [asked.token for asked in platform.asked] == ["T1", "T2"]
    assert keyring.fetches == 2


async def test_many_calls_that_meet_a_dead_token_share_the_refresh(db: Database) -> None:
    keyring, platform = Keyring(), Platform()
    platform.answers["user/info"] = lambda asked: refused(40001) if asked.token == "T1" else fine()
    port = port_of(db, keyring, platform)
    answers = await asyncio.gather(*(port.call("GET", "/cgi-bin/user/info") for _ in range(100)))
    assert {answer.code for answer in answers} == {0}
    assert keyring.fetches == 2


async def test_a_token_that_is_always_refused_is_not_tried_for_ever(db: Database) -> None:
    keyring, platform = Keyring(), Platform()
    platform.answers["user/info"] = lambda _: refused(40001)
    answer = await port_of(db, keyring, platform).call("GET", "/cgi-bin/user/info")
    assert answer.code == 40001
    assert len(platform.asked) == 2


async def test_without_a_token_nothing_was_sent_and_it_says_so(db: Database) -> None:
    keyring, platform = Keyring(), Platform()
    keyring.answer = refused(40164)
    answer = await port_of(db, keyring, platform).call("GET", "/cgi-bin/user/info")
    assert (answer.phase, answer.code) == (Phase.NOT_SENT, None)
    assert "40164" in answer.trouble
    assert platform.asked == []


async def test_the_token_travels_in_the_query_and_nowhere_else(db: Database) -> None:
    keyring, platform = Keyring(), Platform()
    await port_of(db, keyring, platform).call("POST", "/cgi-bin/x", {"a": 1}, b="2")
    (asked,) = platform.asked
    assert (asked.token, asked.query, asked.body) == ("T1", {"b": "2"}, {"a": 1})


async def test_a_wrong_secret_is_tried_five_times_in_ten_minutes(db: Database) -> None:
    keyring, hand = Keyring(), Hand()
    keyring.answer = refused(40125)
    holder = holder_of(db, keyring, hand)
    for _ in range(600):
        await holder.token()
        hand.move(1)
    assert keyring.fetches <= 5
    before = keyring.fetches
    for _ in range(3600):
        await holder.token()
        hand.move(1)
    assert 5 <= keyring.fetches - before <= 7


async def test_a_clock_put_back_does_not_lengthen_the_wait(db: Database) -> None:
    keyring, hand = Keyring(), Hand()
    keyring.answer = refused(40125)
    holder = holder_of(db, keyring, hand)
    await holder.token()
    keyring.answer = None
    hand.move(-3600)
    assert (await holder.token()).value == "T2"


async def test_a_busy_endpoint_does_not_cost_the_token_that_still_lives(
    db: Database,
) -> None:
    keyring, hand = Keyring(), Hand()
    holder = holder_of(db, keyring, hand)
    await holder.token()
    hand.move(LIVES_S - 60)
    keyring.answer = refused(-1)
    assert [(await holder.token()).value for _ in range(50)] == ["T1"] * 50
    assert keyring.fetches == 2


async def test_a_dead_token_is_not_handed_out_while_its_endpoint_is_down(
    db: Database,
) -> None:
    keyring, hand = Keyring(), Hand()
    holder = holder_of(db, keyring, hand)
    dead = await holder.token()
    keyring.answer = Answer(phase=Phase.NOT_SENT, trouble="ClientConnectorError")
    assert (await holder.token(dead=dead.generation)).refused == keyring.answer
    assert (await holder.token()).refused == keyring.answer
    keyring.answer = None
    hand.move(FLOOR_US / 1e6)
    assert (await holder.token()).generation == 2


async def test_a_wrong_secret_is_shown_to_operators_once(db: Database) -> None:
    keyring, platform = Keyring(), Platform()
    keyring.answer = refused(40125)
    port = port_of(db, keyring, platform)
    answers = [await port.call("GET", "/cgi-bin/user/info") for _ in range(3)]
    assert {"AppSecret 无效" in one.trouble for one in answers} == {True}
    assert {one.held_s for one in answers} == {5.0}
    (notice,) = await db.read(lambda tx: tx.all("SELECT text FROM notice"))
    assert "账号 oa 的接口停用中：AppSecret 无效" in notice["text"]


async def test_an_address_that_is_not_allowed_is_named(db: Database) -> None:
    keyring = Keyring()
    words = "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 5f28"
    keyring.answer = Answer(phase=Phase.ANSWERED, code=40164, body={"errmsg": words})
    answer = await port_of(db, keyring, Platform()).call("GET", "/cgi-bin/user/info")
    assert "加上 203.0.113.7" in answer.trouble
    (notice,) = await db.read(lambda tx: tx.all("SELECT text FROM notice"))
    assert "203.0.113.7" in notice["text"]


async def test_a_call_without_a_token_uses_up_no_try(db: Database) -> None:
    keyring = Keyring()
    keyring.answer = refused(40125)
    port = port_of(db, keyring, Platform())
    answer = await port.call("GET", "/cgi-bin/user/info")
    receipt = port.receipt("/cgi-bin/user/info", answer, attempts=1, repeatable=False)
    assert (receipt.state, receipt.tried) == (State.READY, False)
