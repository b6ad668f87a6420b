"""Two were taken for one while more was learnt: parted, each has the names that are theirs."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.events import Alias, AliasKind, Event, MergeUndone, NamesTold, OrderTold, ProfileRead
from tests.doors import contact, content, joined, names, openid, tell, types
from tests.little_shop import NOW
from tests.rooms import Installed, Plans, installed

PARTED = MergeUndone(account="desk", merge=1, by="小王")
UNION = Alias(AliasKind.UNIONID, "", "U-bo")
CARD = Alias(AliasKind.CARD, "", "card-bo")
PHONE = Alias(AliasKind.PHONE, "", "hash-of-bo")


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    """Ada follows and Bo sits in a group; Ada typed the passphrase and was taken for Bo."""
    async with installed(tmp_path, Plans(content=content)) as one:
        await types(one, "ada", "几点")
        await joined(one, "wm-bo")
        await types(one, "ada", "良渚喵喵")
        assert await names(one, openid("ada")) == {"ada", "wm-bo"}
        yield one


def told(*known: Alias) -> NamesTold:
    return NamesTold(account="source:crm", source="crm", names=known)


def profile(account: str, who: Alias, unionid: str) -> ProfileRead:
    return ProfileRead(account=account, at=NOW, who=who, unionid=unionid)


@pytest.mark.parametrize(
    ("learnt", "theirs"),
    [
        ((profile("corp", contact("wm-bo"), "U-bo"),), {"U-bo"}),
        ((told(contact("wm-bo"), CARD),), {"card-bo"}),
        ((told(UNION, contact("wm-bo")),), {"U-bo"}),
        ((told(contact("wm-bo"), CARD), told(CARD, PHONE)), {"card-bo", "hash-of-bo"}),
    ],
)
async def test_a_name_learnt_with_another_goes_back_with_it(
    shop: Installed, learnt: tuple[Event, ...], theirs: set[str]
) -> None:
    for event in learnt:
        await tell(shop, event)
    await tell(shop, told(openid("ada"), Alias(AliasKind.CARD, "", "card-ada")))
    await tell(shop, PARTED)
    assert await names(shop, openid("ada")) == {"ada", "card-ada"}
    assert await names(shop, contact("wm-bo")) == {"wm-bo", *theirs}


async def test_parted_each_gets_the_unionid_that_the_platforms_tell_of_them(
    shop: Installed,
) -> None:
    await tell(shop, profile("corp", contact("wm-bo"), "U-bo"))
    await tell(shop, PARTED)
    await tell(shop, profile("oa", openid("ada"), "U-ada"))
    await tell(shop, profile("corp", contact("wm-bo"), "U-bo"))
    assert await names(shop, openid("ada")) == {"ada", "U-ada"}
    assert await names(shop, contact("wm-bo")) == {"wm-bo", "U-bo"}
    assert await shop.one("SELECT count(*) FROM notice WHERE name LIKE 'apart:%'") == 0


async def test_an_order_goes_back_with_the_name_it_carries(shop: Installed) -> None:
    await tell(shop, told(contact("wm-bo"), CARD))
    order = OrderTold(
        account="source:till", source="till", order="A1", revision=1, state="paid", total_fen=500,
        names=(CARD,),
    )  # fmt: skip
    await tell(shop, order)
    await tell(shop, PARTED)
    assert await shop.one("SELECT a.value FROM shop_order o JOIN alias a USING (person_id)"
                          " WHERE a.kind = 'external_userid'") == "wm-bo"  # fmt: skip


async def test_a_new_name_joins_whom_its_companions_name_without_a_merge(shop: Installed) -> None:
    merges = await shop.one("SELECT count(*) FROM merge_log")
    trace = await tell(shop, told(UNION, contact("wm-bo"), PHONE))
    assert trace["linked"] == "unionid、phone"
    assert await shop.one("SELECT count(*) FROM merge_log") == merges


async def test_a_telling_with_two_peoples_unionids_joins_nobody(shop: Installed) -> None:
    await tell(shop, profile("corp", contact("wm-bo"), "U-bo"))
    other = Alias(AliasKind.UNIONID, "", "U-cy")
    await tell(shop, told(other, contact("wm-bo"), PHONE))
    assert await names(shop, contact("wm-bo")) == {"ada", "wm-bo", "U-bo"}
    assert await names(shop, other) == {"U-cy", "hash-of-bo"}
    assert await shop.one("SELECT count(*) FROM notice WHERE name LIKE 'apart:%'") == 1


async def test_a_number_that_everybody_has_does_not_make_one_of_everybody(shop: Installed) -> None:
    shared = Alias(AliasKind.CARD, "", "88888888")
    fans = [openid(f"fan{number}") for number in range(9)]
    for fan in fans:
        await types(shop, fan.value, "几点")
        await tell(shop, told(fan, shared))
    assert len(await names(shop, shared)) == 1 + 5
    assert [len(await names(shop, fan)) for fan in fans[5:]] == [1] * 4
    notices = await shop.rows("SELECT text FROM notice WHERE name LIKE 'apart:%'")
    assert ["充数" in row["text"] for row in notices] == [True]
    for number in range(9):  # nor when the names are new
        await tell(shop, told(openid(f"new{number}"), Alias(AliasKind.PHONE, "", "till")))
    assert len(await names(shop, Alias(AliasKind.PHONE, "", "till"))) == 1 + 5
