"""event + facts + hits → actions: pure, so that running it again gives the same plan.

What a shop does about things is handed in as a `Playbook`; this module knows the order in which
its pages are read, and by which effect words reach a customer.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.actions import (
    Action,
    MarkTalk,
    Output,
    Reply,
    Send,
    SendKf,
    Speak,
    TransKf,
    Verdict,
    WelcomeContact,
    WelcomeKf,
)
from bot.events import ContactAdded, Event, KfEntered, KfSaid, TextSaid
from bot.facts import Content, Facts, Reach, Situation, Talk
from keyword_rules.rule import Hit, Step, Verb

EventHandler = Callable[[Situation], Iterable[Output]]
StepHandler = Callable[[Situation, Step], Iterable[Output]]

KF_MESSAGES = 5  # wecom/kf.md section 5: after the customer's last words
_OURS = 1  # the highest service state in which we may speak (wecom/kf.md section 3)
SPEAKING_WINDOW = timedelta(hours=48)  # oa/api.md section 2: after the customer's last message

VERBS: Mapping[str, Verb] = {
    "reply": Verb(
        args={"text": "template", "persona": "ref:persona"},
        required=frozenset({"text"}),
        shorthand="text",
    ),
    "topic": Verb(
        args={"name": "text", "persona": "ref:persona"},
        required=frozenset({"name"}),
        shorthand="name",
    ),
    "grant": Verb(args={"campaign": "ref:campaign"}, required=frozenset({"campaign"})),
    "invite": Verb(args={"pool": "ref:pool"}, required=frozenset({"pool"})),
    "tag": Verb(args={"names": "texts"}, required=frozenset({"names"}), shorthand="names"),
    "untag": Verb(args={"names": "texts"}, required=frozenset({"names"}), shorthand="names"),
    "handover": Verb(args={"text": "template"}, shorthand="text"),
    "welcome": Verb(),
}
SLOTS = frozenset({
    "store_name", "store_address", "store_hours", "store_phone", "persona_name", "member_name",
    "campaign_name", "code", "terms", "expires", "group_name", "join_url",
})  # fmt: skip
OCCASIONS = frozenset({
    "text", "menu", "follow", "scan", "unfollow", "contact", "contact_deleted", "staff_dropped",
    "group_joined", "group_left", "enter",
})  # fmt: skip
CHANNELS = frozenset({"oa", "wecom", "kf", "group"})
STAGES = frozenset({"visitor", "registered", "first_order", "taster", "advocate"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """What a shop does: for each kind of event, for each verb of a rule, and when no rule knows.

    `finish` sees the whole plan and adds what follows from it, such as labels following tags.
    """

    events: Mapping[type[Event], EventHandler]
    steps: Mapping[str, StepHandler]
    unknown: EventHandler
    finish: Callable[[Situation, Sequence[Action]], Iterable[Action]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one event leads to."""

    actions: tuple[Action, ...] = ()
    said: tuple[Speak, ...] = ()
    verdict: Verdict | None = None
    unreachable: bool = False  # there was something to say and no way to say it


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Which campaigns and pools the facts must cover."""

    campaigns: frozenset[str] = frozenset()
    pools: frozenset[str] = frozenset()


def needs(event: Event, hits: Sequence[Hit], content: Content, pool_of_chat: str) -> Needs:
    """Return which campaigns and pools a plan for this event may look at; more than it will."""
    steps = [step.args for hit in hits for step in hit.do]
    welcomes = [w for w in content.welcomes if w.occasion == event.occasion]
    pools = {str(a["pool"]) for a in steps if "pool" in a} | {w.pool for w in welcomes}
    pools = {p for p in pools | {pool_of_chat} if p in content.pools}
    campaigns = {str(a["campaign"]) for a in steps if "campaign" in a}
    campaigns |= {w.campaign for w in welcomes} | {content.pools[p].benefit for p in pools}
    return Needs(
        campaigns=frozenset(c for c in campaigns if c in content.campaigns),
        pools=frozenset(pools),
    )


def plan(situation: Situation, playbook: Playbook) -> Plan:
    """Return everything one event leads to. Pure: equal arguments give equal plans."""
    outputs = list(_outputs(situation, playbook))
    said = _once(o for o in outputs if isinstance(o, Speak))
    actions = [o for o in outputs if isinstance(o, Action)]
    actions += playbook.finish(situation, actions)
    carried = carry(situation, said) if said else ()
    verdicts = [o for o in outputs if isinstance(o, Verdict)]
    return Plan(
        actions=_distinct(_parting_last((*actions, *carried))),
        said=said,
        verdict=verdicts[0] if verdicts else None,
        unreachable=bool(said) and not carried,
    )


def _outputs(situation: Situation, playbook: Playbook) -> Iterable[Output]:
    handler = playbook.events.get(type(situation.event))
    if handler:
        yield from handler(situation)
    if situation.facts.silent:
        return
    for hit in situation.hits:
        for step in hit.do:
            for output in playbook.steps[step.verb](situation, step):
                yield output if isinstance(output, Verdict) else replace(output, rule=hit.rule)
    if isinstance(situation.event, TextSaid | KfSaid) and not situation.hits:
        yield from playbook.unknown(situation)


def _once(said: Iterable[Speak]) -> tuple[Speak, ...]:
    # Two rules may give the same coupon or greeting; the customer reads it once.
    seen: dict[tuple[str, str], Speak] = {}
    for words in said:
        seen.setdefault((words.text, words.card.url if words.card else ""), words)
    return tuple(seen.values())


def _parting_last(actions: Sequence[Action]) -> Sequence[Action]:
    # Once a person holds a conversation we may say nothing in it (wecom/kf.md section 3).
    return sorted(actions, key=lambda a: isinstance(a, TransKf) and a.state > _OURS)


def _distinct(actions: Sequence[Action]) -> tuple[Action, ...]:
    # Two rules may ask for the same tag or the same way in; the first one's wording stands.
    seen: dict[str, Action] = {}
    for action in actions:
        seen.setdefault(f"{action.kind}:{action.key()}", action)
    return tuple(seen.values())


def carry(situation: Situation, said: Sequence[Speak]) -> tuple[Action, ...]:
    """Return the effect by which words reach this event's customer; none when there is no way.

    An Official Account is answered in the response; a new contact by the welcome, once, within
    20 s; anybody else by message while the window after their last words is open.
    """
    event, facts = situation.event, situation.facts
    text = "\n\n".join(s.text for s in said if s.text)
    rule = next((s.rule for s in said if s.rule), "")
    if isinstance(event, ContactAdded):
        return _welcome(event, facts, text, said, rule)
    if not text:
        return ()
    if isinstance(event, KfEntered):
        return _welcome_kf(event, facts, text, rule)
    if event.who is not None and facts.answers_inside:
        return (Reply(account=event.account, openid=event.who.value, text=text, rule=rule),)
    if event.who is not None and isinstance(event, KfSaid):
        return _send_kf(event.account, event.kf, event.who.value, text, rule)
    return _by_open_window(facts, text, rule)


def _by_open_window(facts: Facts, text: str, rule: str) -> tuple[Action, ...]:
    if reach := _open_window(facts):
        return (Send(account=reach.account, openid=reach.address, text=text, rule=rule),)
    if talk := _open_talk(facts):
        return _send_kf(talk.account, talk.kf, talk.member, text, rule)
    return ()


def _welcome_kf(event: KfEntered, facts: Facts, text: str, rule: str) -> tuple[Action, ...]:
    # Without a code the customer was welcomed before, and may not be written to until they speak.
    if not event.welcome_code:
        return ()
    return (
        WelcomeKf(
            account=event.account,
            code=event.welcome_code,
            text=text,
            deadline=facts.welcome_until,
            rule=rule,
        ),
    )


def _send_kf(account: str, kf: str, member: str, text: str, rule: str) -> tuple[Action, ...]:
    return (
        SendKf(account=account, kf=kf, member=member, text=text, rule=rule),
        MarkTalk(kf=kf, member=member, sent=1, rule=rule),
    )


def _open_talk(facts: Facts) -> Talk | None:
    for talk in facts.member.talks if facts.member else ():
        open_still = talk.spoke is not None and facts.now - talk.spoke < SPEAKING_WINDOW
        ours = talk.state not in ("pool", "human", "ended")
        # The last of the five is kept for receipts and for calling a person.
        if ours and open_still and talk.sent < KF_MESSAGES - 1:
            return talk
    return None


def _welcome(
    event: ContactAdded, facts: Facts, text: str, said: Sequence[Speak], rule: str
) -> tuple[Action, ...]:
    if not event.welcome_code:
        return ()
    return (
        WelcomeContact(
            account=event.account,
            code=event.welcome_code,
            text=text,
            attachments=tuple(s.card for s in said if s.card),
            deadline=facts.welcome_until,
            rule=rule,
        ),
    )


def _open_window(facts: Facts) -> Reach | None:
    if facts.member is None:
        return None
    for reach in facts.member.reaches:
        open_still = reach.spoke is not None and facts.now - reach.spoke < SPEAKING_WINDOW
        if reach.channel == "oa" and reach.on and open_still:
            return reach
    return None
