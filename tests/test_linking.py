"""Without a unionid: a token carried by a tap makes one of two doors; so do names that are told."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.db import proofs
from bot.errors import Contended
from bot.events import Alias, AliasKind, ContactAdded, Followed, MergeUndone, NamesTold
from tests.doors import (
    KF_LINK,
    contact,
    content,
    entered,
    joined,
    names,
    openid,
    shown_token,
    tell,
    types,
)
from tests.little_shop import NOW, NOW_US
from tests.rooms import Installed, Plans, installed


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Installed]:
    async with installed(tmp_path, Plans(content=content)) as one:
        yield one


# --- tokens ---


async def test_a_tap_on_the_link_makes_one_member_of_two_doors(shop: Installed) -> None:
    token = await shown_token(shop)
    trace = await tell(shop, entered("wm-ada", token))
    assert trace["linked"] == "token"
    assert await names(shop, openid("ada")) == {"ada", "wm-ada"}
    (how,) = await shop.rows("SELECT how FROM merge_log")
    assert how["how"] == "token"


async def test_the_token_itself_is_kept_nowhere_but_where_it_was_said(shop: Installed) -> None:
    token = await shown_token(shop)
    (row,) = await shop.rows("SELECT * FROM link_token")
    assert token not in str(dict(row))  # type: ignore[call-overload]  # a row is a mapping
    assert row["expires_us"] - row["made_us"] == 600 * 1_000_000


@pytest.mark.parametrize("param", ["{}", "t_{}", "%74_{}", " {} "])
async def test_a_token_is_read_however_the_platform_hands_it_on(
    shop: Installed, param: str
) -> None:
    token = await shown_token(shop)
    await tell(shop, entered("wm-ada", param.format(token)))
    assert await names(shop, openid("ada")) == {"ada", "wm-ada"}


async def test_a_contact_way_or_a_scene_carries_a_token_too(shop: Installed) -> None:
    state = f"t_{await shown_token(shop)}"
    assert len(state) <= 30  # of a contact way
    await tell(
        shop, ContactAdded(account="corp", at=NOW, who=contact("wm-ada"), staff="bo", state=state)
    )
    assert await names(shop, openid("ada")) == {"ada", "wm-ada"}


async def test_a_member_known_in_customer_service_is_shown_a_plain_link(shop: Installed) -> None:
    await tell(shop, entered("wm-ada", await shown_token(shop)))
    answer = await types(shop, "ada", "几点")
    assert KF_LINK in answer
    assert "scene_param" not in answer
    assert await shop.one("SELECT count(*) FROM link_token") == 1


async def test_a_used_token_links_nobody_else(shop: Installed) -> None:
    token = await shown_token(shop)
    await tell(shop, entered("wm-ada", token))
    trace = await tell(shop, entered("wm-bo", token))
    assert (trace["linked"], await names(shop, contact("wm-bo"))) == ("", {"wm-bo"})
    assert trace["said"], "a normal welcome"


async def test_a_token_is_spent_once(shop: Installed) -> None:
    await shown_token(shop)
    digest = await shop.one("SELECT digest FROM link_token")
    await shop.db.write(lambda tx: proofs.use_token(tx, digest, NOW_US))
    with pytest.raises(Contended):
        await shop.db.write(lambda tx: proofs.use_token(tx, digest, NOW_US))


async def test_an_expired_token_links_nobody(shop: Installed) -> None:
    token = await shown_token(shop)
    shop.hand.move(601)
    trace = await tell(shop, entered("wm-ada", token))
    assert (trace["linked"], await names(shop, contact("wm-ada"))) == ("", {"wm-ada"})


@pytest.mark.parametrize("param", ["A" * 22, "short", "t_", "'; DROP TABLE alias", "%ff%fe"])
async def test_a_token_that_is_not_ours_links_nobody(shop: Installed, param: str) -> None:
    await shown_token(shop)
    trace = await tell(shop, entered("wm-ada", param))
    assert (trace["linked"], await names(shop, contact("wm-ada"))) == ("", {"wm-ada"})


async def test_a_token_opened_by_its_own_maker_is_still_good(shop: Installed) -> None:
    token = await shown_token(shop)
    scene = f"t_{token}"
    trace = await tell(shop, Followed(account="oa", at=NOW, who=openid("ada"), scene=scene))
    assert trace["linked"] == ""
    await tell(shop, entered("wm-ada", token))
    assert await names(shop, openid("ada")) == {"ada", "wm-ada"}


async def test_a_forwarded_link_does_not_join_two_followers(shop: Installed) -> None:
    await tell(shop, entered("wm-bo", await shown_token(shop, "bo")))
    trace = await tell(shop, entered("wm-bo", await shown_token(shop, "ada")))
    assert trace["linked"] == ""
    assert await names(shop, openid("ada")) == {"ada"}
    assert await names(shop, openid("bo")) == {"bo", "wm-bo"}


async def test_labels_follow_to_every_way_when_a_link_was_made(shop: Installed) -> None:
    await types(shop, "ada", "鸡蛋")
    token = await shown_token(shop)
    added = ContactAdded(
        account="corp", at=NOW, who=contact("wm-ada"), staff="xiaowang", state=f"t_{token}"
    )
    trace = await tell(shop, added)
    labels = {one["member"]: set(one["add"]) for one in trace["actions"] if one["kind"] == "label"}
    assert labels["wm-ada"] >= {"问过/egg", "问过/hours"}


# --- what a system tells, and undoing ---


def told(*known: Alias, overrule: bool = False) -> NamesTold:
    return NamesTold(account="source:crm", source="crm", names=known, overrule=overrule)


async def test_names_told_to_be_one_persons_make_one_member(shop: Installed) -> None:
    await types(shop, "ada", "鸡蛋")
    await joined(shop, "wm-ada")
    card = Alias(AliasKind.CARD, "", "88")
    trace = await tell(shop, told(card, openid("ada"), contact("wm-ada")))
    assert trace["linked"] == "oa_openid、card"
    assert await names(shop, card) == {"ada", "wm-ada", "88"}
    again = await tell(shop, told(openid("ada"), card))
    assert again["linked"] == ""


@pytest.mark.parametrize(
    ("merge", "codes"), [(1, ["undone", "already_undone"]), (9, ["no_such_merge"] * 2)]
)
async def test_undoing_answers_what_became_of_it(
    shop: Installed, merge: int, codes: Sequence[str]
) -> None:
    await types(shop, "ada", "鸡蛋")
    await joined(shop, "wm-ada")
    await tell(shop, told(openid("ada"), contact("wm-ada")))
    undone = MergeUndone(account="desk", merge=merge, by="bo")
    assert [(await tell(shop, undone))["verdict"] for _ in codes] == [*codes]


async def test_an_operator_may_join_whom_an_operator_parted(shop: Installed) -> None:
    await joined(shop, "wm-ada")
    await types(shop, "ada", "良渚喵喵")
    await tell(shop, MergeUndone(account="desk", merge=1, by="bo"))
    both = (openid("ada"), contact("wm-ada"))
    await tell(shop, told(*both))
    assert await names(shop, openid("ada")) == {"ada"}
    assert await shop.one("SELECT count(*) FROM notice WHERE name LIKE 'apart:%'") == 1
    await tell(shop, told(*both, overrule=True))
    assert await names(shop, openid("ada")) == {"ada", "wm-ada"}


async def test_ids_of_customer_service_may_be_names_of_their_own(tmp_path: Path) -> None:
    async with installed(tmp_path, Plans(content=content)) as one:
        linking = replace(one.shop.linking, kf_ids_are_contacts=False)
        object.__setattr__(one.shop, "linking", linking)
        await tell(one, entered("kf-ada", ""))
        (row,) = await one.rows("SELECT kind FROM alias")
        assert row["kind"] == "kf_id"
