"""Who is sent a notice, in which words and when; and what is counted of consents."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.actions import (
    CallOffReminder,
    MarkNotice,
    Output,
    SendOnce,
    SendSubscription,
    SendTemplate,
    Tag,
    Untag,
    Warn,
    Withhold,
)
from bot.events import (
    Consent,
    ConsentAnswered,
    ConsentChanged,
    Event,
    RedeemAsked,
    Subscribed,
    SubscriptionReported,
    TemplateReported,
    Unfollowed,
)
from bot.facts import Campaign, CouponFacts, Facts, SentNotice, Situation
from config.hours import hours_of
from config.nouns import Content
from config.service_notices import NoticeField, Remind, ServiceNotice
from handlers import consent, notices, service_notices, tills
from handlers.coupons import give
from keyword_rules.rule import Hit
from tests.little_shop import NEWCOMER, NOW
from tests.situations import (
    ADA,
    FOLLOWS,
    facts,
    followed,
    given,
    hit,
    joined,
    member,
    only,
    said,
    step,
    with_content,
)  # fmt: skip

ARRIVAL = ServiceNotice(
    id="arrival", account="oa", kind="template", template="T1",
    fields=(
        NoticeField(key="thing1", text="{campaign_name|新品}到货"),
        NoticeField(key="time2", text="{expires|2025-10-09 18:00}"),
    ),
    url="{coupon_url}",
)  # fmt: skip
CONSENTED = replace(ARRIVAL, id="agreed", kind="subscription", template="T2", url="")
SINGLE = replace(ARRIVAL, id="single", kind="once", template="T3", title="到货提醒", scene=7)
REMINDED = replace(NEWCOMER, remind=Remind(notice="arrival", before=timedelta(days=2), minute=600))


def stocked(**more: object) -> Content:
    known = {one.id: one for one in (ARRIVAL, CONSENTED, SINGLE)}
    return with_content(notices=known, **more)


def at(event: Event, *hits: Hit, **more: object) -> Situation:
    return given(event, *hits, **{"content": stocked(), **more})


def notified(situation: Situation, notice: str = "arrival", **args: str) -> list[Output]:
    return list(notices.notify(situation, step("notify", notice=notice, **args)))


def why(outputs: Iterable[Output]) -> list[str]:
    return [one.why for one in only(Withhold, outputs)]


# --- who, what, when ---


def test_a_follower_is_sent_the_notice_with_its_fields_filled() -> None:
    (sent,) = notified(at(said()))
    assert isinstance(sent, SendTemplate)
    assert (sent.account, sent.openid, sent.template, sent.not_before) == ("oa", "ada", "T1", None)
    assert dict(sent.fields) == {"thing1": "新品到货", "time2": "2025年10月9日 18:00"}


def test_a_notice_about_a_campaign_speaks_of_the_share_the_same_rule_gives() -> None:
    grant = step("grant", campaign="newcomer")
    situation = at(said(), hit("r", grant))
    (sent,) = only(SendTemplate, notified(situation, campaign="newcomer"))
    assert dict(sent.fields) == {"thing1": "新人券到货", "time2": "2025年11月8日 23:59"}
    assert notified(at(said()), campaign="newcomer") != [sent]


def test_who_follows_just_now_is_known_by_the_event_and_who_leaves_gets_nothing() -> None:
    stranger = member(reaches=())
    assert only(SendTemplate, notified(at(followed(), member=stranger)))
    gone = Unfollowed(account="oa", at=NOW, who=ADA)
    assert why(notified(at(gone))) == ["顾客没有关注公众号 oa，发不到"]
    assert only(SendOnce, notified(at(gone), "single"))


@pytest.mark.parametrize(
    "reaches",
    [(), (replace(FOLLOWS, on=False),), (replace(FOLLOWS, account="other"),)],
    ids=["none", "left", "another account"],
)
def test_who_does_not_follow_that_account_is_sent_nothing_and_the_trace_says_so(
    reaches: tuple[object, ...],
) -> None:
    situation = at(joined(), member=member(reaches=reaches))
    assert why(notified(situation)) == ["顾客没有关注公众号 oa，发不到"]
    assert len(notified(situation)) == 1


def night(**more: object) -> Facts:
    quiet = stocked(quiet_hours=hours_of("22:00-08:00"))
    return facts(content=quiet, now=datetime(2025, 10, 9, 15, 0, tzinfo=UTC), **more)


def test_at_night_an_unasked_notice_waits_for_the_morning_and_an_asked_one_does_not() -> None:
    (unasked,) = only(SendTemplate, notified(Situation(event=joined(), facts=night())))
    assert unasked.not_before == datetime(2025, 10, 10, 0, 0, tzinfo=UTC)
    (asked,) = only(SendTemplate, notified(Situation(event=said(), facts=night())))
    assert asked.not_before is None


def test_a_notice_that_would_be_stale_by_morning_is_not_sent() -> None:
    known = {"arrival": replace(ARRIVAL, within=timedelta(hours=2))}
    dark = night()
    content = replace(dark.content, notices=known)
    (sent,) = only(SendTemplate, notified(at(said(), content=content)))
    assert sent.deadline == NOW + timedelta(hours=2)
    late = Situation(event=joined(), facts=replace(dark, content=content))
    assert why(notified(late)) == ["等静默时段过去，就已经过时了"]


def test_who_opted_out_is_sent_only_what_they_just_asked_for() -> None:
    quiet = member(tags={consent.OPTED_OUT: ""})
    assert why(notified(at(joined(), member=quiet))) == ["顾客已退订，不主动发送"]
    assert only(SendTemplate, notified(at(said(), member=quiet)))


def test_who_wants_fewer_is_sent_one_a_week() -> None:
    outputs = notified(at(joined(), member=member(tags={consent.FEWER: ""})))
    assert [one.name for one in only(Tag, outputs)] == [consent.SENT]


def test_a_value_the_platform_would_refuse_is_not_sent() -> None:
    field = NoticeField(key="character_string1", text="{code}")
    content = with_content(notices={"arrival": replace(ARRIVAL, fields=(field,))})
    assert why(notified(at(said(), content=content))) == ["字段 character_string1「」没有内容"]


# --- consents ---


def test_without_a_consent_a_subscription_is_not_tried() -> None:
    assert why(notified(at(said()), "agreed")) == [service_notices._NO_CONSENT]


def test_each_notice_uses_up_one_consent_and_the_last_takes_the_tag() -> None:
    two, one = (member(tags={"订阅/agreed": count}) for count in ("2", "1"))
    outputs = notified(at(said(), member=two), "agreed")
    assert only(SendSubscription, outputs) and only(Tag, outputs)[0].value == "1"
    assert [tag.name for tag in only(Untag, notified(at(said(), member=one), "agreed"))] == [
        "订阅/agreed"
    ]


def answered(*given_: bool, template: str = "T2", tags: dict[str, str] | None = None) -> Situation:
    consents = tuple(Consent(template=template, given=one) for one in given_)
    event = ConsentAnswered(account="oa", at=NOW, who=ADA, consents=consents)
    return at(event, member=member(tags=tags or {}))


def test_what_a_follower_agrees_to_is_counted() -> None:
    assert list(notices.consent_answered(answered(True))) == [Tag(name="订阅/agreed", value="1")]
    more = answered(True, True, tags={"订阅/agreed": "2", "拒订阅/agreed": ""})
    assert list(notices.consent_answered(more)) == [
        Tag(name="订阅/agreed", value="4"), Untag(name="拒订阅/agreed"),
    ]  # fmt: skip


def test_a_declined_template_keeps_the_consents_of_before_and_another_shops_counts_nothing() -> (
    None
):
    declined = list(notices.consent_answered(answered(False, tags={"订阅/agreed": "2"})))
    assert declined == [Tag(name="拒订阅/agreed")]
    assert list(notices.consent_answered(answered(True, template="T9"))) == []


def switched(on: bool, **tags: str) -> list[Output]:
    event = ConsentChanged(
        account="oa", at=NOW, who=ADA, consents=(Consent(template="T2", given=on),)
    )
    return list(notices.consent_changed(at(event, member=member(tags=tags))))


def test_switching_off_forgets_the_consents_and_switching_on_brings_none() -> None:
    assert switched(False, **{"订阅/agreed": "3"}) == [
        Untag(name="订阅/agreed"), Tag(name="拒订阅/agreed"),
    ]  # fmt: skip
    assert switched(True, **{"拒订阅/agreed": ""}) == [Untag(name="拒订阅/agreed")]


# --- reports ---

SENT = SentNotice(effect=7, notice="arrival", state="done")


def reported(failure: str, *known: SentNotice | None) -> list[Output]:
    event = TemplateReported(account="oa", at=NOW, who=ADA, msgid="88", failure=failure)
    return list(notices.template_reported(at(event, reported=known)))


def test_what_arrived_is_written_onto_the_notice() -> None:
    assert reported("", SENT) == [MarkNotice(effect=7, msgid="88")]
    assert reported("", None) == []


def test_what_did_not_arrive_is_shown_once_a_day_for_each_notice() -> None:
    marked, warned = reported("block", SENT)
    assert isinstance(marked, MarkNotice) and "拒收" in marked.why
    assert isinstance(warned, Warn) and warned.name == "notice-failed:oa:arrival:2025-10-09"
    (unknown,) = reported("system failed", None)
    assert isinstance(unknown, Warn) and "system failed" in unknown.text


def subscribed(code: int, *known: SentNotice | None, **tags: str) -> list[Output]:
    one = Subscribed(template="T2", msgid="99", code=code, failure="system failed" if code else "")
    event = SubscriptionReported(account="oa", at=NOW, who=ADA, notices=(one,))
    situation = at(event, reported=known, member=member(tags=tags))
    return list(notices.subscription_reported(situation))


def test_a_subscription_of_ours_was_counted_when_it_was_owed_and_anothers_is_now() -> None:
    count = {"订阅/agreed": "2"}
    assert subscribed(0, replace(SENT, notice="agreed"), **count) == [
        MarkNotice(effect=7, msgid="99")
    ]
    assert subscribed(0, None, **count) == [Tag(name="订阅/agreed", value="1")]
    (warned,) = subscribed(1, None, **count)
    assert isinstance(warned, Warn) and "system failed（1）" in warned.text


# --- reminders ---


def granted(campaign: Campaign = REMINDED, **more: object) -> list[Output]:
    situation = at(said(), **more)
    known = replace(situation.facts.campaigns["newcomer"], campaign=campaign)
    return list(
        give(
            replace(situation, facts=replace(situation.facts, campaigns={"newcomer": known})),
            "newcomer",
        )
    )


def test_who_is_given_a_coupon_is_reminded_at_the_hour_two_days_before_its_last() -> None:
    (sent,) = only(SendTemplate, granted())
    assert sent.not_before == datetime(2025, 11, 6, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
    assert sent.deadline == datetime(2025, 11, 8, 15, 59, 59, 999999, tzinfo=UTC)
    assert (sent.about, dict(sent.fields)["thing1"]) == ("coupon:1", "新人券到货")


def test_a_reminder_keeps_the_quiet_hours() -> None:
    (sent,) = only(SendTemplate, granted(content=stocked(quiet_hours=hours_of("09:00-11:30"))))
    assert sent.not_before == datetime(2025, 11, 6, 3, 30, tzinfo=UTC)


def test_nothing_reminds_of_a_coupon_that_expires_sooner_or_of_a_campaign_without_reminder() -> (
    None
):
    assert only(SendTemplate, granted(replace(REMINDED, valid_days=1))) == []
    assert only(SendTemplate, granted(NEWCOMER)) == []


@pytest.mark.parametrize("tag", [consent.FEWER, consent.OPTED_OUT])
def test_who_wants_fewer_or_no_messages_is_not_reminded(tag: str) -> None:
    outputs = granted(member=member(tags={tag: ""}))
    assert only(SendTemplate, outputs) == []


def test_a_redeemed_coupon_calls_its_reminder_off() -> None:
    event = RedeemAsked(account="till:S012", at=NOW, code="C", store="S012", cashier="", request="")
    coupon = CouponFacts(
        coupon=5, campaign=REMINDED, state="granted", code="C", expires=NOW + timedelta(days=9)
    )
    assert CallOffReminder(coupon=5) in tills.redeem_asked(at(event, coupon=coupon))
