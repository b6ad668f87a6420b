"""Reads which notices, or which message, a platform's report is about."""

from bot.actions import SendTemplate
from bot.db import reported
from bot.db.tx import Tx
from bot.events import Event, KfSentFailed, SubscriptionReported, TemplateReported
from bot.facts import SentNotice


async def reported_of(tx: Tx, event: Event, now_us: int) -> tuple[SentNotice | None, ...]:
    """Return for each report of an event what of ours it is about, None for another's."""
    if event.who is None:
        return ()
    account, openid = event.account, event.who.value
    if isinstance(event, TemplateReported):
        known = await reported.called(tx, account, event.msgid)
        return (known or await reported.under_way(tx, account, openid, SendTemplate.kind),)
    if isinstance(event, KfSentFailed):
        return (await reported.of_kf(tx, account, event.kf, openid, event.fail_msgid),)
    if not isinstance(event, SubscriptionReported):
        return ()
    return tuple(
        [
            await reported.called(tx, account, one.msgid)
            or await reported.of_template(tx, account, openid, one.template, now_us)
            for one in event.notices
        ]
    )
