"""Coupons: one share for each person, by whatever doors they came, never more than the stock."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from bot.actions import Claim, OpenCoupon, Output, Speak, Tag
from bot.events import CouponOpened
from bot.facts import Campaign, CampaignFacts, Grant, Situation
from handlers.personas import choose, speak, worded, wording
from handlers.service_notices import remind
from handlers.wording import coupon_slots, render
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
        fresh = _fresh(situation, known)
        yield Claim(
            campaign=campaign_id,
            ordinal=fresh.ordinal,
            coupon=known.coupon,
            code=known.code,
            expires=fresh.expires,
        )
        yield _words(situation, known.campaign, outcome, fresh)
        yield from remind(situation, known.campaign, known.coupon, fresh)
    elif outcome == "again":
        yield _words(situation, known.campaign, outcome, known.mine[-1])
    else:
        yield _words(situation, known.campaign, outcome)


def shared(situation: Situation, campaign_id: str) -> Grant | None:
    """Return the share of a campaign that a rule of this event gives the member, or they hold."""
    known = situation.facts.campaigns.get(campaign_id)
    if known is None:
        return None
    steps = [step for hit in situation.hits for step in hit.do if step.verb == "grant"]
    given = any(step.args.get("campaign") == campaign_id for step in steps)
    if given and _outcome(situation, known) == "granted":
        return _fresh(situation, known)
    return known.mine[-1] if known.mine else None


def mine(situation: Situation, step: Step) -> Iterable[Output]:
    """Show the coupons the member holds and can still use, the newest first, at most eight."""
    held = sorted(_usable(situation), key=lambda one: one[1].expires, reverse=True)[:_MOST_SHOWN]
    persona, why = choose(situation)
    if not held:
        yield from speak(situation, "no_coupons")
        return
    text = wording(situation, persona, "my_coupons") or _HELD
    lines = [
        render(situation, text, persona, **coupon_slots(situation.facts, campaign, grant))
        for campaign, grant in held
    ]
    yield Speak(
        text="\n".join(lines),
        persona=persona.name if persona else "",
        why=f"{why}；能用的券 {len(lines)} 张",
        topic="my_coupons",
    )


def opened(situation: Situation) -> Iterable[Output]:
    """Bind a coupon's page to the device that opens its newest link; an older link binds none."""
    event, coupon = situation.event, situation.facts.coupon
    if not isinstance(event, CouponOpened) or coupon is None:
        return
    if event.given <= coupon.device_given:
        return
    yield OpenCoupon(coupon=event.coupon, device=event.device, given=event.given)
    yield Tag(name="看券/" + coupon.campaign.id)


def _fresh(situation: Situation, known: CampaignFacts) -> Grant:
    """Return the share that the member would get now."""
    return Grant(
        ordinal=max((grant.ordinal for grant in known.mine), default=0) + 1,
        code=known.code,
        expires=_last_moment(situation, known.campaign),
        coupon=known.coupon,
        link=known.link,
    )


def _usable(situation: Situation) -> Iterable[tuple[Campaign, Grant]]:
    for known in situation.facts.campaigns.values():
        for grant in known.mine:
            if not grant.redeemed and grant.expires > situation.facts.now:
                yield known.campaign, grant


def _last_moment(situation: Situation, campaign: Campaign) -> datetime:
    # Customers read a day, so the code is good until that day ends where the stores are.
    local = situation.facts.local(situation.facts.now) + timedelta(days=campaign.valid_days)
    return datetime.combine(local, time.max, situation.facts.zone).astimezone(UTC)


def _outcome(situation: Situation, known: CampaignFacts) -> str:
    campaign, now = known.campaign, situation.facts.now
    if len(known.mine) >= campaign.per_person:
        return "again"
    if campaign.id in situation.facts.paused.campaigns:
        return "paused"
    if campaign.opens and now < campaign.opens:
        return "not_yet"
    if campaign.closes and now >= campaign.closes:
        return "ended"
    return "granted" if known.coupon else "sold_out"


def _words(
    situation: Situation, campaign: Campaign, outcome: str, grant: Grant | None = None
) -> Speak:
    persona, why = choose(situation)
    own = {
        "granted": campaign.granted,
        "again": campaign.again,
        "sold_out": campaign.sold_out,
        "ended": campaign.ended,
        "not_yet": campaign.not_yet,
        "paused": "",
    }
    topic = "" if own[outcome] else f"coupon_{outcome}"
    text, variant = worded(situation, persona, topic)
    slots = coupon_slots(situation.facts, campaign, grant)
    return Speak(
        text=render(situation, own[outcome] or text or _PLAIN[outcome], persona, **slots),
        persona=persona.name if persona else "",
        why=f"{why}；{_OUTCOMES[outcome]}",
        topic=topic if variant else "",
        variant=variant,
    )


_MOST_SHOWN = 8
_HELD = "{campaign_name}：{code}（{expires} 前有效）\n{coupon_url}"
_OUTCOMES = {
    "granted": "发一张券",
    "again": "已经领过",
    "sold_out": "已发完",
    "ended": "活动已结束",
    "not_yet": "活动未开始",
    "paused": "活动已暂停，不发新券",
}
_PLAIN = {
    "granted": "{campaign_name}：{code}（{expires} 前有效）\n{coupon_url}",
    "again": "您已有一张{campaign_name}：{code}（{expires} 前有效）\n{coupon_url}",
    "sold_out": "{campaign_name}已经发完了。",
    "ended": "{campaign_name}已经结束了。",
    "not_yet": "{campaign_name}还没开始。",
    "paused": "{campaign_name}暂停领取，恢复后再来；已经领到的券照常能用。",
}
