"""Reads what is known of coupons: a campaign's for a member, and the one an event is about."""

from dataclasses import replace

from bot.db import shelves
from bot.db.tx import Row, Tx
from bot.events import CouponOpened, Event, RedeemAsked, RedeemUndone
from bot.facts import Campaign, CampaignFacts, Content, CouponFacts
from bot.gather.look import Look
from bot.links import CouponLink, sealed_link


async def campaign_of(tx: Tx, look: Look, campaign: Campaign) -> CampaignFacts:
    """Return a campaign for the member, each coupon with the link that this answer may give."""
    person = look.person
    known = await shelves.campaign_facts(tx, campaign, person)
    if person is None:
        return known

    def link(coupon: int) -> str:
        made = CouponLink(coupon=coupon, person=person, given=look.row["id"])
        return sealed_link(look.shop.instance_key, made)

    return replace(
        known,
        link=link(known.coupon) if known.coupon else "",
        mine=tuple(replace(grant, link=link(grant.coupon)) for grant in known.mine),
    )


async def coupon_of(tx: Tx, content: Content, event: Event) -> CouponFacts | None:
    """Return the coupon a till or its holder presents; None when there is none of a campaign."""
    row = await presented(tx, event)
    if row is None or row["campaign"] not in content.campaigns:
        return None
    return shelves.coupon_facts(row, content.campaigns[row["campaign"]])


async def presented(tx: Tx, event: Event) -> Row | None:
    """Return the row of the coupon that an event presents, or None."""
    match event:
        case RedeemAsked(code=code) | RedeemUndone(code=code):
            return await shelves.find_coupon(tx, code)
        case CouponOpened(coupon=coupon):
            return await shelves.coupon_row(tx, coupon)
        case _:
            return None
