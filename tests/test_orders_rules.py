"""Orders and rules: a rule may react to an order once, when it was paid just now by a member."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.events import Alias, AliasKind
from bot.shop import Source
from bot.web.orders import tell
from keyword_rules.match import RuleSet
from keyword_rules.rule import Key, Mode, Phrase, Rule, Step, Where
from tests.callbacks import said
from tests.little_shop import NOW
from tests.order_calls import TILL, fan, known, order, plans, stage_of, tags_of, with_stages
from tests.rooms import Installed, installed
from tests.rule_makers import ruleset

SEND = "message/custom/send"
THANKED = "买过/谢过"


def rules() -> RuleSet:
    """Who buys at the till's gets a coupon and a tag."""
    return ruleset(
        Rule(
            id="after-order", file="test.yaml", line=1, column=1, on=frozenset({"order"}),
            key=Key(any=(Phrase(text="till", mode=Mode.EQUALS),)),
            where=Where(store=("S012",)),
            do=(
                Step(verb="grant", args={"campaign": "newcomer"}),
                Step(verb="tag", args={"names": (THANKED,)}),
            ),
        )
    )  # fmt: skip


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    sources = {"till": TILL, "shop": Source(id="shop", kinds=TILL.kinds, secret=TILL.secret)}
    made = plans(rules=rules, sources=sources, content=lambda: with_stages(after_order="谢谢光顾"))
    async with installed(tmp_path, made) as one:
        await one.say("ada", said("ada", "在吗", 1))
        yield one


async def told(shop: Installed, *, source: str = "till", **more: Any) -> None:
    """Tell one order of Ada's, and let everything that follows happen."""
    await tell(shop.db, shop.shop, source, [order(**{"oa_openid": "ada", **more})])
    await shop.settle_down()


async def thanked(shop: Installed) -> tuple[bool, int]:
    """Whether the rule tagged Ada, and how many shares of the campaign she holds."""
    ada = await shop.one("SELECT person_id FROM alias WHERE value = 'ada'")
    grants = await shop.one("SELECT count(*) FROM coupon_grant WHERE campaign = 'newcomer'")
    return THANKED in await tags_of(shop, ada), grants


async def test_a_rule_reacts_to_an_order_and_the_customer_reads_it(shop: Installed) -> None:
    await told(shop)
    assert await thanked(shop) == (True, 1)
    (sent,) = shop.platform.to(SEND)
    assert "谢谢光顾" in sent.body["text"]["content"]


@pytest.mark.parametrize(
    "quiet",
    [
        {"paid_at": (NOW - timedelta(hours=49)).isoformat()},
        {"paid_at": None},
        {"state": "refunded"},
        {"state": "cancelled"},
        {"source": "shop"},
        {"store": "S001"},
        {"oa_openid": None, "phone": "13800000009"},
    ],
)
async def test_no_rule_reacts_to_what_is_history_elsewhere_or_nobodys(
    shop: Installed, quiet: dict[str, Any]
) -> None:
    await told(shop, **quiet)
    assert await thanked(shop) == (False, 0)


async def test_a_later_revision_is_no_new_order(shop: Installed) -> None:
    await told(shop)
    await told(shop, revision=2, refunded_fen=100)
    assert await shop.one("SELECT count(*) FROM rule_hit WHERE rule = 'after-order'") == 1
    assert len(shop.platform.to(SEND)) == 1


async def test_an_order_found_later_moves_the_stage_and_says_nothing(shop: Installed) -> None:
    await told(shop, oa_openid=None, card="C7")
    ada = await known(shop, fan("ada"), Alias(AliasKind.CARD, "", "C7"))
    assert await stage_of(shop, ada) == "first_order"
    assert shop.platform.to(SEND) == []
    assert await thanked(shop) == (False, 0)
