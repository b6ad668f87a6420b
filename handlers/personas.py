"""Which persona speaks, in which words, and when a person must.

The order of choice is deterministic and kept in the trace: a wish for a person goes to a person; a
store question of somebody bound to a store to the store's persona; after the first order the
members' persona; else the default one.
"""

from collections.abc import Iterable

from bot.actions import MarkTalk, Output, Speak, Tag, TransKf, Truth, Warn
from bot.events import KfSaid
from bot.facts import Content, Persona, Situation
from handlers.wording import render, store_of
from keyword_rules.rule import Step

STORE_TOPICS = frozenset({"hours", "address", "phone", "parking", "pickup", "stock", "delivery"})
_POOL = 2  # the service state of waiting for a person: wecom/kf.md section 3
BUYERS = frozenset({"first_order", "taster", "advocate"})


def choose(situation: Situation, topic: str = "", wanted: str = "") -> tuple[Persona | None, str]:
    """Return the persona that speaks and why it was chosen; None when the content has none."""
    content, member = situation.facts.content, situation.facts.member
    store = store_of(situation)
    if wanted in content.personas:
        return content.personas[wanted], "规则指定"
    if store and topic in STORE_TOPICS:
        named = store.persona or content.store_persona
        if named in content.personas:
            return content.personas[named], f"问的是门店，顾客属于 {store.id}"
    if member and member.stage in BUYERS and content.member_persona in content.personas:
        return content.personas[content.member_persona], "已有首单"
    return content.personas.get(content.default_persona), "默认人设"


def wording(situation: Situation, persona: Persona | None, topic: str) -> str:
    """Return one of the persona's variants for a topic by the event's dice, else the default's."""
    content = situation.facts.content
    for speaker in (persona, content.personas.get(content.default_persona)):
        variants = speaker.replies.get(topic, ()) if speaker else ()
        if variants:
            return variants[_roll(situation, len(variants))]
    return ""


def _roll(situation: Situation, sides: int) -> int:
    return int(situation.facts.dice[:8] or "0", 16) % sides


def speak(situation: Situation, topic_name: str, wanted: str = "", **slots: str) -> Iterable[Speak]:
    """Yield the words for a topic in the voice that is due; nothing when no persona has any."""
    persona, why = choose(situation, topic_name, wanted)
    text = wording(situation, persona, topic_name)
    if text:
        yield Speak(
            text=render(situation, text, persona, **slots),
            persona=persona.name if persona else "",
            why=why,
        )


def reply(situation: Situation, step: Step) -> Iterable[Output]:
    """Say what the rule says, in the voice it names or the one that is due."""
    persona, why = choose(situation, wanted=str(step.args.get("persona", "")))
    yield Speak(
        text=render(situation, str(step.args["text"]), persona),
        persona=persona.name if persona else "",
        why=why,
    )


def topic(situation: Situation, step: Step) -> Iterable[Output]:
    """Answer a topic with a variant of the persona that is due; else with the fallback."""
    wanted = str(step.args.get("persona", ""))
    said = list(speak(situation, str(step.args["name"]), wanted))
    yield from said or speak(situation, "fallback", wanted)


def handover(situation: Situation, step: Step) -> Iterable[Output]:
    """Call a person: the customer is told so, operators see it, the member is tagged."""
    persona, _ = choose(situation)
    text = str(step.args.get("text", "")) or wording(situation, persona, "handover")
    yield from call_person(situation, render(situation, text, persona), persona)


def call_person(situation: Situation, text: str, persona: Persona | None) -> Iterable[Output]:
    """Yield what calling a person takes: words, a tag, and a notice for operators."""
    if text:
        yield Speak(
            text=text,
            persona=persona.name if persona else "",
            why="顾客要真人",
            truth=Truth.EMPLOYEE,
        )
    yield Tag(name="待人工")
    yield from _to_the_pool(situation)
    member = situation.facts.member
    if member:
        yield Warn(
            name=f"person-wanted:{member.id}:{situation.facts.now:%Y-%m-%d}",
            text=f"顾客 {member.id} 要找真人，请尽快跟进（来龙去脉：run.py why {member.id}）",
        )


def _to_the_pool(situation: Situation) -> Iterable[Output]:
    """In customer service, put the conversation into the pool that people on duty take from."""
    event = situation.event
    if isinstance(event, KfSaid) and event.who is not None:
        member = event.who.value
        yield TransKf(account=event.account, kf=event.kf, member=member, state=_POOL)
        yield MarkTalk(kf=event.kf, member=member, state="pool")


def wants_person(content: Content, text: str) -> bool:
    """Tell whether a message asks for a person by one of the operator's words."""
    return any(word and word in text for word in content.person_words)
