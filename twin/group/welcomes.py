"""Greet who joins a customer group with the template that its owner picked."""

from twin.group.seats import Group
from twin.group.transcripts import Said
from twin.people import Person
from twin.stage import Stage

NICKNAME = "%NICKNAME%"


def greet(stage: Stage, group: Group, people: list[Person]) -> None:
    """Show the welcome of the group, if its owner picked one, to those who just joined.

    At most once in `group_welcome_interval_s`; whoever joins in between is not greeted later.
    """
    template = stage.templates.by_id.get(group.welcome)
    now, apart = stage.now(), stage.settings.group_welcome_interval_s
    if template is None or (group.greeted is not None and now - group.greeted < apart):
        return
    group.greeted = now
    names = "、".join(one.name for one in people)
    owner = stage.world.employee(group.owner)
    said = Said(
        at=now,
        who=group.owner,
        name=owner.name if owner else group.owner,
        text=template.text.replace(NICKNAME, names),
        via="group_welcome",
        attachments=(template.attachment,) if template.attachment else (),
    )
    stage.transcripts.add(group.chat_id, said)
    for person in people:
        stage.show(person.name, said.seen(group.chat_id, "group"))
