"""The last look at all the words of one event: honest hours, the automatic mark, what must wait."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from bot.actions import Action, MarkTold, Speak
from bot.events import Event, GroupSaid, MenuTapped, TextSaid, sent_by_follower, spoken_in_kf
from bot.facts import Persona, Situation
from handlers.consent import counted, is_direct, wish, withheld
from handlers.personas import worded
from handlers.proposals import proposed
from handlers.wording import render

TOLD_FOR = timedelta(hours=24)
_SAYS_SO = "自动回复"
_CLOSED = "现在没有同事在，{service_hours}有人。"


def voice(situation: Situation, said: Sequence[Speak]) -> tuple[Sequence[Speak], Sequence[Action]]:
    """Return the words as they go out, and what is to be remembered when they do.

    Words nobody asked for are withheld from who opted out, and wait through quiet hours; answers
    outside the persona's hours say when people are there; the first in 24 h carry the mark. What an
    employee may say in a group is a proposal. A paused persona says nothing.
    """
    said = _hushed(situation, said)
    if isinstance(situation.event, GroupSaid):
        return proposed(situation, said), ()
    if not is_direct(situation.event):
        if reason := withheld(situation):
            return [replace(words, withheld=words.withheld or reason) for words in said], ()
        words, told = marked(situation, _waiting(situation, said))
        return words, (*counted(situation), *told)
    return marked(situation, [*said, *_honest_hours(situation, said)])


def marked(situation: Situation, said: Sequence[Speak]) -> tuple[Sequence[Speak], Sequence[Action]]:
    """Show the automatic mark with the first words, unless the member saw it within 24 h.

    Words that say themselves that they are automatic need no mark and count as one.
    """
    mark, member = situation.facts.content.automatic_mark, situation.facts.member
    first = next((place for place, words in enumerate(said) if _goes_out(words)), None)
    if not mark or member is None or first is None:
        return said, ()
    if member.told_auto and situation.facts.now - member.told_auto < TOLD_FOR:
        return said, ()
    if any(sign in words.text for words in said for sign in (_SAYS_SO, mark)):
        return said, (MarkTold(),)
    words = said[first]
    # On a line of its own after a link or a code, so that it is not read as a part of it.
    gap = "\n" if words.text[-1].isascii() and words.text[-1].isalnum() else ""
    shown = replace(words, text=f"{words.text}{gap}{mark}", why=f"{words.why}；带自动回复标识")
    return [*said[:first], shown, *said[first + 1 :]], (MarkTold(),)


def _goes_out(words: Speak) -> bool:
    return bool(words.text) and not words.withheld


def _hushed(situation: Situation, said: Sequence[Speak]) -> Sequence[Speak]:
    # Only the default persona's words come here while it is paused: others have it speak.
    paused = situation.facts.paused.personas
    names = {one.name for one in situation.facts.content.personas.values() if one.id in paused}
    return [
        replace(words, withheld=f"人设{words.persona}已暂停") if words.persona in names else words
        for words in said
    ]


def _waiting(situation: Situation, said: Sequence[Speak]) -> Sequence[Speak]:
    facts = situation.facts
    ends = facts.content.quiet_hours.until(facts.local(facts.now))
    if ends is None:
        return said
    return [replace(words, why=f"{words.why}；静默时段，等到 {ends:%m-%d %H:%M}") for words in said]


def _honest_hours(situation: Situation, said: Sequence[Speak]) -> Iterator[Speak]:
    facts = situation.facts
    persona = _speaker(situation, said)
    if persona is None or not _asked(situation.event) or wish(situation):
        return
    if not persona.hours.spans or persona.hours.hold(facts.local(facts.now)):
        return
    text, variant = worded(situation, persona, "after_hours")
    yield Speak(
        text=render(situation, text or _CLOSED, persona),
        persona=persona.name,
        why=f"不在服务时间（{persona.hours.text}）",
        topic="after_hours",
        variant=variant,
    )


def _asked(event: Event) -> bool:
    said = isinstance(event, TextSaid | MenuTapped)
    return said or spoken_in_kf(event) or sent_by_follower(event)


def _speaker(situation: Situation, said: Sequence[Speak]) -> Persona | None:
    personas = situation.facts.content.personas.values()
    name = next((words.persona for words in said if _goes_out(words)), "")
    return next((persona for persona in personas if persona.name == name), None)
