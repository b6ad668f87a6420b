"""By which effects words reach somebody, and what may go along with them there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from bot.actions import (
    Action,
    Attachment,
    MarkTalk,
    Reply,
    Send,
    SendKf,
    Speak,
    WelcomeContact,
    WelcomeKf,
)
from bot.actions.answering import to_staff
from bot.draft import draft
from bot.events import (
    ContactAdded,
    Event,
    GroupSaid,
    KfEntered,
    KfNotice,
    KfSaid,
    TextSaid,
    sent_by_follower,
    spoken_in_kf,
)
from bot.facts import Facts, Reach, Situation, Talk
from bot.fit import Way, fit, menu_of, words_of

KF_MESSAGES = 5  # wecom/kf.md section 5: after the customer's last words
SPEAKING_WINDOW = timedelta(hours=48)  # oa/api.md section 2: after the customer's last message
_SPARE = 1  # of what may be sent: for calling a person, and for an answer that missed its response
_ALL_SAID = "顾客说完之后已经回了几条，平台一轮只让发 5 条"
_CARDS = 9  # wecom/customer-contact.md section 2
_TEXT_ONLY = Way(no_image="这里只能回文字")
_GROUP = Way(no_image="要群主自己在群里发")
_CONTACT = Way(room=_CARDS, no_image="好友欢迎语不附图片文件")
_Message = TypeVar("_Message", Send, SendKf)


def carry(
    situation: Situation, said: Sequence[Speak]
) -> tuple[tuple[Speak, ...], tuple[Action, ...]]:
    """Return the words as they go out and the effects that carry them; none when there is no way.

    An Official Account is answered in the response, and what goes along follows by message; a new
    contact by the welcome, once, within 20 s; an employee where they asked; a customer in a group
    through its owner; anybody else by message while the window after their last words is open.
    Withheld words stay and go nowhere.
    """
    if all(words.withheld for words in said):
        return tuple(said), ()
    talk, at = _talk(situation), situation.facts.morning or situation.facts.now
    if why := _spent(situation, said, talk):
        return tuple(replace(one, withheld=one.withheld or why) for one in said), ()
    fitted = fit(said, _way(situation, talk, at))
    sent = [words for words in fitted if not words.withheld]
    return fitted, _carried(situation, sent, talk)


def _carried(situation: Situation, said: Sequence[Speak], talk: Talk | None) -> tuple[Action, ...]:
    event, facts = situation.event, situation.facts
    text, rule = words_of(said), next((s.rule for s in said if s.rule), "")
    if isinstance(event, ContactAdded):
        return _welcome(event, facts, text, said, rule)
    if not text:
        return ()
    if isinstance(event, KfEntered) or spoken_in_kf(event):
        return _in_kf(event, facts, said, rule, talk)
    if isinstance(event, GroupSaid):
        return draft(situation, text, rule)
    if event.who is not None and facts.answers_inside:
        return _in_response(event.account, event.who.value, said, rule)
    return to_staff(event, text, rule, facts.now) or _by_open_window(facts, said, rule, talk)


def _talk(situation: Situation) -> Talk | None:
    """Return the conversation that words of this event go into: its own, or one still open."""
    event, facts = situation.event, situation.facts
    if spoken_in_kf(event):
        return _own_talk(event, facts)
    at = facts.morning or facts.now
    reach = _open_window(facts, at)
    return None if reach and _has_room(reach, facts) else _open_talk(facts, at)


def _own_talk(event: KfSaid | KfNotice, facts: Facts) -> Talk | None:
    if event.who is None:
        return None
    known = facts.member.talks if facts.member else ()
    fresh = Talk(account=event.account, kf=event.kf, member=event.who.value)
    names = (fresh.account, fresh.kf, fresh.member)
    return next((t for t in known if (t.account, t.kf, t.member) == names), fresh)


def _spent(situation: Situation, said: Sequence[Speak], talk: Talk | None) -> str:
    """Return why the platform takes no further answer to these words; "" when it does."""
    if talk is None or not spoken_in_kf(situation.event):
        return ""
    spare = 0 if any(one.topic == "handover" for one in said) else _SPARE
    return _ALL_SAID if talk.sent >= KF_MESSAGES - spare else ""


def _way(situation: Situation, talk: Talk | None, at: datetime) -> Way:
    match situation.event:
        case ContactAdded():
            return _CONTACT
        case KfEntered():
            return replace(_TEXT_ONLY, menu=True)
        case GroupSaid():
            return _GROUP
        case event if spoken_in_kf(event):
            return _kf_way(talk.sent if talk else 0)
    return _open_way(situation, talk, at)


def _open_way(situation: Situation, talk: Talk | None, at: datetime) -> Way:
    facts = situation.facts
    if facts.answers_inside:
        return Way(room=_room_after(situation.event, facts))
    if talk:
        return _kf_way(talk.sent)
    if reach := _open_window(facts, at):
        return Way(menu=True, room=facts.quota.after_message - _SPARE - reach.sent - 1)
    return _TEXT_ONLY


def _room_after(event: Event, facts: Facts) -> int:
    """Return how many messages may follow the answer inside the response to a follower."""
    reach = _own_reach(event, facts)
    sent = reach.sent if reach else 0
    match event:
        case TextSaid(menu_id=""):
            return facts.quota.after_message - _SPARE - sent
        case TextSaid():  # a tap on a menu message opens no window of its own (oa/api.md section 2)
            open_still = reach and reach.spoke and facts.now - reach.spoke < SPEAKING_WINDOW
            return facts.quota.after_message - _SPARE - sent if open_still else 0
        case _ if sent_by_follower(event):
            return facts.quota.after_message - _SPARE - sent
    return facts.quota.after_tap - _SPARE - sent


def _own_reach(event: Event, facts: Facts) -> Reach | None:
    own = (event.account, event.who.value if event.who else "")
    reaches = facts.member.reaches if facts.member else ()
    return next((one for one in reaches if (one.account, one.address) == own), None)


def _in_response(account: str, openid: str, said: Sequence[Speak], rule: str) -> tuple[Action, ...]:
    reply = Reply(account=account, openid=openid, text=words_of(said), rule=rule)
    return (reply, *_along(Send(account=account, openid=openid, text="", rule=rule), said))


def _kf_way(sent: int) -> Way:
    return Way(menu=True, room=KF_MESSAGES - _SPARE - sent - 1)


def _by_open_window(
    facts: Facts, said: Sequence[Speak], rule: str, talk: Talk | None
) -> tuple[Action, ...]:
    # In quiet hours unasked words wait, as long as the window will still be open then.
    later = facts.morning
    if talk:
        sends = _send_kf(talk, said, rule)
        return tuple(replace(s, not_before=later) if isinstance(s, SendKf) else s for s in sends)
    reach = _open_window(facts, later or facts.now)
    if reach is None:
        return ()
    plain = Send(account=reach.account, openid=reach.address, text="", rule=rule, not_before=later)
    return (replace(plain, text=words_of(said), menu=menu_of(said)), *_along(plain, said))


def _in_kf(
    event: KfEntered | KfSaid | KfNotice,
    facts: Facts,
    said: Sequence[Speak],
    rule: str,
    talk: Talk | None,
) -> tuple[Action, ...]:
    if not isinstance(event, KfEntered):
        return _send_kf(talk, said, rule) if talk else ()
    # Without a code the customer was welcomed before, and may not be written to until they speak.
    if not event.welcome_code:
        return ()
    return (
        WelcomeKf(
            account=event.account,
            code=event.welcome_code,
            text=words_of(said),
            menu=menu_of(said),
            deadline=facts.welcome_until,
            rule=rule,
        ),
    )


def _send_kf(talk: Talk, said: Sequence[Speak], rule: str) -> tuple[Action, ...]:
    plain = SendKf(account=talk.account, kf=talk.kf, member=talk.member, text="", rule=rule)
    words = replace(plain, text=words_of(said), menu=menu_of(said))
    sends = (words, *_along(plain, said))
    return (*sends, MarkTalk(kf=talk.kf, member=talk.member, sent=len(sends), rule=rule))


def _along(plain: _Message, said: Sequence[Speak]) -> tuple[_Message, ...]:
    """Return one message for each link, and one for each picture."""
    along: list[_Message] = []
    for n, link in enumerate((one.link for one in said if one.link), 1):
        along.append(replace(plain, link=link, name=_numbered("link", n)))
    for n, image in enumerate((one.image for one in said if one.image), 1):
        along.append(replace(plain, image=image, name=_numbered("image", n)))
    return tuple(along)


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}{number}"


def _open_talk(facts: Facts, at: datetime) -> Talk | None:
    for talk in facts.member.talks if facts.member else ():
        open_still = talk.spoke is not None and at - talk.spoke < SPEAKING_WINDOW
        ours = talk.state not in ("pool", "human", "ended")
        if ours and open_still and talk.sent < KF_MESSAGES - _SPARE:
            return talk
    return None


def _welcome(
    event: ContactAdded, facts: Facts, text: str, said: Sequence[Speak], rule: str
) -> tuple[Action, ...]:
    if not event.welcome_code:
        return ()
    cards: list[Attachment] = [s.card for s in said if s.card]
    cards += [s.link for s in said if s.link]
    return (
        WelcomeContact(
            account=event.account,
            code=event.welcome_code,
            text=text,
            attachments=tuple(cards[:_CARDS]),
            deadline=facts.welcome_until,
            rule=rule,
        ),
    )


def _open_window(facts: Facts, at: datetime) -> Reach | None:
    """Return an account whose window is open: one where there is room, before one without."""
    found = [
        reach
        for reach in (facts.member.reaches if facts.member else ())
        if reach.channel == "oa" and reach.on
        if reach.spoke is not None and at - reach.spoke < SPEAKING_WINDOW
    ]
    return next((reach for reach in found if _has_room(reach, facts)), found[0] if found else None)


def _has_room(reach: Reach, facts: Facts) -> bool:
    return reach.sent < facts.quota.after_message
