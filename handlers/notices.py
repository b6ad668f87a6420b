"""Notices that rules send, what became of them, and what followers agree to."""

from collections.abc import Iterable, Iterator

from bot.actions import MarkNotice, Output, Tag, Untag, Warn
from bot.events import (
    ConsentAnswered,
    ConsentChanged,
    SubscriptionReported,
    TemplateReported,
)
from bot.facts import Grant, ServiceNotice, Situation
from handlers.coupons import shared
from handlers.service_notices import DECLINED, Occasion, counting, left, owed, used_up
from handlers.wording import coupon_slots
from keyword_rules.rule import Step

_BLOCKED = "顾客拒收这个公众号的通知"


def notify(situation: Situation, step: Step) -> Iterable[Output]:
    """Send the member the rule's notice, about their coupon of a campaign where it names one."""
    notice = situation.facts.content.notices.get(str(step.args["notice"]))
    if notice and situation.facts.member:
        yield from owed(situation, notice, _occasion(situation, str(step.args.get("campaign", ""))))


def template_reported(situation: Situation) -> Iterable[Output]:
    """Write down whether a template message arrived; operators hear of those that did not."""
    event = situation.event
    if not isinstance(event, TemplateReported):
        return
    sent = next(iter(situation.facts.reported), None)
    why = _BLOCKED if event.failure == "block" else event.failure
    if sent:
        yield MarkNotice(effect=sent.effect, msgid=event.msgid, why=why)
    if why:
        yield _warning(situation, sent.notice if sent else "", why)


def subscription_reported(situation: Situation) -> Iterable[Output]:
    """Write down what arrived; one that somebody else sent used up a consent that we counted."""
    event = situation.event
    if not isinstance(event, SubscriptionReported):
        return
    for told, sent in zip(event.notices, situation.facts.reported, strict=False):
        why = f"{told.failure}（{told.code}）" if told.code else ""
        notice = _of_template(situation, told.template)
        if sent:
            yield MarkNotice(effect=sent.effect, msgid=told.msgid or str(sent.effect), why=why)
        elif notice and not why:
            yield from used_up(situation, notice.id)
        if why:
            yield _warning(situation, notice.id if notice else "", why)


def consent_answered(situation: Situation) -> Iterable[Output]:
    """Count what the follower agreed to, and remember what they declined."""
    event = situation.event
    if not isinstance(event, ConsentAnswered):
        return
    for notice in _asked(situation, event):
        answers = [one.given for one in event.consents if one.template == notice.template]
        if any(answers):
            yield from counting(situation, notice.id, left(situation, notice.id) + sum(answers))
        yield from _declining(situation, notice.id, declined=not any(answers))


def consent_changed(situation: Situation) -> Iterable[Output]:
    """Forget the consents for what a follower switched off; switching it on again brings none."""
    event = situation.event
    if not isinstance(event, ConsentChanged):
        return
    for notice in _asked(situation, event):
        given = [one.given for one in event.consents if one.template == notice.template][-1]
        if not given:
            yield from counting(situation, notice.id, 0)
        yield from _declining(situation, notice.id, declined=not given)


def _occasion(situation: Situation, campaign: str) -> Occasion:
    facts, presented = situation.facts, situation.facts.coupon
    if campaign:
        grant = shared(situation, campaign)
        known = facts.campaigns.get(campaign)
        slots = coupon_slots(facts, known.campaign, grant) if known else {}
        return Occasion(slots=slots, grant=grant, about=campaign)
    if presented is None or presented.expires is None:
        return Occasion()
    grant = Grant(ordinal=0, code=presented.code, expires=presented.expires)
    return Occasion(slots=coupon_slots(facts, presented.campaign, grant), grant=grant)


def _asked(
    situation: Situation, event: ConsentAnswered | ConsentChanged
) -> Iterator[ServiceNotice]:
    for template in dict.fromkeys(one.template for one in event.consents):
        if notice := _of_template(situation, template):
            yield notice


def _of_template(situation: Situation, template: str) -> ServiceNotice | None:
    """Return the subscription notice of a template of the event's account; others are not ours."""
    for notice in situation.facts.content.notices.values():
        ours = notice.account == situation.event.account and notice.kind == "subscription"
        if ours and notice.template == template:
            return notice
    return None


def _declining(situation: Situation, notice: str, *, declined: bool) -> Iterable[Output]:
    member, name = situation.facts.member, DECLINED + notice
    if declined:
        yield Tag(name=name)
    elif member and name in member.tags:
        yield Untag(name=name)


def _warning(situation: Situation, notice: str, why: str) -> Warn:
    facts, account = situation.facts, situation.event.account
    called = f"通知 {notice} " if notice else "一条通知"
    return Warn(
        name=f"notice-failed:{account}:{notice}:{facts.local(facts.now):%Y-%m-%d}",
        text=f"公众号 {account} 的{called}今天有没送达的，第一条的原因：{why}",
    )
