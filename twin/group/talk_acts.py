"""What is said in customer groups, and the welcome an owner picks for one."""

from collections.abc import Callable, Mapping

from twin.acts import NotPossible, Outcome, actor, employee
from twin.group.archive_push import push_archive
from twin.group.lines import speak
from twin.group.seats import Group
from twin.group.transcripts import Said
from twin.sender import Sender
from twin.shape import Json, text
from twin.stage import Stage

NEWEST = "newest"


def say(sender: Sender, args: Json) -> Outcome:
    """Say `text` in the customer group `chat_id`, as a customer or an employee in it.

    No callback tells of it; with the archive on it is archived and pushed.
    """
    stage = sender.stage
    group = _group(stage, args)
    speaker, name = _speaker(stage, text(args, "who"))
    if group.seat(speaker) is None:
        raise NotPossible(f"{name} 不在群里")
    words = text(args, "text")
    said = Said(at=stage.now(), who=speaker, name=name, text=words, via="group")
    others = speak(stage, group, said)
    _book(stage, "say_in_group", name, group, text=words)
    facts: Json = {"chat_id": group.chat_id}
    feed = stage.world.feed()
    if feed:
        facts["seq"] = stage.archive.add(said.at, speaker, others, group.chat_id, words)["seq"]
        sender.start(push_archive(stage, feed))
    return Outcome(facts=facts)


def pick_welcome(sender: Sender, args: Json) -> Outcome:
    """The owner makes `template_id` (newest unless given) the welcome of `chat_id`."""
    stage = sender.stage
    group = _group(stage, args)
    userid = employee(stage, text(args, "who"))
    if userid != group.owner:
        raise NotPossible(f"{userid} 不是群主，设不了入群欢迎语")
    wanted, templates = text(args, "template_id", NEWEST), stage.templates
    template = templates.newest() if wanted == NEWEST else templates.by_id.get(wanted)
    if template is None:
        raise NotPossible(f"素材库里没有入群欢迎语 {wanted}")
    group.welcome, group.greeted = template.template_id, None
    _book(stage, "pick_group_welcome", userid, group, template_id=template.template_id)
    return Outcome(facts={"chat_id": group.chat_id, "template_id": template.template_id})


def _group(stage: Stage, args: Json) -> Group:
    group = stage.groups.by_id.get(text(args, "chat_id"))
    if group is None:
        raise NotPossible(f"没有群 {args['chat_id']}")
    return group


def _speaker(stage: Stage, who: str) -> tuple[str, str]:
    """Return the id in the group and the name of a customer or employee."""
    found = stage.world.employee(who)
    if found:
        return found.userid, found.name
    person = actor(stage, {"who": who})
    return person.external_userid, person.name


def _book(stage: Stage, act: str, who: str, group: Group, **rest: object) -> None:
    stage.book.write("group", stage.now(), act=act, who=who, chat_id=group.chat_id, **rest)


GROUP_ACTS: Mapping[str, Callable[[Sender, Json], Outcome]] = {
    "say_in_group": say,
    "pick_group_welcome": pick_welcome,
}
