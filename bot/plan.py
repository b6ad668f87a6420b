"""event + facts + hits → actions: pure, so that running it again gives the same plan.

What a shop does about things is handed in as a `Playbook`; this module knows the order in which
its pages are read; `bot.carry` knows by which effect words reach somebody.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.actions import (
    Action,
    Output,
    Speak,
    TransKf,
    Verdict,
)
from bot.carry import carry
from bot.events import SENT, Event, KfSaid, TextSaid
from bot.facts import Content, Situation
from keyword_rules.rule import Hit, Step, Verb

EventHandler = Callable[[Situation], Iterable[Output]]
StepHandler = Callable[[Situation, Step], Iterable[Output]]
Voice = Callable[[Situation, Sequence[Speak]], tuple[Sequence[Speak], Sequence[Action]]]

_OURS = 1  # the highest service state in which we may speak (wecom/kf.md section 3)

VERBS: Mapping[str, Verb] = {
    "reply": Verb(
        args={
            "text": "template",
            "persona": "ref:persona",
            "menu": "texts",
            "link": "text",
            "link_title": "text",
            "image": "text",
        },
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
    "tag": Verb(args={"names": "tags"}, required=frozenset({"names"}), shorthand="names"),
    "untag": Verb(args={"names": "tags"}, required=frozenset({"names"}), shorthand="names"),
    "handover": Verb(args={"text": "template"}, shorthand="text"),
    "welcome": Verb(),
    "coupons": Verb(),
    "notify": Verb(
        args={"notice": "ref:notice", "campaign": "ref:campaign"},
        required=frozenset({"notice"}),
        shorthand="notice",
    ),
}
SLOTS = frozenset({
    "store_name", "store_address", "store_hours", "store_phone", "persona_name", "member_name",
    "campaign_name", "code", "terms", "expires", "group_name", "join_url", "service_hours",
    "coupon_url", "kf_link", "passphrase",
})  # fmt: skip
OCCASIONS = frozenset({
    "text", "menu", "follow", "scan", "unfollow", "contact", "contact_deleted", "staff_dropped",
    "group_joined", "group_left", "enter", "coupon_opened", "order", *SENT,
})  # fmt: skip
CHANNELS = frozenset({"oa", "wecom", "kf", "group", "app", "aibot"})
STAGES = frozenset({"visitor", "registered", "first_order", "taster", "advocate"})


def as_said(
    _situation: Situation, said: Sequence[Speak]
) -> tuple[Sequence[Speak], Sequence[Action]]:
    """Leave words as they are; the voice of a shop that has nothing to add."""
    return said, ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Playbook:
    """What a shop does: for each kind of event, for each verb of a rule, and when no rule knows.

    `finish` sees the whole plan and adds what follows from it, such as labels following tags.
    `voice` sees all the words before they are carried: it may change, add to, or withhold them;
    its actions count when words go out.
    """

    events: Mapping[type[Event], EventHandler]
    steps: Mapping[str, StepHandler]
    unknown: EventHandler
    finish: Callable[[Situation, Sequence[Action]], Iterable[Action]]
    voice: Voice = as_said


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
    if any(step.verb == "coupons" for hit in hits for step in hit.do):
        campaigns |= content.campaigns.keys()
    campaigns |= {w.campaign for w in welcomes} | {content.pools[p].benefit for p in pools}
    return Needs(
        campaigns=frozenset(c for c in campaigns if c in content.campaigns),
        pools=frozenset(pools),
    )


def plan(situation: Situation, playbook: Playbook) -> Plan:
    """Return everything one event leads to. Pure: equal arguments give equal plans."""
    outputs = list(_outputs(situation, playbook))
    meant = _once(o for o in outputs if isinstance(o, Speak))
    actions = [o for o in outputs if isinstance(o, Action)]
    actions += playbook.finish(situation, actions)
    said, told = playbook.voice(situation, meant) if meant else (meant, ())
    said, carried = carry(situation, said)
    verdicts = [o for o in outputs if isinstance(o, Verdict)]
    return Plan(
        actions=_distinct(_parting_last((*actions, *(told if carried else ()), *carried))),
        said=tuple(said),
        verdict=verdicts[0] if verdicts else None,
        unreachable=not carried and any(not words.withheld for words in said),
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
