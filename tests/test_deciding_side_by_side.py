"""Two processes decide about one thing at once: it is given once, and nobody is two people."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from bot.clock import Clock
from bot.db import guard, orders, shelves
from bot.db.tokens import TokenShelf
from bot.db.tx import Database
from bot.events import (
    Alias,
    AliasKind,
    Event,
    MemberJoined,
    MergeUndone,
    NamesTold,
    OrderTold,
    ProfileRead,
    TextSaid,
)
from bot.rounds import Rounds
from config.nouns import Campaign, Content
from keyword_rules.match import RuleSet
from keyword_rules.rule import Limit, Where
from tests import servers
from tests.crossings import Two, processes
from tests.doors import contact, content, entered, names, openid, shown_token, tell
from tests.little_shop import GROUPS, NOW, NOW_US, PETS, shop_rules
from tests.order_calls import phone
from tests.rooms import Plans
from tests.rule_makers import rule, ruleset

Crossing = Callable[[Two], Awaitable[None]]
UNION, OTHER_UNION = "u-ada", "u-bo"
SPRING = Campaign(id="spring", name="春券", stock=3, terms="满10减1")


def one_seat() -> Content:
    """The shop of many doors, with one seat in all its groups."""
    first = replace(content().pools["pets"].groups[0], capacity=1)
    return replace(content(), pools={"pets": replace(PETS, groups=(first,))})


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What these tests make the program say is wanted by nobody."""
    with capture_logs():
        yield


@pytest.fixture(autouse=True)
def on_postgres(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every database is on the server, whatever the engine of this test run."""
    monkeypatch.setenv(servers.ENGINE, "postgres")
    servers.postgres()


# --- one thing at once ---


async def the_last_seat_is_promised_to_one(two: Two) -> None:
    await one_after_the_other(two, types("ada", "你好"), types("bo", "你好"))
    await two.decide(types("ada", "宠物群"), types("bo", "宠物群"))
    assert await two.shop.one("SELECT count(*) FROM invite") == 1


async def the_last_hit_of_a_store_is_one_members(two: Two) -> None:
    for who in ("ada", "bo"):
        await one_after_the_other(two, types(who, "你好"))
    await two.shop.run("UPDATE person SET store = 'S012'")
    await two.decide(types("ada", "抢购"), types("bo", "抢购"))
    assert await two.shop.one("SELECT count(*) FROM rule_hit WHERE rule = 'rush'") == 1


async def a_shelf_is_stocked_once_by_two_starts(two: Two) -> None:
    async def stocks(db: Database) -> int:
        return await db.write(lambda tx: shelves.stock_generated(tx, SPRING))

    assert sum(await two.cross(stocks, stocks, "INSERT INTO coupon(")) == SPRING.stock
    kept = "SELECT count(*) FROM coupon WHERE campaign = 'spring'"
    assert await two.shop.one(kept) == SPRING.stock


async def a_round_is_begun_once(two: Two) -> None:
    shop, later = two.shop.shop, two.shop.shop.clock() / 1_000_000 + 1

    async def begins(db: Database) -> int:
        return await Rounds(db, shop, ("oa",), timedelta(hours=1)).begin_due()

    async def begins_later(db: Database) -> int:
        other = replace(shop, clock=Clock(lambda: later))
        return await Rounds(db, other, ("oa",), timedelta(hours=1)).begin_due()

    assert sum(await two.cross(begins, begins_later, "INSERT INTO inbox")) == 1


async def a_token_is_fetched_by_one(two: Two) -> None:
    async def leases(db: Database) -> int:
        return await TokenShelf(db).lease("oa", 20_000_000)

    assert (await two.cross(leases, leases, "INSERT INTO memory")).count(0) == 1


async def every_wrong_pin_counts(two: Two) -> None:
    places = guard.strangers("S012", "10.0.0.1")

    async def tries(db: Database) -> guard.Try:
        return await db.write(lambda tx: guard.begin_try(tx, places, NOW_US))

    await two.cross(tries, tries, "INSERT INTO till_guard")
    assert await two.shop.one("SELECT min(failures) FROM till_guard") == 2


# --- who is who ---


async def a_newcomer_by_two_doors_is_one_member(two: Two) -> None:
    await two.decide(profile(openid("ada"), UNION), profile(contact("wm-ada"), UNION))
    assert await names(two.shop, openid("ada")) == {"ada", "wm-ada", UNION}
    assert await two.shop.one("SELECT count(*) FROM person WHERE merged_into IS NULL") == 1


async def what_happens_to_one_who_goes_is_the_survivors(two: Two) -> None:
    await one_after_the_other(two, types("ada", "你好"), profile(contact("wm-ada"), UNION))
    await two.decide(profile(openid("ada"), UNION), sits(contact("wm-ada")))
    assert await two.shop.one("SELECT count(*) FROM merge_log") == 1
    await everything_is_its_bearers(two)


async def what_happens_to_one_who_comes_back_is_theirs(two: Two) -> None:
    await one_after_the_other(two, types("ada", "你好"), profile(contact("wm-ada"), UNION))
    await tell(two.shop, profile(openid("ada"), UNION))
    merge = await two.shop.one("SELECT id FROM merge_log")
    undone = MergeUndone(account="corp", at=NOW, merge=merge, by="op")
    await two.decide(undone, sits(contact("wm-ada")))
    assert await two.shop.one("SELECT count(*) FROM person WHERE merged_into IS NULL") == 2
    await everything_is_its_bearers(two)


async def a_link_token_joins_one(two: Two) -> None:
    token = await shown_token(two.shop)
    await two.decide(entered("wm-ada", token), entered("wm-bo", token))
    assert len(await names(two.shop, openid("ada"))) == 2


async def a_passphrase_joins_one_follower_with_a_newcomer(two: Two) -> None:
    met = [types(who, "你好") for who in ("ada", "bo")]
    await one_after_the_other(two, sits(contact("wm-ada")), *met)
    await two.decide(types("ada", "良渚喵喵"), types("bo", "良渚喵喵"))
    assert len(await names(two.shop, contact("wm-ada"))) == 2


async def nobody_gets_two_unionids(two: Two) -> None:
    token = await shown_token(two.shop)
    two.shop.hand.move(1)
    await tell(two.shop, profile(contact("wm-bo"), OTHER_UNION))
    await two.decide(profile(openid("ada"), UNION), entered("wm-bo", token))
    assert {UNION, OTHER_UNION} - await names(two.shop, openid("ada"))


# --- orders ---


async def an_order_and_the_name_that_finds_it_meet(two: Two) -> None:
    await two.decide(bought("A1", phone("13800000001")), tells(phone("13800000001")))
    assert await waiting_orders(two) == 0


async def an_order_told_again_without_names_stays_found(two: Two) -> None:
    await tell(two.shop, bought("A1", phone("13800000001")))
    assert await waiting_orders(two) == 1
    await two.decide(tells(phone("13800000001")), replace(bought("A1"), revision=2))
    assert await waiting_orders(two) == 0


# --- how these things are told ---


def types(who: str, text: str) -> TextSaid:
    return TextSaid(account="oa", at=NOW, who=openid(who), text=text, msg_id=f"{who}{text}")


def profile(who: Alias, unionid: str) -> ProfileRead:
    account = "oa" if who.kind is AliasKind.OA_OPENID else "corp"
    return ProfileRead(account=account, at=NOW, who=who, unionid=unionid)


def sits(who: Alias) -> MemberJoined:
    return MemberJoined(account="corp", at=NOW, who=who, chat=GROUPS[0].chat)


def bought(number: str, *known: Alias) -> OrderTold:
    return OrderTold(
        account="source:till", source="till", order=number, revision=1, state="paid",
        total_fen=500, paid=NOW, names=known,
    )  # fmt: skip


def tells(number: Alias) -> NamesTold:
    return NamesTold(account="source:crm", source="crm", names=(openid("ada"), number))


async def one_after_the_other(two: Two, *events: Event) -> None:
    """Let things happen a second apart: who is older decides who survives."""
    for event in events:
        await tell(two.shop, event)
        two.shop.hand.move(1)


async def waiting_orders(two: Two) -> int:
    return (await two.shop.db.read(orders.counts)).waiting


async def everything_is_its_bearers(two: Two) -> None:
    """What is known of a name belongs to its bearer, and nothing to who became another."""
    for table, name in (("reach", "address"), ("seat", "member")):
        astray = (
            f"SELECT count(*) FROM {table} t JOIN alias a ON a.value = t.{name}"  # noqa: S608
            " WHERE t.person_id <> a.person_id"
        )
        assert await two.shop.one(astray) == 0, table
    for table in ("alias", "tag", "seat", "reach", "inbox", "trace", "effect"):
        lost = (
            f"SELECT count(*) FROM {table} t JOIN person p ON p.id = t.person_id"  # noqa: S608
            " WHERE p.merged_into IS NOT NULL"
        )
        assert await two.shop.one(lost) == 0, table


GUARDED_TWICE: tuple[Crossing, ...] = (a_link_token_joins_one,)  # the row itself is counted
HELD: tuple[Crossing, ...] = (
    the_last_seat_is_promised_to_one,
    the_last_hit_of_a_store_is_one_members,
    a_shelf_is_stocked_once_by_two_starts,
    a_round_is_begun_once,
    a_token_is_fetched_by_one,
    every_wrong_pin_counts,
    a_newcomer_by_two_doors_is_one_member,
    what_happens_to_one_who_goes_is_the_survivors,
    what_happens_to_one_who_comes_back_is_theirs,
    a_passphrase_joins_one_follower_with_a_newcomer,
    nobody_gets_two_unionids,
    an_order_and_the_name_that_finds_it_meet,
    an_order_told_again_without_names_stays_found,
)


def rushed() -> RuleSet:
    """The shop's rules, and one that hits once for a whole store."""
    once = Where(limits=(Limit(times=1, per="ever", of="store"),))
    return ruleset(*shop_rules().rules, rule("rush", "contains", "抢购", where=once))


def plans_of(crossing: Crossing) -> Plans:
    return Plans(
        rules=rushed, content=one_seat if crossing is the_last_seat_is_promised_to_one else content
    )


@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
@pytest.mark.parametrize("crossing", [*HELD, *GUARDED_TWICE], ids=lambda one: one.__name__)
async def test_two_at_once_end_as_one_after_the_other(
    tmp_path: Path, crossing: Crossing, turned: bool
) -> None:
    async with processes(tmp_path, plans_of(crossing), turned=turned) as two:
        await crossing(two)


@pytest.mark.parametrize("crossing", HELD, ids=lambda one: one.__name__)
async def test_without_holds_these_tests_would_see_it(tmp_path: Path, crossing: Crossing) -> None:
    async with processes(tmp_path, plans_of(crossing), holds=False) as two:
        with pytest.raises((AssertionError, asyncpg.UniqueViolationError)):
            await crossing(two)
