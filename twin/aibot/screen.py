"""Put an aibot's answer where employees see it: their phone, or everybody's in the group."""

from twin.aibot.room import Talk
from twin.group.transcripts import Said
from twin.people import Seen
from twin.stage import Stage


def answer_seen(
    stage: Stage, talk: Talk, said: Said, happening: str = ""
) -> list[tuple[str, Seen]]:
    """Return who sees this answer, and add it to the transcript of the group it is said in."""
    seen = said.seen(talk.chat_id, "aibot", happening)
    if not talk.chat_id:
        return [(talk.userid, seen)]
    stage.transcripts.add(talk.chat_id, said)
    found = stage.world.internal_group(talk.chat_id)
    members = found[1].members if found else (talk.userid,)
    return [(one, seen) for one in members]
