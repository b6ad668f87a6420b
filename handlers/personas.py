"""Which persona speaks, in which words, and when a person must.

The order of choice is deterministic and kept in the trace: a wish for a person goes to a person;
while a person serves nobody else speaks; a store question of somebody bound to a store goes to the
store's persona; after the first order the members' persona speaks; else the default one. Outside
its hours the same persona goes on, and says when people are there.
"""

from collections.abc import Iterable

from bot.actions import Attachment, Choice, MarkTalk, Output, Speak, Tag, TransKf, Truth, Warn
from bot.events import KfSaid, TextSaid, spoken_in_kf
from bot.facts import Persona, Situation
from handlers.wording import render, store_of
from keyword_rules.rule import Hit, Step

STORE_TOPICS = frozenset({"hours", "address", "phone", "parking", "pickup", "stock", "delivery"})
_POOL = 2  # the service state of waiting for a person: wecom/kf.md section 3
WORDLESS = frozenset({"tag", "untag", "notify"})  # steps after which nothing was said yet
BUYERS = frozenset({"first_order", "taster", "advocate"})


def choose(situation: Situation, topic: str = "", wanted: str = "") -> tuple[Persona | None, str]:
    """Return the persona that speaks and why it was chosen; None when the content has none.

    For one that is paused the default persona speaks; what that would say while it is paused itself
    is withheld by the voice.
    """
    persona, why = _due(situation, topic, wanted)
    content, paused = situation.facts.content, situation.facts.paused.personas
    if persona is None or persona.id not in paused or persona.id == content.default_persona:
        return persona, why
    return content.personas.get(
        content.default_persona
    ), f"{why}；{persona.name}已暂停，由默认人设说"


def _due(situation: Situation, topic: str, wanted: str) -> tuple[Persona | None, str]:
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
    return worded(situation, persona, topic)[0]


def worded(situation: Situation, persona: Persona | None, topic: str) -> tuple[str, int]:
    """Return what `wording` returns and which variant it is, from 1; 0 when there is none.

    From a default persona that is paused nobody borrows words.
    """
    content, paused = situation.facts.content, situation.facts.paused.personas
    lender = None if content.default_persona in paused else content.default_persona
    for speaker in (persona, content.personas.get(lender or "")):
        variants = speaker.replies.get(topic, ()) if speaker else ()
        if variants:
            chosen = _roll(situation, len(variants))
            return variants[chosen], chosen + 1
    return "", 0


def _roll(situation: Situation, sides: int) -> int:
    return int(situation.facts.dice[:8] or "0", 16) % sides


def speak(situation: Situation, topic_name: str, wanted: str = "", **slots: str) -> Iterable[Speak]:
    """Yield the words for a topic in the voice that is due; nothing when no persona has any."""
    persona, why = choose(situation, topic_name, wanted)
    text, variant = worded(situation, persona, topic_name)
    if text:
        yield Speak(
            text=render(situation, text, persona, **slots),
            persona=persona.name if persona else "",
            why=why,
            topic=topic_name,
            variant=variant,
        )


def reply(situation: Situation, step: Step) -> Iterable[Output]:
    """Say what the rule says, in the voice it names or the one that is due, with what it adds."""
    persona, why = choose(situation, wanted=str(step.args.get("persona", "")))
    yield Speak(
        text=render(situation, str(step.args["text"]), persona),
        persona=persona.name if persona else "",
        why=why,
        menu=_menu(step),
        link=_link(step),
        image=str(step.args.get("image", "")),
    )


def _menu(step: Step) -> tuple[Choice, ...]:
    lines = step.args.get("menu", ())
    written = lines if isinstance(lines, tuple) else (str(lines),)
    return tuple(Choice(id=f"m{number}", content=line) for number, line in enumerate(written, 1))


def _link(step: Step) -> Attachment | None:
    url = str(step.args.get("link", ""))
    return Attachment(title=str(step.args.get("link_title", "")), url=url) if url else None


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
            topic="handover",
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
    if spoken_in_kf(event) and event.who is not None:
        member = event.who.value
        yield TransKf(account=event.account, kf=event.kf, member=member, state=_POOL)
        yield MarkTalk(kf=event.kf, member=member, state="pool")


def person_word(situation: Situation) -> str:
    """Return the word by which a customer asks for a person or complains; "" when none does.

    A rule that hands over itself, or whose own words hold that word, such as 人工智能 for 人工,
    knows better and keeps the message.
    """
    event = situation.event
    if not isinstance(event, TextSaid | KfSaid) or situation.facts.member is None:
        return ""
    words = situation.facts.content.person_words
    found = next((word for word in words if word and word in event.text), "")
    return "" if any(_knows_better(hit, found) for hit in situation.hits) else found


def _knows_better(hit: Hit, word: str) -> bool:
    verbs = {step.verb for step in hit.do}
    if "handover" in verbs:
        return True
    return bool(verbs - WORDLESS) and any(word in phrase for phrase in hit.words)
