"""Coupons: one share for each person, by whatever doors they came, never more than the stock."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from bot.actions import Claim, Output, Speak
from bot.facts import Campaign, CampaignFacts, Situation
from handlers.personas import choose, wording
from handlers.wording import coupon_slots, day, render
from keyword_rules.rule import Step


def grant(situation: Situation, step: Step) -> Iterable[Output]:
    """Give the member their share of a campaign, or say kindly why not; asking again shows it."""
    yield from give(situation, str(step.args["campaign"]))


def give(situation: Situation, campaign_id: str) -> Iterable[Output]:
    """Yield the claim and the words for one campaign."""
    known = situation.facts.campaigns.get(campaign_id)
    if known is None or situation.facts.member is None:
        return
    outcome = _outcome(situation, known)
    if outcome == "granted":
        expires = _last_moment(situation, known.campaign)
        yield Claim(
            campaign=campaign_id,
            ordinal=len(known.mine) + 1,
            coupon=known.coupon,
            code=known.code,
            expires=expires,
        )
        yield _words(situation, known.campaign, outcome, known.code, day(situation.facts, expires))
    elif outcome == "again":
        last = known.mine[-1]
        yield _words(
            situation, known.campaign, outcome, last.code, day(situation.facts, last.expires)
        )
    else:
        yield _words(situation, known.campaign, outcome, "", "")


def _last_moment(situation: Situation, campaign: Campaign) -> datetime:
    # Customers read a day, so the code is good until that day ends where the stores are.
    local = situation.facts.local(situation.facts.now) + timedelta(days=campaign.valid_days)
    return datetime.combine(local, time.max, situation.facts.zone).astimezone(UTC)


def _outcome(situation: Situation, known: CampaignFacts) -> str:
    campaign, now = known.campaign, situation.facts.now
    if len(known.mine) >= campaign.per_person:
        return "again"
    if campaign.opens and now < campaign.opens:
        return "not_yet"
    if campaign.closes and now >= campaign.closes:
        return "ended"
    return "granted" if known.coupon else "sold_out"


def _words(
    situation: Situation, campaign: Campaign, outcome: str, code: str, expires: str
) -> Speak:
    persona, why = choose(situation)
    own = {
        "granted": campaign.granted,
        "again": campaign.again,
        "sold_out": campaign.sold_out,
        "ended": campaign.ended,
        "not_yet": campaign.not_yet,
    }
    text = own[outcome] or wording(situation, persona, f"coupon_{outcome}") or _PLAIN[outcome]
    slots = coupon_slots(campaign, code, expires)
    return Speak(
        text=render(situation, text, persona, **slots),
        persona=persona.name if persona else "",
        why=f"{why}；{_OUTCOMES[outcome]}",
    )


_OUTCOMES = {
    "granted": "发一张券",
    "again": "已经领过",
    "sold_out": "已发完",
    "ended": "活动已结束",
    "not_yet": "活动未开始",
}
_PLAIN = {
    "granted": "{campaign_name}：{code}（{expires} 前有效）",
    "again": "您已有一张{campaign_name}：{code}（{expires} 前有效）",
    "sold_out": "{campaign_name}已经发完了。",
    "ended": "{campaign_name}已经结束了。",
    "not_yet": "{campaign_name}还没开始。",
}
