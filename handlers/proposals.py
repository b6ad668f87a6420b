"""What customers say in a group: nobody but the owner may answer there, so words are proposed.

What is personal never goes into a group: benefits, ways in and people on duty are one tap away, in
customer service.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from bot.actions import Gap, MarkProposal, Output, Speak, Truth, UpdateCard, Warn
from bot.actions.staff import SENT, SKIP
from bot.events import CardSent, CardTapped, Event, GroupSaid, ProposalSaid
from bot.facts import Proposed, Situation
from handlers.consent import withheld
from handlers.personas import choose, speak
from keyword_rules.rule import Step

HINTS = {
    "group_hint": "领券、进群的事点群欢迎语里的客服，一对一给您办",
    "group_hint_person": "这件事点群欢迎语里的客服说一声，真人一对一帮您处理",
}
_STATES = {SENT: "sent", SKIP: "skipped"}
_DONE = {"sent": "已发送 ✓", "skipped": "已跳过"}


def heard(situation: Situation) -> Iterable[Output]:
    """Keep a phrase that no rule knows. It is answered by nobody: a group is not to be flooded."""
    event, facts = situation.event, situation.facts
    unknown = isinstance(event, GroupSaid) and not situation.hits and not facts.silent
    if unknown and facts.member and isinstance(event, GroupSaid):
        yield Gap(text=event.text)


def in_private(
    step: Callable[[Situation, Step], Iterable[Output]],
) -> Callable[[Situation, Step], Iterable[Output]]:
    """Let a step that is one member's own business show the way to customer service in a group."""

    def guarded(situation: Situation, asked: Step) -> Iterable[Output]:
        if not isinstance(situation.event, GroupSaid):
            return step(situation, asked)
        return _hint(situation, "group_hint_person" if asked.verb == "handover" else "group_hint")

    return guarded


def _hint(situation: Situation, topic: str) -> Iterable[Output]:
    said = list(speak(situation, topic))
    if not said:
        persona, why = choose(situation)
        name = persona.name if persona else ""
        said = [Speak(text=HINTS[topic], persona=name, why=why, topic=topic)]
    return said


def proposed(situation: Situation, said: Sequence[Speak]) -> Sequence[Speak]:
    """Return words as an employee may send them, withheld while another proposal waits.

    They carry no automatic mark: a person says them, or does not.
    """
    reason = withheld(situation)
    if situation.facts.drafts.waits:
        reason = "10 分钟内已给群主提过一条，还没有处理"
    return [
        replace(words, truth=Truth.EMPLOYEE, withheld=words.withheld or reason) for words in said
    ]


# --- what became of a proposal ---


def card_sent(situation: Situation) -> Iterable[Output]:
    """Keep the code that allows one update of the card; use it when the words were said before."""
    event, proposal = situation.event, situation.facts.drafts.proposal
    if not isinstance(event, CardSent) or proposal is None:
        return
    yield MarkProposal(task=event.task, response_code=event.response_code)
    if proposal.state in _DONE:
        yield _update(event, proposal, event.response_code, proposal.state)


def card_tapped(situation: Situation) -> Iterable[Output]:
    """Record what the owner says they did, once; a tap by anybody else changes nothing."""
    event, proposal = situation.event, situation.facts.drafts.proposal
    if not isinstance(event, CardTapped):
        return
    if proposal is None:
        yield Warn(
            name=f"card-unknown:{event.task}",
            text=f"员工 {event.staff} 点了一张账上没有的卡片（{event.task}），没有改动任何东西",
        )
        return
    if event.staff == proposal.staff and event.key in _STATES:
        yield from _settled(event, proposal, _STATES[event.key], event.response_code)


def said_it(situation: Situation) -> Iterable[Output]:
    """Take the owner's own words in the group for the tap they did not make."""
    event, proposal = situation.event, situation.facts.drafts.proposal
    if isinstance(event, ProposalSaid) and proposal and event.staff == proposal.staff:
        yield from _settled(event, proposal, "sent", "")


def _settled(event: Event, proposal: Proposed, state: str, code: str) -> Iterable[Output]:
    if proposal.state != "open":
        return
    yield MarkProposal(task=proposal.task, state=state, by=proposal.staff)
    if code or proposal.response_code:
        yield _update(event, proposal, code or proposal.response_code, state)


def _update(event: Event, proposal: Proposed, code: str, state: str) -> UpdateCard:
    return UpdateCard(
        account=event.account,
        staff=proposal.staff,
        task=proposal.task,
        response_code=code,
        text=_DONE[state],
    )
