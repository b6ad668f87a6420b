"""Tills: a coupon is taken in once, at a store of its campaign, in time, and taken back in time."""

from collections.abc import Iterable
from datetime import datetime

from bot.actions import CallOffReminder, Output, Redeem, Tag, UndoRedeem, Untag, Verdict
from bot.events import RedeemAsked, RedeemUndone
from bot.facts import CouponFacts, Grant, Situation
from handlers.service_notices import remind
from handlers.wording import day

_MINUTE = "%Y-%m-%d %H:%M"
_UNKNOWN = Verdict(code="unknown_code", text="没有这张券，请核对券码")
_LOST = Verdict(code="unknown_code", text="数据恢复过，这张券的发放记录不在了：请顾客重新领一张")


def redeem_asked(situation: Situation) -> Iterable[Output]:
    """Yield the redemption and the till's answer, or the refusal with what happened first."""
    event, coupon = situation.event, situation.facts.coupon
    if not isinstance(event, RedeemAsked):
        return
    refusal = _refusal(situation, event, coupon)
    if refusal or coupon is None:
        yield refusal or _UNKNOWN
        return
    yield Redeem(
        coupon=coupon.coupon,
        code=coupon.code or event.code,
        store=event.store,
        cashier=event.cashier,
        request=event.request,
    )
    yield Tag(name="核销/" + coupon.campaign.id)
    if coupon.campaign.remind:
        yield CallOffReminder(coupon=coupon.coupon)
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


def redeem_undone(situation: Situation) -> Iterable[Output]:
    """Yield what takes a redemption back and makes the coupon good again, or the refusal."""
    event, coupon = situation.event, situation.facts.coupon
    if not isinstance(event, RedeemUndone):
        return
    refusal = _undo_refusal(situation, event, coupon)
    if refusal or coupon is None:
        yield refusal or _UNKNOWN
        return
    yield UndoRedeem(
        coupon=coupon.coupon,
        code=coupon.code or event.code,
        store=event.store,
        by=event.by,
        request=event.request,
    )
    if not coupon.others_redeemed:
        yield Untag(name="核销/" + coupon.campaign.id)
    yield from _again_reminded(situation, coupon)
    yield Verdict(
        code="undone",
        text=f"已撤销：{coupon.campaign.name}，这张券又能用了",
        details={"campaign": coupon.campaign.id, "name": coupon.campaign.name},
    )


def _again_reminded(situation: Situation, coupon: CouponFacts) -> Iterable[Output]:
    if coupon.expires:
        grant = Grant(ordinal=0, code=coupon.code, expires=coupon.expires)
        yield from remind(situation, coupon.campaign, coupon.coupon, grant)


def _undo_refusal(
    situation: Situation, event: RedeemUndone, coupon: CouponFacts | None
) -> Verdict | None:
    facts = situation.facts
    if coupon is None or coupon.state != "granted":
        return _UNKNOWN
    if coupon.redeemed_at is None:
        return _refused("not_redeemed", "这张券没有核销过，不用撤销")
    if coupon.redeemed_store != event.store:
        where = _store_name(situation, coupon.redeemed_store)
        return _refused("wrong_store", f"这张券是在 {where} 核销的，只有那家店能撤销")
    if facts.now - coupon.redeemed_at > facts.redeem_undo:
        minutes = int(facts.redeem_undo.total_seconds() // 60)
        return _refused("too_late", f"核销超过 {minutes} 分钟，不能撤销了")
    return None


def _refusal(
    situation: Situation, event: RedeemAsked, coupon: CouponFacts | None
) -> Verdict | None:
    if coupon is None or coupon.state == "shelf" or coupon.expires is None:
        return _LOST if coupon and coupon.state == "quarantined" else _UNKNOWN
    if coupon.state == "withdrawn":
        return _refused("withdrawn", "这张券已撤销，不能用了")
    if coupon.redeemed_at:
        return _already(situation, coupon, coupon.redeemed_at)
    if coupon.campaign.stores and event.store not in coupon.campaign.stores:
        allowed = "、".join(_store_name(situation, s) for s in coupon.campaign.stores)
        return _refused("wrong_store", f"这张券只在 {allowed} 可用")
    if coupon.expires <= situation.facts.now:
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
