"""Conversations in customer service: the one channel where a persona answers all by itself.

A person always outranks it: while one holds the conversation, and for 30 minutes after they spoke,
nothing is said (handlers only keep the books then; `Facts.silent` tells the planner).
"""

from collections.abc import Iterable

from bot.actions import MarkNotice, MarkTalk, Output, PullKf, ReadKfCustomer, Tag, TransKf, Warn
from bot.events import (
    AliasKind,
    KfEntered,
    KfNotice,
    KfRang,
    KfSaid,
    KfSentFailed,
    KfServicerSaid,
    KfSessionChanged,
    group_scene,
)
from bot.facts import Situation, Talk
from handlers.arrivals import came_by, greet_unless_a_rule_does

BOT = 1  # service states: wecom/kf.md section 3
_CUSTOMER = "3"  # the origin of what a customer sends: wecom/kf.md section 4
_BY_CHANGE = {"1": "human", "2": "human", "3": "ended", "4": "human"}  # 4: taken up again


def rang(situation: Situation) -> Iterable[Output]:
    """Pull what there is: the bell says nothing but that."""
    event = situation.event
    if isinstance(event, KfRang):
        yield PullKf(account=event.account, kf=event.kf, token=event.token, run=event.run)


def entered(situation: Situation) -> Iterable[Output]:
    """Bind and tag by the link that was opened; greet, when it is owed and no rule does."""
    event = situation.event
    if not isinstance(event, KfEntered) or event.who is None:
        return
    chat = _group_of_link(situation, event)
    yield MarkTalk(kf=event.kf, member=event.who.value, chat=chat)
    yield from came_by(situation)
    if chat:
        yield Tag(name=f"群友/{situation.facts.pool_of_chat}")
    if event.welcome_code and not situation.facts.silent:
        yield from greet_unless_a_rule_does(situation)


def _group_of_link(situation: Situation, event: KfEntered) -> str:
    """Return the group in whose welcome the link stood that was opened; "" for any other link."""
    chat = situation.facts.chat
    return chat if chat and event.scene == group_scene(chat) else ""


def said(situation: Situation) -> Iterable[Output]:
    """Keep the books of a customer's words, and take the conversation when nobody holds it."""
    event, member = situation.event, situation.facts.member
    if not isinstance(event, KfSaid) or event.who is None or member is None:
        return
    yield from _heard(event.account, event.kf, event.who.value, take=_free(situation))
    named = any(alias.kind is AliasKind.UNIONID for alias in member.aliases)
    if not situation.facts.silent and not named:
        # Only now: the platform tells of those alone who wrote within 48 h (kf.md section 7).
        yield ReadKfCustomer(account=event.account, alias=event.who)


def _free(situation: Situation) -> bool:
    """Tell whether nobody holds the conversation, and we may speak in it."""
    talk = talk_of(situation)
    return not situation.facts.silent and (talk is None or talk.free(situation.facts.now))


def _heard(account: str, kf: str, member: str, *, take: bool) -> Iterable[Output]:
    yield MarkTalk(kf=kf, member=member, spoke=True, state="bot" if take else None)
    if take:
        yield TransKf(account=account, kf=kf, member=member, state=BOT)


def noticed(situation: Situation) -> Iterable[Output]:
    """Remember that a customer who sent a picture, say, may be answered anew for 48 hours.

    Where a rule answers, the conversation is taken as for words.
    """
    event = situation.event
    if not isinstance(event, KfNotice) or event.who is None or not event.kf:
        return
    if event.kind.startswith("kf.msg.") and event.fields.get("origin") == _CUSTOMER:
        take = bool(situation.hits) and _free(situation)
        yield from _heard(event.account, event.kf, event.who.value, take=take)


def servicer_said(situation: Situation) -> Iterable[Output]:
    """A person wrote: they hold the conversation, and we are silent."""
    event = situation.event
    if isinstance(event, KfServicerSaid) and event.who is not None:
        yield MarkTalk(kf=event.kf, member=event.who.value, state="human", staff_spoke=True)


def session_changed(situation: Situation) -> Iterable[Output]:
    """The conversation changed hands; when it ended, the customer's next words are ours again."""
    event = situation.event
    if isinstance(event, KfSessionChanged) and event.who is not None:
        state = _BY_CHANGE.get(event.change)
        if state is not None:
            yield MarkTalk(kf=event.kf, member=event.who.value, state=state)


def sent_failed(situation: Situation) -> Iterable[Output]:
    """A message that the platform took did not arrive: the ledger and operators should know."""
    event = situation.event
    if isinstance(event, KfSentFailed):
        sent = next(iter(situation.facts.reported), None)
        if sent:
            why = f"原因 {event.fail_type or '未知'}"
            yield MarkNotice(effect=sent.effect, msgid=event.fail_msgid, why=why)
        yield Warn(
            name=f"kf-undelivered:{event.kf}:{event.fail_msgid}",
            text=f"微信客服有一条消息没有送达（原因 {event.fail_type or '未知'}）",
        )


def talk_of(situation: Situation) -> Talk | None:
    """Return the conversation an event belongs to, or None when it is the first of it."""
    kf, member = getattr(situation.event, "kf", ""), situation.facts.member
    return next((t for t in member.talks if t.kf == kf), None) if member else None
