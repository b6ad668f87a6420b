"""Budgets: never more than our share, closed APIs that stay closed, and room for what is urgent."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions import Label, Remark, WelcomeContact
from bot.clock import Clock, moment
from bot.db import ledger
from bot.db.blocks import BlockShelf
from bot.db.tx import Database
from bot.platforms.budget import Budget, Held
from bot.platforms.limits import Limits
from bot.platforms.wire import new_session
from bot.shared.meter import Limit, Meter, Per
from commands.parts.caller import port_of
from commands.parts.doors import error_tables, published_limits
from config.accounts import OaAccount
from tests.little_shop import NOW_US
from tests.platform import fine, refused
from tests.rooms import Hand, Installed, database, installed

TAGS, HELLO = "/cgi-bin/externalcontact/mark_tag", "/cgi-bin/externalcontact/send_welcome_msg"
MINUTE = Limits(of_any=(Limit(calls=100, per=Per.MINUTE),))


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        yield one


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path) as one:
        yield one


class Caller:
    """Calls an API within a budget, and is told what the test put into `code`."""

    def __init__(self, budget: Budget, hand: Hand) -> None:
        self.budget = budget
        self.hand = hand
        self.code = 0

    async def call(self, api: str = TAGS, *, urgent: bool = False) -> Held | None:
        """Make one call; return what held it back."""
        passed = await self.budget.enter(api, urgent=urgent)
        if isinstance(passed, Held):
            return passed
        self.budget.leave(passed)
        found = error_tables()["wecom"].sort(api, self.code) if self.code else None
        await self.budget.learn(passed, found)
        return None

    async def calls(self, count: int, *, urgent: bool = False) -> int:
        """Try many calls; return how many were made."""
        return [await self.call(urgent=urgent) for _ in range(count)].count(None)


def caller_of(db: Database, hand: Hand, limits: Limits | None = None) -> Caller:
    return Caller(Budget("corp", limits or Limits(), BlockShelf(db), Clock(hand)), hand)


# --- limits ---


def test_we_keep_to_four_fifths_of_what_is_published() -> None:
    limits = published_limits()["wecom"].share(80)
    assert {(one.calls, one.per) for one in limits.of(TAGS)} == {
        (8_000, Per.MINUTE),
        (120_000, Per.HOUR),
    }


def test_an_apis_own_limit_takes_the_place_of_the_usual_one() -> None:
    limits = MINUTE.instead(TAGS, Limit(calls=7, per=Per.MINUTE))
    assert [one.calls for one in limits.of(TAGS)] == [7]
    assert [one.calls for one in limits.of(HELLO)] == [100]


async def test_the_last_fifth_is_kept_for_what_cannot_wait(db: Database) -> None:
    caller = caller_of(db, Hand(), MINUTE)
    assert await caller.calls(200) == 80
    assert await caller.calls(200, urgent=True) == 20


async def test_no_minute_ever_holds_more_than_the_limit(db: Database) -> None:
    hand = Hand()
    caller = caller_of(db, hand, MINUTE)
    made: list[float] = []
    for step in range(400):
        hand.move(0.31 if step % 3 else 1.7)
        made += [hand.at_s] * await caller.calls(3, urgent=True)
    assert len(made) > 300
    for at in made:
        assert sum(at <= other < at + 60 for other in made) <= 100


async def test_who_waits_for_one_moment_is_spread_behind_it(db: Database) -> None:
    caller = caller_of(db, Hand(), MINUTE)
    await caller.calls(80)
    held = [await caller.call() for _ in range(3)]
    waits = [one.wait_s for one in held if one]
    assert waits == sorted(set(waits))
    assert 59 <= waits[0] <= 62


def test_a_day_begins_anew_at_midnight_in_china() -> None:
    meter = Meter(Limit(calls=10, per=Per.DAY))
    for _ in range(10):
        meter.count(NOW_US)
    wait_us = meter.wait_us(NOW_US, urgent=True)
    assert wait_us == 25_600_000_000
    assert meter.wait_us(NOW_US + wait_us, urgent=True) == 0


def test_a_clock_put_back_forgets_what_it_counted_ahead() -> None:
    meter = Meter(Limit(calls=1, per=Per.HOUR))
    meter.count(NOW_US)
    assert meter.wait_us(NOW_US - 7_200_000_000, urgent=True) == 0


# --- over the ledger ---


async def owe(shop: Installed, *actions: Remark | WelcomeContact | Label) -> None:
    for number, action in enumerate(actions):
        owing = ledger.Owing(inbox=1, event_id=f"E{number}", person=None, now_us=NOW_US)
        await shop.db.write(lambda tx, a=action, o=owing: ledger.owe(tx, a, o))  # type: ignore[misc]  # bound now


def remark(number: int) -> Remark:
    return Remark(account="corp", staff="bo", member=f"m{number}", text="x")


async def test_what_waits_for_its_turn_uses_up_no_try_and_says_why(shop: Installed) -> None:
    shop.platform.answers["remark"] = lambda _: refused(45009)
    await owe(shop, remark(1), remark(2))
    await shop.perform_due()
    first, second = await shop.rows("SELECT attempts, meaning, next_us FROM effect ORDER BY id")
    assert (first["attempts"], second["attempts"]) == (1, 0)
    assert "remark 停用到" in second["meaning"]
    assert len(shop.platform.to("remark")) == 1
    shop.hand.move(61)
    shop.platform.answers["remark"] = lambda _: fine()
    await shop.perform_due()
    assert await shop.one("SELECT count(*) FROM effect WHERE state = 'done'") == 2
    assert await shop.one("SELECT count(*) FROM attempt") == 3


async def test_closed_labels_delay_no_welcome(shop: Installed) -> None:
    shop.platform.answers["mark_tag"] = lambda _: refused(45009)
    labels = [Label(account="corp", member=f"m{n}", staff="bo", add=("猫",)) for n in range(20)]
    await owe(shop, *labels, WelcomeContact(account="corp", code="WC", text="欢迎"))
    await shop.perform_due()
    assert len(shop.platform.to("send_welcome_msg")) == 1
    assert len(shop.platform.to("mark_tag")) == 1


async def test_an_address_that_is_not_trusted_is_named_to_operators_once(shop: Installed) -> None:
    answer = fine(errmsg="not allow to access from your ip, from ip: 203.0.113.7, more info")
    shop.platform.answers["remark"] = lambda _: type(answer)(
        phase=answer.phase, code=60020, body=answer.body
    )
    await owe(shop, remark(1), remark(2), remark(3))
    await shop.perform_due()
    shop.hand.move(120)
    await shop.perform_due()
    (notice,) = await shop.rows("SELECT text FROM notice")
    assert "203.0.113.7" in notice["text"]
    assert "203.0.113.7" in await shop.one("SELECT meaning FROM effect WHERE code = 60020")
    assert len(shop.platform.to("remark")) == 2
    shop.hand.move(120)
    shop.platform.answers["remark"] = lambda _: fine()
    await shop.perform_due()
    assert await shop.one("SELECT count(*) FROM effect WHERE state = 'done'") == 3


async def test_what_expires_while_it_waits_still_says_why_it_waited(shop: Installed) -> None:
    shop.platform.answers["send_welcome_msg"] = lambda _: refused(45009)
    deadline = moment(NOW_US + 18_000_000)
    await owe(shop, WelcomeContact(account="corp", code="WC", text="欢迎", deadline=deadline))
    await shop.perform_due()
    shop.hand.move(20)
    await shop.perform_due()
    (row,) = await shop.rows("SELECT state, meaning FROM effect")
    assert row["state"] == "expired"
    assert "接口调用过于频繁" in row["meaning"]


async def test_a_command_keeps_to_what_the_platform_publishes_too() -> None:
    account = OaAccount.model_validate(
        {"id": "oa", "kind": "oa", "appid": "wx0123456789abcdef", "token": "abc", "mode": "plain"}
    )
    async with new_session(1) as session:
        caller = Caller(port_of(account, session, "oa").budget, Hand())
        published = published_limits()["oa"].of("/cgi-bin/user/get")[0].calls
        made = [await caller.call("/cgi-bin/user/get", urgent=True) for _ in range(published + 5)]
    assert made.count(None) == published
