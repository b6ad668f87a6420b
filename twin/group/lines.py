"""Say something in a customer group: into its transcript and onto the phones of those in it."""

from twin.group.seats import Group
from twin.group.transcripts import Said
from twin.stage import Stage


def speak(stage: Stage, group: Group, said: Said) -> list[str]:
    """Let `said.who` say it; return the ids of the others in the group, who all see it."""
    stage.transcripts.add(group.chat_id, said)
    others = [one.userid for one in group.seats if one.left is None and one.userid != said.who]
    for one in others:
        if phone := _named(stage, one):
            stage.show(phone, said.seen(group.chat_id, "group"))
    return others


def _named(stage: Stage, userid: str) -> str:
    """Return who has a phone worth looking at: employees and the customers of the world file."""
    if stage.world.employee(userid):
        return userid
    person = stage.crowd.by_external(userid)
    return person.name if person and person.name in stage.world.customers else ""
