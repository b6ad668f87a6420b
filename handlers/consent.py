"""What customers want besides an answer: no messages, fewer, or a person; it comes before any rule.

Direct answers always go on. Only words nobody asked for are withheld, and benefits stay owed.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta

from bot.actions import Action, CallOff, Output, Tag, Untag
from bot.events import (
    BotAsked,
    BotEntered,
    ContactAdded,
    Event,
    KfEntered,
    KfSaid,
    StaffSaid,
    TextSaid,
    answered_inside,
    spoken_in_kf,
)
from bot.facts import Content, Situation
from handlers.personas import call_person, choose, person_word, speak, wording
from handlers.wording import render
from keyword_rules.rule import Step

Finish = Callable[[Situation, Sequence[Action]], Iterable[Action]]
OPTED_OUT, FEWER, SENT = "触达/退订", "触达/少发", "触达/本周已发"
FEWER_EVERY = timedelta(weeks=1)
_DIRECT = (ContactAdded, KfEntered, StaffSaid, BotAsked, BotEntered)
_ADDED = {"unsubscribe": (OPTED_OUT,), "less": (FEWER,), "resume": ()}
_REMOVED = {"unsubscribe": (FEWER,), "less": (OPTED_OUT,), "resume": (OPTED_OUT, FEWER, SENT)}
# What people write around the word, so that 退订单 and 少发了一瓶水 are something else.
_BEFORE = r"(?:我要|我想|我|请|帮我|麻烦|给我|以后)*"
_AFTER = r"(?:点|一点|些|一些|了|吧|啊|呀|哦|消息|短信|推送|广告|订阅|谢谢)*"
_SPACE = re.compile(r"[\s，。！？!?,.、~～…]+")
_NARROW = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)}


def heard(situation: Situation) -> Iterable[Output]:
    """Obey what the customer typed: keep the wish, and answer it or call a person.

    While a person holds the conversation the wish is kept and nothing is said.
    """
    wanted = wish(situation)
    yield from _kept(situation, wanted)
    if situation.facts.silent:
        return
    if person_word(situation):
        persona, _ = choose(situation)
        text = render(situation, wording(situation, persona, "handover"), persona)
        yield from call_person(situation, text, persona)
    elif wanted:
        yield from speak(situation, wanted)


def listening(
    handler: Callable[[Situation], Iterable[Output]],
) -> Callable[[Situation], Iterable[Output]]:
    """Let a handler of customers' words be followed by `heard`."""

    def both(situation: Situation) -> Iterable[Output]:
        yield from handler(situation)
        yield from heard(situation)

    return both


def calling_off(finish: Finish) -> Finish:
    """Let a page that sees the whole plan be followed by the end of what waits, on an opt-out."""

    def both(situation: Situation, actions: Sequence[Action]) -> Iterable[Action]:
        yield from finish(situation, actions)
        if any(isinstance(one, Tag) and one.name == OPTED_OUT for one in actions):
            yield CallOff()

    return both


def unless_answered(
    step: Callable[[Situation, Step], Iterable[Output]],
) -> Callable[[Situation, Step], Iterable[Output]]:
    """Let a step of a rule speak only when `heard` has not answered already."""

    def guarded(situation: Situation, asked: Step) -> Iterable[Output]:
        return () if answered(situation) else step(situation, asked)

    return guarded


def answered(situation: Situation) -> bool:
    """Tell whether the customer's words are a wish, a call for a person or a group's passphrase."""
    passphrase = situation.facts.links.passphrase is not None
    return passphrase or bool(wish(situation) or person_word(situation))


def wish(situation: Situation) -> str:
    """Return the wish a message is, named by the topic that answers it; "" when it is none."""
    event = situation.event
    if not isinstance(event, TextSaid | KfSaid) or situation.facts.member is None:
        return ""
    said = _plain(event.text)
    for topic, words in _words(situation.facts.content):
        if any(_is(said, _plain(word)) for word in words):
            return topic
    return ""


def _words(content: Content) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "unsubscribe", content.unsubscribe_words
    yield "less", content.less_words
    yield "resume", content.resume_words


def _plain(text: str) -> str:
    return _SPACE.sub("", text).translate(_NARROW).casefold()


def _is(said: str, word: str) -> bool:
    return bool(word) and bool(re.fullmatch(f"{_BEFORE}{re.escape(word)}{_AFTER}", said))


def _kept(situation: Situation, wanted: str) -> Iterable[Action]:
    member = situation.facts.member
    for name in _ADDED.get(wanted, ()):
        yield Tag(name=name)
    for name in _REMOVED.get(wanted, ()):
        if member and name in member.tags:
            yield Untag(name=name)


def is_direct(event: Event) -> bool:
    """Tell whether words at this event answer what somebody just said or did to us."""
    return isinstance(event, _DIRECT) or answered_inside(event) or spoken_in_kf(event)


def withheld(situation: Situation) -> str:
    """Return why words nobody asked for may not go to this member now; "" when they may."""
    member = situation.facts.member
    if member is None:
        return ""
    if OPTED_OUT in member.tags:
        return "顾客已退订，不主动发送"
    if FEWER in member.tags and SENT in member.tags:
        return "顾客要少发，一周内已主动发过一次"
    return ""


def counted(situation: Situation) -> Iterable[Action]:
    """Remember, for a member who wants fewer messages, that this week's one goes out."""
    member = situation.facts.member
    if member and FEWER in member.tags:
        yield Tag(name=SENT, expires=situation.facts.now + FEWER_EVERY)
