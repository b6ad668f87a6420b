"""One newcomer benefit a person, whatever the doors and however they turn out to be one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.events import KfSaid, MergeUndone, NamesTold, ProfileRead, RedeemAsked
from tests.doors import contact, content, entered, joined, names, openid, shown_token, tell, types
from tests.little_shop import NOW
from tests.rooms import Installed, Plans, installed

ADA, AT_WECOM = openid("ada"), contact("wm-ada")
Act = Callable[[Installed], Awaitable[object]]


async def claim_by_account(shop: Installed) -> object:
    return await types(shop, "ada", "领券")


async def claim_by_service(shop: Installed) -> object:
    number = await shop.one("SELECT count(*) FROM inbox")
    said = KfSaid(
        account="corp", at=NOW, who=AT_WECOM, kf="wk1", msg_id=f"m{number}", text="领券"
    )  # fmt: skip
    return await tell(shop, said)


async def tap(shop: Installed) -> object:
    """The link is shown and opened twice, where it carries a token."""
    if await names(shop, ADA) & {"wm-ada", "U"}:
        return None
    token = await shown_token(shop)
    await tell(shop, entered("wm-ada", token))
    return await tell(shop, entered("wm-ada", token))


async def passphrase(shop: Installed) -> object:
    await joined(shop, "wm-ada")
    return await types(shop, "ada", "良渚喵喵")


async def unionid_at_account(shop: Installed) -> object:
    return await tell(shop, ProfileRead(account="oa", at=NOW, who=ADA, unionid="U"))


async def unionid_at_wecom(shop: Installed) -> object:
    return await tell(shop, ProfileRead(account="corp", at=NOW, who=AT_WECOM, unionid="U"))


async def both_told(shop: Installed) -> object:
    return await tell(shop, NamesTold(account="s", source="s", names=(ADA, AT_WECOM)))


async def redeem_one(shop: Installed) -> object:
    return (await redeem_all(shop, most=1)) if await codes(shop) else None


ACTS: Mapping[str, Act] = {
    act.__name__: act
    for act in (
        claim_by_account, claim_by_service, tap, passphrase, unionid_at_account, unionid_at_wecom,
        both_told, redeem_one,
    )
}  # fmt: skip


async def codes(shop: Installed) -> Sequence[str]:
    rows = await shop.rows(
        "SELECT code FROM coupon WHERE campaign = 'newcomer' AND state = 'granted' ORDER BY id"
    )
    return [row["code"] for row in rows]


async def redeem_all(shop: Installed, most: int = 9) -> int:
    """Present the codes at a till, newest first; return how many redemptions there are."""
    for code in [*reversed(await codes(shop))][:most]:
        number = await shop.one("SELECT count(*) FROM inbox")
        asked = RedeemAsked(account="till", store="S012", code=code, request=f"r{number}")
        await tell(shop, asked)
    return int(await shop.one("SELECT count(*) FROM redemption"))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from([*ACTS]), min_size=2, max_size=9))
def test_whoever_turns_out_to_be_one_person_has_one_share_and_redeems_once(
    acts: Sequence[str],
) -> None:
    async def story() -> None:
        with TemporaryDirectory() as folder, capture_logs():
            async with installed(Path(folder), Plans(content=content)) as shop:
                for act in acts:
                    await ACTS[act](shop)
                await both_told(shop)
                before = await shop.one("SELECT count(*) FROM redemption")
                held = await codes(shop)
                await claim_by_account(shop)
                await claim_by_service(shop)
                assert await codes(shop) == (held or await codes(shop)), "no share on top"
                live = "SELECT count(*) FROM coupon_grant WHERE ordinal = 1 AND campaign = ?"
                assert await shop.one(live, "newcomer") == 1
                assert await redeem_all(shop) == max(1, before)

    asyncio.run(story())


@settings(max_examples=15, deadline=None)
@given(st.lists(st.sampled_from([*ACTS]), min_size=2, max_size=7), st.data())
def test_parted_again_each_door_has_what_it_had(acts: Sequence[str], data: st.DataObject) -> None:
    async def story() -> None:
        with TemporaryDirectory() as folder, capture_logs():
            async with installed(Path(folder), Plans(content=content)) as shop:
                for act in acts:
                    await ACTS[act](shop)
                merges = [row["id"] for row in await shop.rows("SELECT id FROM merge_log")]
                for number in data.draw(st.permutations(merges)):
                    await tell(shop, MergeUndone(account="desk", merge=number, by="bo"))
                    await tell(shop, MergeUndone(account="desk", merge=number, by="bo"))
                if merges:
                    assert "wm-ada" not in await names(shop, ADA)
                for row in await shop.rows(
                    "SELECT person_id FROM coupon_grant WHERE campaign = 'newcomer'"
                    " GROUP BY person_id HAVING sum(CASE WHEN ordinal = 1 THEN 1 ELSE 0 END) <> 1"
                ):
                    raise AssertionError(f"{row['person_id']} holds coupons, and none is live")

    asyncio.run(story())
