"""Settles what becomes of service notices."""

from bot.actions import CallOffReminder, MarkNotice, Withhold
from bot.db import calling_off, reported
from bot.db.tx import Tx
from bot.settle.decision import Decision


async def withhold(_tx: Tx, _action: Withhold, _decision: Decision) -> None:
    """Write nothing: the trace of the event holds why."""


async def mark_notice(tx: Tx, action: MarkNotice, decision: Decision) -> None:
    """Write onto a notice what was reported of it."""
    await reported.mark(
        tx,
        account=decision.account,
        effect=action.effect,
        msgid=action.msgid,
        why=action.why,
        at_us=decision.now_us,
    )


async def call_off_reminder(tx: Tx, action: CallOffReminder, decision: Decision) -> None:
    """Take back what waits to remind of a coupon."""
    await calling_off.call_off_reminder(tx, decision.member, action.coupon, decision.now_us)
