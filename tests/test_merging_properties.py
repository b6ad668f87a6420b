"""Merges and their undoing, in any order, against a model of who stands under whom."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.db import merging, shelves
from bot.db.merging import Cause, merge
from bot.db.people import People
from bot.db.tx import Database
from bot.events import Alias, AliasKind
from tests.little_shop import NEWCOMER, NOW_US
from tests.rooms import INSTANCE_KEY, database

FEW = 5
CODES = [f"C{n:02}" for n in range(30)]
STOCKED = replace(NEWCOMER, stock=len(CODES))
Deed = tuple[str, int, int]


@dataclass(slots=True)
class Model:
    """Who was taken for whom, by numbers of members; and who got and spent which code."""

    people: list[str] = field(default_factory=list)
    under: dict[int, int] = field(default_factory=dict)
    merges: dict[int, int] = field(default_factory=dict)  # number of the merge → who went
    granted: dict[str, int] = field(default_factory=dict)
    spent: set[str] = field(default_factory=set)

    def top(self, one: int) -> int:
        while one in self.under:
            one = self.under[one]
        return one

    def together(self, code: str) -> Sequence[str]:
        """Every code of the person who has this one, the oldest first."""
        mine = self.top(self.granted[code])
        return sorted(other for other, by in self.granted.items() if self.top(by) == mine)


async def do(db: Database, model: Model, deed: Deed, at_us: int) -> None:
    verb, one, other = deed
    match verb:
        case "merge":
            older, younger = sorted((model.top(one), model.top(other)))
            await unite(db, model, older, younger, at_us)
        case "undo" if model.merges:
            number = sorted(model.merges)[other % len(model.merges)]
            assert await db.write(lambda tx: merging.undo(tx, number, "bo", at_us))
            del model.under[model.merges.pop(number)]
        case "claim":
            await claim(db, model, model.top(one), at_us)
        case "redeem" if model.granted:
            await redeem(db, model, sorted(model.granted)[other % len(model.granted)], at_us)


async def unite(db: Database, model: Model, older: int, younger: int, at_us: int) -> None:
    if older == younger:
        return
    cause = Cause(how="told", inbox=1, at_us=at_us)
    keep, gone = model.people[older], model.people[younger]
    assert await db.write(lambda tx: merge(tx, gone, keep, cause)) == keep
    row = await db.read(lambda tx: tx.one("SELECT max(id) AS id FROM merge_log"))
    assert row is not None
    model.under[younger] = older
    model.merges[row["id"]] = younger


async def claim(db: Database, model: Model, one: int, at_us: int) -> None:
    person = model.people[one]
    facts = await db.read(lambda tx: shelves.campaign_facts(tx, STOCKED, person))
    assert bool(facts.mine) == any(model.top(by) == one for by in model.granted.values())
    if not facts.mine:
        await db.write(
            lambda tx: shelves.claim(
                tx, campaign=STOCKED.id, person=person, ordinal=1, coupon=facts.coupon, inbox=1,
                at_us=at_us, expires_us=2 * at_us,
            )
        )  # fmt: skip
        model.granted[facts.code] = one


async def redeem(db: Database, model: Model, code: str, at_us: int) -> None:
    row = await db.read(lambda tx: shelves.find_coupon(tx, code))
    assert row is not None
    spent = model.spent & {*model.together(code)}
    assert (row["redeemed_us"] is not None) == bool(spent), "spent under one name, under all"
    if not spent:
        await db.write(
            lambda tx: shelves.redeem(
                tx, coupon=row["root"], code=code, store="S012", cashier="", request=f"r{at_us}",
                inbox=1, at_us=at_us,
            )
        )  # fmt: skip
        model.spent.add(code)


async def check(db: Database, model: Model) -> None:
    names = await db.read(lambda tx: tx.all("SELECT value, person_id FROM alias"))
    for row in names:
        assert row["person_id"] == model.people[model.top(int(row["value"]))]
    grants = await db.read(
        lambda tx: tx.all(
            "SELECT c.code, g.person_id, r.code AS root FROM coupon_grant g"
            " JOIN coupon c ON c.id = g.coupon_id LEFT JOIN coupon r ON r.id = g.same_as"
        )
    )
    for row in grants:
        first = model.together(row["code"])[0]
        assert row["person_id"] == model.people[model.top(model.granted[row["code"]])]
        assert row["root"] == (None if first == row["code"] else first)


def deeds() -> st.SearchStrategy[list[Deed]]:
    verb = st.sampled_from(["merge", "merge", "undo", "claim", "redeem"])
    number = st.integers(0, FEW - 1)
    return st.lists(st.tuples(verb, number, number), min_size=3, max_size=16)


@settings(max_examples=40, deadline=None)
@given(deeds())
def test_whatever_is_merged_and_undone_each_has_what_the_standing_merges_give_them(
    told: list[Deed],
) -> None:
    async def story() -> None:
        with TemporaryDirectory() as folder:
            async with database(Path(folder)) as db:
                await db.write(lambda tx: shelves.stock_imported(tx, STOCKED, CODES))
                model = Model()
                for number in range(FEW):
                    name = Alias(AliasKind.CARD, "", str(number))
                    person, _ = await db.write(
                        lambda tx, name=name, at_us=NOW_US + number: People(INSTANCE_KEY).meet(  # type: ignore[misc]  # defaults bind the loop's values
                            tx, name, at_us
                        )
                    )
                    model.people.append(person)
                for number, deed in enumerate(told, 1):
                    await do(db, model, deed, NOW_US + 1000 * number)
                    await check(db, model)

    asyncio.run(story())
