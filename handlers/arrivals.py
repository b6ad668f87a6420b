"""Arrivals: somebody follows, scans, speaks, adds a member of staff, or leaves."""

from collections.abc import Iterable

from bot.actions import BindStore, MarkReach, Output, ReadProfile, Remark, Speak, Tag
from bot.events import (
    AliasKind,
    ContactAdded,
    ContactDeleted,
    Event,
    Followed,
    MenuTapped,
    Notice,
    ProfileRead,
    Scanned,
    StaffDropped,
    TextSaid,
    Unfollowed,
)
from bot.facts import Situation, Welcome
from handlers.coupons import give
from handlers.groups import way_in
from handlers.personas import choose, speak, wording
from handlers.wording import entry_code, render, store_of
from keyword_rules.rule import Step

_WORDLESS = frozenset({"tag", "untag", "notify"})
_SENT_BY_FOLLOWER = "oa.msg."


def spoke(situation: Situation) -> Iterable[Output]:
    """Remember that the follower can be answered by message for the next 48 hours.

    By a line tapped in a menu message they cannot (oa/api.md section 2).
    """
    event = situation.event
    yield from _asked(situation)
    yield from _reach(event, spoke=isinstance(event, TextSaid) and not event.menu_id)


def noticed(situation: Situation) -> Iterable[Output]:
    """Remember the same of a follower who sent a picture, a voice message or a place."""
    event = situation.event
    sent = isinstance(event, Notice) and event.kind.startswith(_SENT_BY_FOLLOWER)
    if sent and event.who and event.who.kind is AliasKind.OA_OPENID:
        yield from _asked(situation)
        yield from _reach(event, spoke=True)


def touched(situation: Situation) -> Iterable[Output]:
    """Remember that the person follows; answer a tap that no rule knows."""
    yield from _asked(situation)
    yield from _reach(situation.event)
    if isinstance(situation.event, MenuTapped) and not situation.hits:
        yield from speak(situation, "greeting")


def followed(situation: Situation) -> Iterable[Output]:
    """Bind, tag, ask who it is, and greet unless a rule does."""
    yield from _reach(situation.event)
    if isinstance(situation.event, Followed) and situation.event.who:
        yield ReadProfile(account=situation.event.account, alias=situation.event.who)
    yield from came_by(situation)
    yield from greet_unless_a_rule_does(situation)


def scanned(situation: Situation) -> Iterable[Output]:
    """Bind and tag by the entry code, and greet unless a rule does."""
    if isinstance(situation.event, Scanned):
        yield from _asked(situation)
        yield from _reach(situation.event)
    yield from came_by(situation)
    yield from greet_unless_a_rule_does(situation)


def unfollowed(situation: Situation) -> Iterable[Output]:
    """Remember that the person cannot be reached there any more."""
    if isinstance(situation.event, Unfollowed):
        yield from _reach(situation.event, on=False)


def contact_added(situation: Situation) -> Iterable[Output]:
    """Bind, tag, remark and ask who it is; welcome while the code lives."""
    event = situation.event
    if not isinstance(event, ContactAdded) or event.who is None:
        return
    yield from _reach(event, staff=event.staff)
    if not event.half:
        chosen = welcome_for(situation)
        yield ReadProfile(
            account=event.account,
            alias=event.who,
            staff=event.staff,
            remark=render(situation, chosen.remark, member_name="{member_name}") if chosen else "",
        )
    yield from came_by(situation)
    yield from greet_unless_a_rule_does(situation)


def contact_lost(situation: Situation) -> Iterable[Output]:
    """Remember that this member of staff cannot reach the customer any more."""
    event = situation.event
    if isinstance(event, ContactDeleted | StaffDropped):
        yield from _reach(event, staff=event.staff, on=False)
        yield Tag(name="已删导购" if isinstance(event, StaffDropped) else "被导购删除")


def profile_read(situation: Situation) -> Iterable[Output]:
    """Write the remark that waited for the name; linking itself happened before planning."""
    event = situation.event
    if isinstance(event, ProfileRead) and event.who and event.staff and event.remark:
        text = event.remark.replace("{member_name}", event.name or "顾客")
        yield Remark(account=event.account, staff=event.staff, member=event.who.value, text=text)


def _asked(situation: Situation) -> Iterable[Output]:
    """Ask who a follower is of whom we have not heard: they followed before we listened."""
    event, member = situation.event, situation.facts.member
    if event.who is None or event.who.kind is not AliasKind.OA_OPENID:
        return
    heard = member.reaches if member else ()
    if not any((one.account, one.address) == (event.account, event.who.value) for one in heard):
        yield ReadProfile(account=event.account, alias=event.who)


def _reach(
    event: Event, *, staff: str = "", on: bool = True, spoke: bool = False
) -> Iterable[Output]:
    if event.who is not None:
        yield MarkReach(
            account=event.account, address=event.who.value, staff=staff, on=on, spoke=spoke
        )


def came_by(situation: Situation) -> Iterable[Output]:
    """Bind the member to the store they came by, and tag store and entry code."""
    entry, store = entry_code(situation), store_of(situation)
    if store:
        yield BindStore(store=store.id)
        yield Tag(name=f"门店/{store.id}")
    if entry:
        yield Tag(name=f"来源/{entry.key}")


# --- greeting ---


def greet_unless_a_rule_does(situation: Situation) -> Iterable[Output]:
    """Yield the greeting when no rule that hit says or gives anything."""
    # A rule that only tags has not greeted anybody.
    if all(step.verb in _WORDLESS for hit in situation.hits for step in hit.do):
        yield from greet(situation)


def welcome(situation: Situation, step: Step) -> Iterable[Output]:
    """Greet by the welcome content, as a rule asks."""
    yield from greet(situation)


def greet(situation: Situation) -> Iterable[Output]:
    """Yield the greeting for this entry code, with its tags, the way into its group, its coupon."""
    chosen = welcome_for(situation)
    if chosen is None:
        yield from speak(situation, "greeting")
        return
    extras = list(_extras(situation, chosen))
    cards = [o for o in extras if isinstance(o, Speak) and o.card]
    persona, why = choose(situation, wanted=chosen.persona)
    url = next((s.card.url for s in cards if s.card), "")
    group = next((s.card.title for s in cards if s.card), "")
    text = chosen.text or wording(situation, persona, "greeting")
    yield Speak(
        text=render(situation, text, persona, join_url=url, group_name=group),
        persona=persona.name if persona else "",
        why=f"{why}；欢迎语 {chosen.id}",
    )
    for name in chosen.tags:
        yield Tag(name=name)
    yield from (_silent(o) if "{join_url" in chosen.text else o for o in extras)


def _extras(situation: Situation, chosen: Welcome) -> Iterable[Output]:
    if chosen.pool:
        yield from way_in(situation, chosen.pool)
    if chosen.campaign:
        yield from give(situation, chosen.campaign)


def _silent(output: Output) -> Output:
    # The welcome's own text holds the way in already; only its card is still to be shown.
    if isinstance(output, Speak) and output.card:
        return Speak(text="", card=output.card, truth=output.truth, persona=output.persona)
    return output


def welcome_for(situation: Situation) -> Welcome | None:
    """Return the welcome: the exact entry code's, else the longest prefix's, else the plain one."""
    event = situation.event
    key = getattr(event, "scene", "") or getattr(event, "state", "")
    fitting = [
        w
        for w in situation.facts.content.welcomes
        if w.occasion == event.occasion and _fits(w.key, key)
    ]
    return max(fitting, key=lambda w: (_closeness(w.key), len(w.key)), default=None)


def _closeness(pattern: str) -> int:
    if not pattern:
        return 0
    return 1 if pattern.endswith("*") else 2


def _fits(pattern: str, key: str) -> bool:
    if not pattern:
        return True
    return key.startswith(pattern[:-1]) if pattern.endswith("*") else key == pattern
