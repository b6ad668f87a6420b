"""Tills: a coupon code is taken in once, at a store of its campaign, before it expires."""

from collections.abc import Iterable
from datetime import datetime

from bot.actions import Output, Redeem, Tag, Verdict
from bot.events import RedeemAsked
from bot.facts import CouponFacts, Situation
from handlers.wording import day

_MINUTE = "%Y-%m-%d %H:%M"


def redeem_asked(situation: Situation) -> Iterable[Output]:
    """Yield the redemption and the till's answer, or the refusal with what happened first."""
    event, coupon = situation.event, situation.facts.coupon
    if not isinstance(event, RedeemAsked):
        return
    refusal = _refusal(situation, event, coupon)
    if refusal or coupon is None:
        yield refusal or _refused("unknown_code", "没有这张券，请核对券码")
        return
    yield Redeem(
        coupon=coupon.coupon,
        code=coupon.code or event.code,
        store=event.store,
        cashier=event.cashier,
        request=event.request,
    )
    yield Tag(name="核销/" + coupon.campaign.id)
    yield Verdict(
        code="redeemed",
        text=f"核销成功：{coupon.campaign.name}",
        details={
            "campaign": coupon.campaign.id,
            "name": coupon.campaign.name,
            "value_fen": str(coupon.campaign.value_fen),
            "terms": coupon.campaign.terms,
        },
    )


def _refusal(
    situation: Situation, event: RedeemAsked, coupon: CouponFacts | None
) -> Verdict | None:
    if coupon is None or coupon.state != "granted":
        return _refused("unknown_code", "没有这张券，请核对券码")
    if coupon.redeemed_at:
        return _already(situation, coupon, coupon.redeemed_at)
    if coupon.campaign.stores and event.store not in coupon.campaign.stores:
        allowed = "、".join(_store_name(situation, s) for s in coupon.campaign.stores)
        return _refused("wrong_store", f"这张券只在 {allowed} 可用")
    if coupon.expires and coupon.expires <= situation.facts.now:
        return _refused("expired", f"这张券已在 {day(situation.facts, coupon.expires)} 过期")
    return None


def _already(situation: Situation, coupon: CouponFacts, at: datetime) -> Verdict:
    local = situation.facts.local(at)
    store = _store_name(situation, coupon.redeemed_store)
    return Verdict(
        code="already_redeemed",
        text=f"这张券已于 {local:{_MINUTE}} 在 {store} 核销过",
        details={
            "redeemed_at": at.isoformat(),
            "redeemed_store": coupon.redeemed_store,
        },
    )


def _refused(code: str, text: str) -> Verdict:
    return Verdict(code=code, text=text)


def _store_name(situation: Situation, store_id: str) -> str:
    store = situation.facts.content.stores.get(store_id)
    return f"{store.name}（{store_id}）" if store else store_id
