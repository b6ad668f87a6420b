"""Service notices: who gets one, in which words, when; or why not, which only the trace tells.

A template message is not bound to the 48 h of a conversation: it goes to any follower, so it keeps
the quiet hours and the wishes of who wants none.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from bot.actions import (
    Output,
    SendOnce,
    SendSubscription,
    SendTemplate,
    Tag,
    Untag,
    Withhold,
)
from bot.actions.notice import Notify, reminder_of
from bot.events import AliasKind, Unfollowed
from bot.facts import Campaign, Grant, ServiceNotice, Situation
from handlers.consent import FEWER, counted, is_direct, withheld
from handlers.personas import choose
from handlers.wording import coupon_slots, minute, render

SUBSCRIBED, DECLINED = "订阅/", "拒订阅/"
_NO_CONSENT = "没有可用的订阅次数：顾客每同意一次，只能发一条"


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a notice is sent for: values for its slots, and the coupon those are of, if one.

    `not_before` is a later moment for which it is meant; `until` when it is of no use any more.
    """

    slots: Mapping[str, str] = field(default_factory=dict)
    grant: Grant | None = None
    about: str = ""
    not_before: datetime | None = None
    until: datetime | None = None


def owed(situation: Situation, notice: ServiceNotice, occasion: Occasion) -> Iterable[Output]:
    """Yield the notice for the member as a follower, and what it uses up, or why it is not sent."""
    made = _made(situation, notice, occasion)
    unasked = occasion.not_before is not None or not is_direct(situation.event)
    wish = withheld(situation) if unasked else ""
    if why := wish or _refusal(situation, notice, made) or _fault(notice, made):
        yield Withhold(notice=notice.id, why=why)
        return
    yield _KINDS[notice.kind](notice, made)
    if notice.kind == "subscription":
        yield from used_up(situation, notice.id)
    if not is_direct(situation.event) and occasion.not_before is None:
        yield from counted(situation)


def remind(situation: Situation, campaign: Campaign, coupon: int, grant: Grant) -> Iterable[Output]:
    """Yield the notice that a coupon expires, to be sent shortly before it does.

    Nothing where the campaign names none, or where that moment has passed already.
    """
    wanted, facts = campaign.remind, situation.facts
    notice = facts.content.notices.get(wanted.notice) if wanted else None
    if wanted is None or notice is None:
        return
    day = facts.local(grant.expires - wanted.before).replace(
        hour=wanted.minute // 60, minute=wanted.minute % 60, second=0, microsecond=0
    )
    at = facts.content.quiet_hours.until(day) or day
    if not facts.now < at < grant.expires:
        return
    member = facts.member
    if member and FEWER in member.tags:
        yield Withhold(notice=notice.id, why="顾客要少发，不提醒到期")
        return
    yield from owed(
        situation,
        notice,
        Occasion(
            slots=coupon_slots(facts, campaign, grant),
            grant=grant,
            about=reminder_of(coupon),
            not_before=at,
            until=grant.expires,
        ),
    )


def left(situation: Situation, notice: str) -> int:
    """Return how many notices the member still agrees to, as far as we counted."""
    member = situation.facts.member
    count = member.tags.get(SUBSCRIBED + notice, "") if member else ""
    return int(count) if count.isdecimal() else 0


def used_up(situation: Situation, notice: str) -> Iterable[Output]:
    """Yield one consent less; the tag goes with the last one."""
    yield from counting(situation, notice, left(situation, notice) - 1)


def counting(situation: Situation, notice: str, count: int) -> Iterable[Output]:
    """Yield the tag that says how many consents there are; none says that there are none."""
    member, name = situation.facts.member, SUBSCRIBED + notice
    if count > 0:
        yield Tag(name=name, value=str(count))
    elif member and name in member.tags:
        yield Untag(name=name)


def _refusal(situation: Situation, notice: ServiceNotice, made: Notify) -> str:
    if not made.openid:
        return f"顾客没有关注公众号 {notice.account}，发不到"
    if notice.kind == "subscription" and not left(situation, notice.id):
        return _NO_CONSENT
    late = made.not_before and made.deadline and made.not_before >= made.deadline
    return "等静默时段过去，就已经过时了" if late else ""


def _openid(situation: Situation, notice: ServiceNotice) -> str:
    """Return by which name the account may write to the member, "" when it may not.

    Who is just following is known by the event alone; who is leaving still stands in the facts.
    """
    event, member = situation.event, situation.facts.member
    anybody = notice.kind == "once"
    here = event.account == notice.account and event.who is not None
    if here and event.who and event.who.kind is AliasKind.OA_OPENID:
        return "" if isinstance(event, Unfollowed) and not anybody else event.who.value
    ways = [way for way in (member.reaches if member else ()) if way.account == notice.account]
    return next((way.address for way in ways if way.on or anybody), "")


def _made(situation: Situation, notice: ServiceNotice, occasion: Occasion) -> Notify:
    persona, _ = choose(situation)
    facts, grant = situation.facts, occasion.grant

    def said(text: str, **more: str) -> str:
        return render(situation, text, persona, **{**occasion.slots, **more})

    # A field of a time needs the hour of a day that elsewhere is said as a day.
    timed = {"expires": minute(facts, grant.expires)} if grant else {}
    return Notify(
        account=notice.account,
        openid=_openid(situation, notice),
        notice=notice.id,
        template=notice.template,
        fields=tuple(
            (one.key, one.fit(said(one.text, **(timed if one.kind == "time" else {}))))
            for one in notice.fields
        ),
        url=said(notice.url),
        appid=notice.appid,
        page=said(notice.page),
        about=occasion.about,
        not_before=occasion.not_before or _morning(situation),
        deadline=occasion.until or (facts.now + notice.within if notice.within else None),
    )


def _fault(notice: ServiceNotice, made: Notify) -> str:
    for one, (key, value) in zip(notice.fields, made.fields, strict=True):
        if wrong := one.fault(value):
            return f"字段 {key}「{value}」{wrong}"
    return ""


def _morning(situation: Situation) -> datetime | None:
    return None if is_direct(situation.event) else situation.facts.morning


_KINDS: Mapping[str, Callable[[ServiceNotice, Notify], Notify]] = {
    "template": lambda _, made: SendTemplate(**asdict(made)),
    "subscription": lambda _, made: SendSubscription(**asdict(made)),
    "once": lambda notice, made: SendOnce(**asdict(made), title=notice.title, scene=notice.scene),
}
