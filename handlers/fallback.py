"""When no rule knows what a customer said: say what can be asked; after two misses, a person."""

from collections.abc import Iterable

from bot.actions import Gap, Output
from bot.events import KfSaid, TextSaid
from bot.facts import Situation
from handlers.consent import answered
from handlers.personas import call_person, choose, speak, wording
from handlers.wording import render

_UNSUPPORTED = "【收到不支持的消息类型"  # what the platform writes for a sticker it cannot carry


def unknown(situation: Situation) -> Iterable[Output]:
    """Yield the stated fallback for a message no rule hit, and keep the phrase as a gap."""
    event, member = situation.event, situation.facts.member
    if not isinstance(event, TextSaid | KfSaid) or member is None or answered(situation):
        return
    if not event.text.startswith(_UNSUPPORTED):
        yield Gap(text=event.text)
    if member.misses % 2 == 1:  # every second miss in a row, so that nobody is called at each
        persona, _ = choose(situation)
        text = wording(situation, persona, "fallback_twice")
        yield from call_person(situation, render(situation, text, persona), persona)
        return
    yield from speak(situation, "fallback")
