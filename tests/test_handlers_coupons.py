"""Coupons at the counter of words, and at the till: what is given, shown again, kindly declined."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.actions import Claim, Redeem, Speak, Tag, Verdict
from bot.events import RedeemAsked
from bot.facts import Campaign, CampaignFacts, CouponFacts, Grant
from handlers import coupons, tills
from tests.little_shop import LAST_EGG, NEWCOMER, NOW
from tests.situations import given, only, said, step

ASKED = RedeemAsked(
    account="till:S012", at=NOW, code="CODE1", store="S012", request="R1", cashier="bo"
)
HELD = CouponFacts(
    coupon=7, campaign=NEWCOMER, state="granted", expires=NOW + timedelta(days=1)
)  # fmt: skip


def outcome(known: CampaignFacts) -> tuple[list[Claim], str]:
    situation = given(said("领券"), campaigns={known.campaign.id: known})
    outputs = list(coupons.grant(situation, step("grant", campaign=known.campaign.id)))
    (words,) = only(Speak, outputs)
    return list(only(Claim, outputs)), words.text


def stocked(**more: object) -> CampaignFacts:
    campaign: Campaign = replace(NEWCOMER, **more)  # type: ignore[arg-type]  # fields by name
    return CampaignFacts(campaign=campaign, coupon=7, code="CODE7")


def shown(*grants: Grant) -> Speak:
    known = CampaignFacts(campaign=NEWCOMER, mine=grants, coupon=7, code="CODE7")
    situation = given(said("我的券"), campaigns={NEWCOMER.id: known})
    (words,) = coupons.mine(situation, step("coupons"))
    assert isinstance(words, Speak)
    return words


def test_the_coupons_a_member_can_still_use_are_shown_newest_first() -> None:
    later, sooner = NOW + timedelta(days=9), NOW + timedelta(days=1)
    words = shown(
        Grant(ordinal=1, code="SOON", expires=sooner),
        Grant(ordinal=2, code="LATE", expires=later),
        Grant(ordinal=3, code="GONE", expires=NOW),
        Grant(ordinal=4, code="USED", expires=later, redeemed=True),
    )
    assert words.text.splitlines() == [
        "新人券：LATE（2025-10-18 前有效）", "新人券：SOON（2025-10-10 前有效）",
    ]  # fmt: skip


def test_no_more_than_eight_coupons_are_shown_at_once() -> None:
    many = [Grant(ordinal=n, code=f"C{n}", expires=NOW + timedelta(days=n)) for n in range(1, 20)]
    assert len(shown(*many).text.splitlines()) == 8


def test_who_holds_no_coupon_is_told_so_where_there_are_words() -> None:
    known = CampaignFacts(campaign=NEWCOMER, coupon=7, code="CODE7")
    none = given(said("我的券"), campaigns={NEWCOMER.id: known})
    assert not list(coupons.mine(none, step("coupons")))


def test_a_share_is_the_next_code_with_its_terms_and_last_day() -> None:
    (claim,), text = outcome(stocked())
    assert (claim.ordinal, claim.coupon, claim.code) == (1, 7, "CODE7")
    assert claim.expires == datetime(2025, 11, 8, 15, 59, 59, 999999, UTC)  # midnight in Shanghai
    assert text == "新人券：CODE7（2025-11-08 前有效）"


def test_asking_again_shows_the_code_one_has() -> None:
    mine = Grant(ordinal=1, code="MINE", expires=NOW + timedelta(days=2))
    claims, text = outcome(replace(stocked(), mine=(mine,)))
    assert (claims, text) == ([], "您已有一张新人券：MINE（2025-10-11 前有效）")


def test_a_campaign_may_give_each_person_more_than_one() -> None:
    mine = Grant(ordinal=1, code="MINE", expires=NOW)
    (claim,), text = outcome(replace(stocked(per_person=2), mine=(mine,)))
    assert (claim.ordinal, claim.code) == (2, "CODE7")
    assert "CODE7" in text


def test_who_has_one_is_shown_it_also_when_the_shelf_is_empty_or_the_campaign_over() -> None:
    mine = Grant(ordinal=1, code="MINE", expires=NOW)
    over = stocked(closes=NOW - timedelta(days=1))
    for known in (replace(stocked(), coupon=0, code=""), over):
        assert "MINE" in outcome(replace(known, mine=(mine,)))[1]


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (replace(stocked(), coupon=0, code=""), "新人券已经发完了。"),
        (stocked(opens=NOW + timedelta(seconds=1)), "新人券还没开始。"),
        (stocked(closes=NOW), "新人券已经结束了。"),
        (stocked(sold_out="明天{campaign_name}再来", stock=0), "明天新人券再来"),
    ],
)
def test_who_cannot_have_one_is_told_why(known: CampaignFacts, text: str) -> None:
    if known.campaign.stock == 0:
        known = replace(known, coupon=0)
    assert outcome(known) == ([], text)


def test_the_first_and_the_last_moment_of_a_campaign_are_sharp() -> None:
    assert outcome(stocked(opens=NOW))[0]
    assert outcome(stocked(closes=NOW + timedelta(microseconds=1)))[0]


def test_the_campaigns_own_words_come_before_the_personas() -> None:
    _, text = outcome(stocked(granted="拿好{code}，{terms}，到{expires}"))
    assert text == "拿好CODE7，满20减5，到2025-11-08"


def test_nobody_known_and_no_such_campaign_get_nothing() -> None:
    asked = step("grant", campaign="newcomer")
    assert not list(coupons.grant(given(said(), member=None), asked))
    assert not list(coupons.grant(given(said()), step("grant", campaign="no-such")))


# --- at the till ---


def verdict(coupon: CouponFacts | None, asked: RedeemAsked = ASKED) -> Verdict:
    outputs = list(tills.redeem_asked(given(asked, coupon=coupon, member=None)))
    (told,) = only(Verdict, outputs)
    redeemed = told.code == "redeemed"
    assert bool(only(Redeem, outputs)) is redeemed
    assert bool(only(Tag, outputs)) is redeemed
    return told


def test_a_valid_code_is_taken_in_and_the_till_sees_its_value() -> None:
    told = verdict(HELD)
    assert (told.code, told.details["value_fen"]) == ("redeemed", "500")
    (redeem,) = only(Redeem, tills.redeem_asked(given(ASKED, coupon=HELD)))
    assert (redeem.coupon, redeem.store, redeem.cashier) == (7, "S012", "bo")


@pytest.mark.parametrize(
    ("coupon", "code"),
    [
        (None, "unknown_code"),
        (replace(HELD, state="shelf"), "unknown_code"),
        (replace(HELD, redeemed_at=NOW, redeemed_store="S001"), "already_redeemed"),
        (replace(HELD, campaign=replace(LAST_EGG, stores=("S001",))), "wrong_store"),
        (replace(HELD, expires=NOW), "expired"),
    ],
)
def test_a_code_that_cannot_be_taken_in_is_refused_with_a_stable_word(
    coupon: CouponFacts | None, code: str
) -> None:
    assert verdict(coupon).code == code


def test_a_spent_code_stays_spent_at_any_store_and_after_it_expired() -> None:
    spent = replace(HELD, redeemed_at=NOW, redeemed_store="S012", expires=NOW)
    told = verdict(spent, replace(ASKED, store="S001"))
    assert told.text == "这张券已于 2025-10-09 16:53 在 良渚店（S012） 核销过"


def test_the_day_of_expiry_is_told_by_the_stores_calendar() -> None:
    """17:00 UTC is already the next day in Shanghai."""
    expired = replace(HELD, expires=NOW.replace(hour=17) - timedelta(days=1))
    assert verdict(expired).text == "这张券已在 2025-10-09 过期"
