"""Members: one person behind many names; merging kills no code, the journal keeps every line."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.actions import MarkGroup
from bot.db import journal, seats, shelves
from bot.db.merging import Cause, merge
from bot.db.people import People, alias_digest, aliases_of, tags_of
from bot.db.tx import Database, Tx, Work
from bot.errors import Contended
from bot.events import Alias, AliasKind
from tests.little_shop import NEWCOMER, NOW_US, PETS
from tests.rooms import INSTANCE_KEY, database

PEOPLE = People(INSTANCE_KEY)
FAN = Alias(AliasKind.OA_OPENID, "wx1", "ada")
CONTACT = Alias(AliasKind.EXTERNAL_USERID, "ww1", "ada")
UNION = Alias(AliasKind.UNIONID, "", "ada")
DAY = 86_400_000_000
BECAUSE = Cause(how="unionid", inbox=1, at_us=NOW_US)


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        await one.write(lambda tx: shelves.stock_imported(tx, NEWCOMER, ["C1", "C2", "C3", "C4"]))
        yield one


async def meet(db: Database, alias: Alias, at_us: int = NOW_US) -> str:
    person, _ = await db.write(lambda tx: PEOPLE.meet(tx, alias, at_us))
    return person


async def link(db: Database, person: str, alias: Alias) -> str:
    return (await db.write(lambda tx: PEOPLE.link(tx, person, alias, BECAUSE, by=FAN))).person


async def grant(db: Database, person: str, coupon: int, at_us: int) -> None:
    await db.write(
        lambda tx: shelves.claim(
            tx, campaign="newcomer", person=person, ordinal=1, coupon=coupon, inbox=coupon,
            at_us=at_us, expires_us=at_us + DAY,
        )
    )  # fmt: skip


async def redeem(db: Database, code: str) -> bool:
    async def work(tx: Tx) -> bool:
        row = await shelves.find_coupon(tx, code)
        assert row is not None
        facts = shelves.coupon_facts(row, NEWCOMER)
        if facts.redeemed_at is not None:
            return False
        await shelves.redeem(
            tx, coupon=facts.coupon, code=code, store="S012", cashier="", request=code, inbox=9,
            at_us=NOW_US,
        )  # fmt: skip
        return True

    try:
        return await db.write(work)
    except Contended:
        return False


async def test_meeting_the_same_name_twice_is_meeting_the_same_person(db: Database) -> None:
    first, new = await db.write(lambda tx: PEOPLE.meet(tx, FAN, NOW_US))
    again, anew = await db.write(lambda tx: PEOPLE.meet(tx, FAN, NOW_US + 1))
    assert (first, new, anew) == (again, True, False)


@pytest.mark.parametrize(
    "other",
    [
        Alias(AliasKind.OA_OPENID, "wx2", "ada"),
        Alias(AliasKind.EXTERNAL_USERID, "wx1", "ada"),
        Alias(AliasKind.OA_OPENID, "wx1", "Ada"),
    ],
)
async def test_another_kind_scope_or_spelling_is_another_person(db: Database, other: Alias) -> None:
    assert await meet(db, FAN) != await meet(db, other)


async def test_names_are_looked_up_by_a_keyed_hash() -> None:
    assert alias_digest(INSTANCE_KEY, FAN) != alias_digest(b"another", FAN)
    assert alias_digest(INSTANCE_KEY, FAN) != alias_digest(INSTANCE_KEY, CONTACT)


async def test_a_unionid_makes_one_member_of_two_and_the_older_survives(
    db: Database,
) -> None:
    older = await meet(db, FAN)
    younger = await meet(db, CONTACT, NOW_US + DAY)
    assert await link(db, younger, UNION) == younger
    assert await link(db, older, UNION) == older
    assert await link(db, older, UNION) == older
    names = await db.read(lambda tx: aliases_of(tx, older))
    assert set(names) == {FAN, CONTACT, UNION}
    assert await meet(db, CONTACT) == older
    gone = await db.read(lambda tx: tx.one("SELECT merged_into FROM person WHERE id = ?", younger))
    assert gone is not None
    assert gone["merged_into"] == older


async def test_merging_brings_tags_reaches_and_the_store_along(db: Database) -> None:
    older, younger = await meet(db, FAN), await meet(db, CONTACT, NOW_US + 1)
    await note(db, younger, Line(name="养猫", inbox=1))
    await db.write(lambda tx: tx.run("UPDATE person SET store = 'S012' WHERE id = ?", younger))
    await db.write(
        lambda tx: journal.reach(
            tx, person=younger, account="corp", channel="wecom", address="ada", staff="bo",
            on=True, spoke_us=None, at_us=NOW_US,
        )
    )  # fmt: skip
    await db.write(lambda tx: merge(tx, younger, older, BECAUSE))
    member = await db.read(lambda tx: PEOPLE.member(tx, older, NOW_US))
    assert member.tags == {"养猫": ""}
    assert member.store == "S012"
    assert [reach.staff for reach in member.reaches] == ["bo"]


@pytest.mark.parametrize("first", ["C1", "C2"])
async def test_two_codes_of_one_slot_both_live_and_redeem_once_together(
    db: Database, first: str
) -> None:
    older, younger = await meet(db, FAN), await meet(db, CONTACT, NOW_US + 1)
    await grant(db, older, 1, NOW_US + 20)
    await grant(db, younger, 2, NOW_US + 10)
    await db.write(lambda tx: merge(tx, older, younger, BECAUSE))
    facts = await db.read(lambda tx: shelves.campaign_facts(tx, NEWCOMER, older))
    assert [g.code for g in facts.mine] == ["C2"]  # the earlier grant stays
    assert await redeem(db, first)
    assert not await redeem(db, "C2" if first == "C1" else "C1")
    assert not await redeem(db, first)


@pytest.mark.parametrize("spent", ["C1", "C2"])
async def test_a_code_spent_before_the_merge_spends_its_twin(db: Database, spent: str) -> None:
    older, younger = await meet(db, FAN), await meet(db, CONTACT, NOW_US + 1)
    await grant(db, older, 1, NOW_US)
    await grant(db, younger, 2, NOW_US + 10)
    assert await redeem(db, spent)
    await db.write(lambda tx: merge(tx, older, younger, BECAUSE))
    assert not await redeem(db, "C1")
    assert not await redeem(db, "C2")
    facts = await db.read(lambda tx: shelves.campaign_facts(tx, NEWCOMER, older))
    assert [(g.code, g.redeemed) for g in facts.mine] == [("C1", True)]


async def test_two_codes_both_spent_before_the_merge_stay_spent(db: Database) -> None:
    older, younger = await meet(db, FAN), await meet(db, CONTACT, NOW_US + 1)
    await grant(db, older, 1, NOW_US)
    await grant(db, younger, 2, NOW_US + 10)
    assert await redeem(db, "C1")
    assert await redeem(db, "C2")
    await db.write(lambda tx: merge(tx, older, younger, BECAUSE))
    assert not await redeem(db, "C1")
    assert not await redeem(db, "C2")


@pytest.mark.parametrize("order", [*itertools.permutations(("C1", "C2", "C3"))])
@pytest.mark.parametrize("oldest_grant", [0, 1, 2])
async def test_three_members_who_are_one_redeem_once_whatever_the_order(
    db: Database, order: tuple[str, ...], oldest_grant: int
) -> None:
    people = [await meet(db, Alias(AliasKind.OA_OPENID, f"wx{n}", "ada"), n) for n in range(3)]
    for number, person in enumerate(people):
        at_us = NOW_US if number == oldest_grant else NOW_US + number + 1
        await grant(db, person, number + 1, at_us)
    await db.write(lambda tx: merge(tx, people[1], people[2], BECAUSE))
    await db.write(lambda tx: merge(tx, people[0], people[1], BECAUSE))
    assert [await redeem(db, code) for code in order] == [True, False, False]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the tag journal."""

    name: str
    inbox: int
    op: str = "add"
    value: str = ""
    expires_us: int | None = None


async def note(db: Database, person: str, *lines: Line) -> None:
    for line in lines:
        await db.write(noting(person, line))


def noting(person: str, line: Line) -> Work[None]:
    return lambda tx: journal.tag(
        tx, person=person, name=line.name, value=line.value, op=line.op, at_us=NOW_US,
        expires_us=line.expires_us, inbox=line.inbox, rule="r", ruleset="v",
    )  # fmt: skip


async def test_the_current_tags_are_the_last_line_of_each_name(db: Database) -> None:
    ada = await meet(db, FAN)
    await note(
        db,
        ada,
        Line(name="养猫", inbox=1),
        Line(name="口味", inbox=1, value="辣"),
        Line(name="口味", inbox=2, value="淡"),
        Line(name="养猫", inbox=3, op="remove"),
        Line(name="限时", inbox=3, expires_us=NOW_US + 1),
    )
    assert await db.read(lambda tx: tags_of(tx, ada, NOW_US)) == {"口味": "淡", "限时": ""}
    assert await db.read(lambda tx: tags_of(tx, ada, NOW_US + 1)) == {"口味": "淡"}
    rows = await db.read(lambda tx: tx.all("SELECT name FROM tag"))
    assert len(rows) == 5


async def test_one_event_writes_a_line_once(db: Database) -> None:
    ada = await meet(db, FAN)
    await note(db, ada, *[Line(name="养猫", inbox=1)] * 3)
    assert len(await db.read(lambda tx: tx.all("SELECT id FROM tag"))) == 1


async def test_an_older_event_never_overrules_a_newer_reach(db: Database) -> None:
    ada = await meet(db, FAN)

    async def reach(on: bool, at_us: int) -> None:
        await db.write(
            lambda tx: journal.reach(
                tx, person=ada, account="oa", channel="oa", address="ada", staff="", on=on,
                spoke_us=None, at_us=at_us,
            )
        )  # fmt: skip

    await reach(on=False, at_us=20)
    await reach(on=True, at_us=10)
    (found,) = (await db.read(lambda tx: PEOPLE.member(tx, ada, NOW_US))).reaches
    assert not found.on


async def test_a_way_in_that_was_shown_still_leads_there_after_a_merge(
    db: Database,
) -> None:
    older, younger = await meet(db, FAN), await meet(db, CONTACT, NOW_US + 1)
    for person, ticket in ((older, "T1"), (younger, "T2")):
        await db.write(inviting(person, ticket))
    await db.write(lambda tx: merge(tx, older, younger, BECAUSE))
    assert [await chat_of(db, ticket) for ticket in ("T1", "T2")] == ["wrPETS1", "wrPETS1"]
    known = await db.read(lambda tx: seats.pool_facts(tx, PETS, older, NOW_US))
    assert known.ticket == "T1"


def inviting(person: str, ticket: str) -> Work[None]:
    return lambda tx: seats.invite(
        tx, pool="pets", person=person, chat="wrPETS1", ticket=ticket, at_us=NOW_US
    )


async def chat_of(db: Database, ticket: str) -> str:
    row = await db.read(lambda tx: seats.shown_way(tx, ticket))
    return str(row["chat"]) if row else ""


async def test_a_seat_that_was_promised_and_taken_is_counted_once(db: Database) -> None:
    ada = await meet(db, FAN)
    await db.write(inviting(ada, "T1"))
    promised = await db.read(lambda tx: seats.pool_facts(tx, PETS, ada, NOW_US))
    await db.write(lambda tx: seats.take(tx, "wrPETS1", "m-ada", ada, NOW_US))
    taken = await db.read(lambda tx: seats.pool_facts(tx, PETS, ada, NOW_US))
    pets = [next(g for g in p.groups if g.group.chat == "wrPETS1") for p in (promised, taken)]
    assert [(group.members, group.held) for group in pets] == [(0, 1), (1, 0)]


async def test_nobody_sits_in_a_group_that_was_dissolved(db: Database) -> None:
    ada = await meet(db, FAN)
    await db.write(lambda tx: seats.take(tx, "wrPETS1", "m-ada", ada, NOW_US))
    seated = await db.read(lambda tx: seats.pool_facts(tx, PETS, ada, NOW_US))
    await db.write(
        lambda tx: seats.mark_group(tx, MarkGroup(chat="wrPETS1", state="dismissed"), "corp")
    )
    homeless = await db.read(lambda tx: seats.pool_facts(tx, PETS, ada, NOW_US))
    assert (seated.seated, homeless.seated) == ("wrPETS1", "")
