"""Settles coupons: given once from the shelf, opened on one device, taken in once at a till."""

from bot.actions import Claim, OpenCoupon, Redeem, UndoRedeem
from bot.clock import micros
from bot.db import shelves, till
from bot.db.tx import Tx
from bot.settle.decision import Decision


async def claim(tx: Tx, action: Claim, decision: Decision) -> None:
    """Give the member a share of a campaign."""
    await shelves.claim(
        tx,
        campaign=action.campaign,
        person=decision.member,
        ordinal=action.ordinal,
        coupon=action.coupon,
        inbox=decision.inbox,
        at_us=decision.now_us,
        expires_us=micros(action.expires),
    )


async def redeem(tx: Tx, action: Redeem, decision: Decision) -> None:
    """Take a coupon in."""
    await shelves.redeem(
        tx,
        coupon=action.coupon,
        code=action.code,
        store=action.store,
        cashier=action.cashier,
        request=action.request,
        inbox=decision.inbox,
        at_us=decision.now_us,
    )


async def open_coupon(tx: Tx, action: OpenCoupon, _decision: Decision) -> None:
    """Bind a coupon's page to a device."""
    await till.bind_device(tx, coupon=action.coupon, device=action.device, given=action.given)


async def undo_redeem(tx: Tx, action: UndoRedeem, decision: Decision) -> None:
    """Take a redemption back."""
    await till.undo(tx, coupon=action.coupon, by=action.by, at_us=decision.now_us)
