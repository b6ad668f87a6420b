"""Texts that outgrow the platform once their slots are filled with the longest values there are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from keyword_rules.findings.finding import Finding, about, at_step
from keyword_rules.rule import Rule, Slot, Step, Template

LONGEST_REPLY_BYTES = 2_048  # a customer-service text and a passive reply both end here
_ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """How texts go out. `sent` names, by verb, the arguments that are sent as text.

    `room` is how many bytes a text may have, by channel; `longest` the longest value each slot
    may take; `added` the bytes that are put behind every text.
    """

    sent: Mapping[str, frozenset[str]] = field(
        default_factory=lambda: {"reply": frozenset({"text"}), "handover": frozenset({"text"})}
    )
    room: Mapping[str, int] = field(default_factory=dict)
    longest: Mapping[str, str] = field(default_factory=dict)
    added: int = 0


def replies(rule: Rule, sending: Sending) -> Iterator[Finding]:
    """Name each text of the rule that a channel it answers on would cut."""
    channel, room = _narrowest(rule, sending.room)
    for number, step in enumerate(rule.do):
        for said in _texts(step, sending.sent):
            size = len(_filled(said, sending.longest).encode()) + sending.added
            if size > room:
                where = "平台" if channel == _ANY else f"{channel} "
                message = f"{step.verb} 最长 {size} 字节，超过{where}的 {room} 字节，会被截断"
                hint = f"缩短 {size - room} 字节以上（一个汉字 3 字节）"
                found = about(rule, "too_long", message, proof=said[:20], hint=hint)
                yield at_step(found, rule, number)


def _narrowest(rule: Rule, room: Mapping[str, int]) -> tuple[str, int]:
    wanted = rule.where.channel or tuple(room)
    known = {channel: room[channel] for channel in wanted if channel in room}
    if not known:
        return _ANY, LONGEST_REPLY_BYTES
    narrowest = min(known, key=lambda channel: known[channel])
    return (narrowest if rule.where.channel else _ANY), known[narrowest]


def _texts(step: Step, sent: Mapping[str, frozenset[str]]) -> Iterator[str]:
    names = sent.get(step.verb, frozenset())
    return (v for name, v in step.args.items() if name in names and isinstance(v, str))


def _filled(text: str, longest: Mapping[str, str]) -> str:
    """Fill each slot with its longest value, or with its default where that is longer."""
    parts = Template.parse(text).parts
    return "".join(part if isinstance(part, str) else _value(part, longest) for part in parts)


def _value(slot: Slot, longest: Mapping[str, str]) -> str:
    return max(longest.get(slot.name, ""), slot.default, key=lambda text: len(text.encode()))
