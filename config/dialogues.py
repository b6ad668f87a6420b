"""Reads the sample dialogues of a persona."""

import re
from collections.abc import Iterator

from config.fields import Fields
from config.nouns import Content, Dialogue, Expect, Given
from config.problems import Problem, nearest

CHANNELS = ("oa", "kf")  # where a persona answers alone
STAGES = ("visitor", "registered", "first_order", "taster", "advocate")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def dialogues(fields: Fields) -> tuple[Dialogue, ...]:
    """Read the field `dialogues`; whether they come out as written is not looked at here."""
    return tuple(_dialogue(one) for one in fields.nested("dialogues"))


def unknown_topics(content: Content) -> Iterator[Problem]:
    """Yield a problem for each dialogue that expects a topic no persona has words for."""
    known = {topic for persona in content.personas.values() for topic in persona.replies}
    for persona in content.personas.values():
        for dialogue in persona.dialogues:
            topic = dialogue.expect.topic
            if topic and topic not in known:
                message = f"expect.topic: 没有这个话题：“{topic}”"
                yield dialogue.at.problem(message, hint=nearest(topic, known))


def _dialogue(fields: Fields) -> Dialogue:
    read = Dialogue(
        name=fields.text("name", required=True),
        says=fields.texts("says"),
        at=fields.at,
        given=_given(fields.inside("given")),
        expect=_expect(fields.inside("expect")),
    )
    if not read.says:
        fields.refuse("says", "顾客至少要说一句话")
    if read.expect == Expect():
        fields.refuse("expect", "要写明期望什么，否则什么也没有检查")
    fields.finish()
    return read


def _given(fields: Fields | None) -> Given:
    if fields is None:
        return Given()
    usual = Given()
    read = Given(
        stage=_one_of(fields, "stage", STAGES) or usual.stage,
        store=fields.ref("store", "门店"),
        hour=_hour(fields, usual.hour),
        channel=_one_of(fields, "channel", CHANNELS) or usual.channel,
        tags=fields.texts("tags"),
        held=fields.flag("held"),
    )
    if read.held and read.channel != "kf":
        fields.refuse("held", "只有 channel: kf 才有真人接待")
    fields.finish()
    return read


def _one_of(fields: Fields, name: str, allowed: tuple[str, ...]) -> str:
    return fields.choice(name, allowed) if fields.has(name) else fields.text(name)


def _hour(fields: Fields, default: str) -> str:
    hour = fields.text("hour", default)
    if hour and not _TIME.fullmatch(hour):
        fields.refuse("hour", f"“{hour}” 不是一天里的时刻，应如 23:30")
        return default
    return hour or default


def _expect(fields: Fields | None) -> Expect:
    if fields is None:
        return Expect()
    read = Expect(
        persona=fields.ref("persona", "人设"),
        topic=fields.text("topic"),
        rule=fields.text("rule"),
        contains=fields.texts("contains"),
        not_contains=fields.texts("not_contains"),
        handover=_wanted(fields, "handover"),
        mark=_wanted(fields, "mark"),
        silent=_wanted(fields, "silent"),
    )
    fields.finish()
    return read


def _wanted(fields: Fields, name: str) -> bool | None:
    given = fields.has(name)
    flag = fields.flag(name)
    return flag if given else None
