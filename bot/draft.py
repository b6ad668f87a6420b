"""Words for a customer group: nobody may send them but its owner, so they become a proposal."""

import re

from bot.actions import Action, Button, Propose, SendApp, SendCard, Warn
from bot.actions.staff import SENT, SKIP
from bot.events import GroupSaid
from bot.facts import Facts, GroupFacts, Situation

BUTTONS = (Button(key=SENT, text="已发送"), Button(key=SKIP, text="不用发"))
_TAIL = 4  # of the member's id: enough to tell two customers apart, and nothing else
_CARD_CHARS = 112  # wecom/apps-and-bots.md section 4.5
_GROUP_CHARS = 9
_ASKED_CHARS = 8
_EVERYBODY = re.compile(
    r"(?<![\w.-])[@＠]\s*(?:all(?![a-z0-9_.-])|所有人|全体成员)", re.ASCII | re.IGNORECASE
)


def draft(situation: Situation, text: str, rule: str) -> tuple[Action, ...]:
    """Return what lets the owner of the group say `text` there, or tells that nobody can.

    The card names the customer by the tail of their id alone. Words longer than a card follow as a
    message of their own, whole. Nothing that calls everybody in the group stays in them.
    """
    event, facts = situation.event, situation.facts
    group, member = facts.group, facts.member
    if not isinstance(event, GroupSaid) or group is None or member is None:
        return ()
    words = _EVERYBODY.sub("", text).strip()
    if not words:
        return ()
    if not group.owner:
        return (_nobody(group, facts),)
    task, who = f"p-{facts.ticket}", f"顾客{member.id[-_TAIL:]}"
    kept = Propose(task=task, chat=event.chat, staff=group.owner, text=words, rule=rule)
    card = SendCard(
        account=event.account,
        staff=group.owner,
        task=task,
        title=f"{_clip(group.group.name, _GROUP_CHARS)} {who}：{_clip(event.text, _ASKED_CHARS)}",
        text=words,
        buttons=BUTTONS,
        rule=rule,
    )
    if len(words) <= _CARD_CHARS:
        return (kept, card)
    whole = SendApp(
        account=event.account,
        staff=group.owner,
        text=words,
        name=f"draft:{task}",
        rule=rule,
    )
    return (kept, whole, card)


def _nobody(group: GroupFacts, facts: Facts) -> Warn:
    return Warn(
        name=f"group-owner:{group.group.chat}:{facts.local(facts.now):%Y-%m-%d}",
        text=f"「{group.group.name}」里有顾客提问，但不知道群主是谁，没有人能代为回复",
    )


def _clip(text: str, limit: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[: limit - 1]}…"
