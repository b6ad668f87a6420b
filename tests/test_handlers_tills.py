"""Taking a redemption back, and opening a coupon's page: what is decided from the facts alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.actions import OpenCoupon, Tag, UndoRedeem, Untag, Verdict
from bot.events import CouponOpened, RedeemAsked, RedeemUndone
from bot.facts import CouponFacts, Grant
from handlers import coupons, tills
from handlers.wording import coupon_slots
from tests.little_shop import NEWCOMER, NOW
from tests.situations import given, only, said

UNDONE = RedeemUndone(
    account="till:S012", at=NOW, code="CODE1", store="S012", request="U1", by="bo"
)
SPENT = CouponFacts(
    coupon=7, campaign=NEWCOMER, state="granted", code="CODE1", expires=NOW + timedelta(days=1),
    redeemed_at=NOW - timedelta(minutes=30), redeemed_store="S012",
)  # fmt: skip
OPENED = CouponOpened(account="coupon", at=NOW, coupon=7, device="phone", given=12)
HELD = replace(SPENT, redeemed_at=None, redeemed_store="")


def undo(coupon: CouponFacts | None, event: RedeemUndone = UNDONE) -> tuple[str, int]:
    outputs = list(tills.redeem_undone(given(event, coupon=coupon)))
    (verdict,) = only(Verdict, outputs)
    return verdict.code, len(only(UndoRedeem, outputs))


def test_a_redemption_is_taken_back_with_its_tag() -> None:
    outputs = list(tills.redeem_undone(given(UNDONE, coupon=SPENT)))
    (undone,) = only(UndoRedeem, outputs)
    assert (undone.coupon, undone.code, undone.by) == (7, "CODE1", "bo")
    assert [one.name for one in only(Untag, outputs)] == ["核销/newcomer"]


def test_the_tag_stays_while_another_coupon_of_the_campaign_is_spent() -> None:
    outputs = list(tills.redeem_undone(given(UNDONE, coupon=replace(SPENT, others_redeemed=1))))
    assert only(UndoRedeem, outputs)
    assert not only(Untag, outputs)


@pytest.mark.parametrize(
    ("coupon", "code"),
    [
        (None, "unknown_code"),
        (replace(HELD, state="shelf"), "unknown_code"),
        (HELD, "not_redeemed"),
        (replace(SPENT, redeemed_store="S001"), "wrong_store"),
        (replace(SPENT, redeemed_at=NOW - timedelta(minutes=30, seconds=1)), "too_late"),
    ],
)
def test_what_cannot_be_taken_back_is_refused_with_a_stable_word(
    coupon: CouponFacts | None, code: str
) -> None:
    assert undo(coupon) == (code, 0)


def test_a_shop_decides_how_long_it_may_be_taken_back() -> None:
    late = replace(SPENT, redeemed_at=NOW - timedelta(hours=2))
    outputs = tills.redeem_undone(given(UNDONE, coupon=late, redeem_undo=timedelta(hours=3)))
    assert only(UndoRedeem, outputs)


def test_a_withdrawn_coupon_is_not_taken_in() -> None:
    asked = RedeemAsked(account="till:S012", at=NOW, code="CODE1", store="S012", request="R")
    held = replace(HELD, state="withdrawn")
    (verdict,) = only(Verdict, tills.redeem_asked(given(asked, coupon=held)))
    assert verdict.code == "withdrawn"


def test_the_first_phone_to_open_a_link_is_bound_and_the_look_is_a_tag() -> None:
    outputs = list(coupons.opened(given(OPENED, coupon=HELD)))
    (opened,) = only(OpenCoupon, outputs)
    assert (opened.coupon, opened.device, opened.given) == (7, "phone", 12)
    assert [one.name for one in only(Tag, outputs)] == ["看券/newcomer"]


@pytest.mark.parametrize(("bound_by", "binds"), [(11, True), (12, False), (13, False)])
def test_only_a_newer_link_moves_the_binding(bound_by: int, binds: bool) -> None:
    bound = replace(HELD, device="other", device_given=bound_by)
    assert bool(list(coupons.opened(given(OPENED, coupon=bound)))) is binds


def test_a_coupon_that_is_gone_binds_nothing() -> None:
    assert not list(coupons.opened(given(OPENED, coupon=None)))


def test_an_event_of_another_kind_is_none_of_theirs() -> None:
    assert not list(coupons.opened(given(said())))
    assert not list(tills.redeem_undone(given(said())))


def test_words_about_a_coupon_hold_the_link_to_its_page() -> None:
    mine = Grant(ordinal=1, code="MINE", expires=NOW, link="LINK")
    facts = given(said()).facts
    slots = coupon_slots(facts, NEWCOMER, mine)
    assert slots["coupon_url"] == "https://shop.example/c/LINK"
    assert coupon_slots(facts, NEWCOMER, None)["coupon_url"] == ""
