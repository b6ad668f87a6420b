"""What a member does with a mass-send task in the client: look at it, tap «send»."""

from collections import Counter
from collections.abc import Callable, Mapping

from twin.acts import NotPossible, Outcome, employee
from twin.contact.mass import SINGLE, Fate, Mass, Receiver, Task
from twin.contact.mass_receivers import owned
from twin.group.lines import speak
from twin.group.transcripts import Said
from twin.people import Seen
from twin.sender import Sender
from twin.shape import Json, text, texts
from twin.stage import Stage

NEWEST = "newest"


def confirm(sender: Sender, args: Json) -> Outcome:
    """The member `who` sends the mass message `task` (the newest that waits unless given).

    `only` (names of customers) sends to these alone where the task lets members select. `chats`
    are the groups of a task that names none. A customer who is no friend any more, and one who
    has had their share of mass messages, gets nothing. No callback tells of it.
    """
    stage = sender.stage
    userid = employee(stage, text(args, "who"))
    mass, task = _waiting(stage, userid, text(args, "task", NEWEST))
    for receiver in _chosen(stage, mass, task, args):
        receiver.fate = _fate(stage, mass, task, receiver)
        if receiver.fate is Fate.SENT:
            receiver.sent = stage.now()
            stage.masses.received(receiver.id, stage.now())
            _SHOW[mass.chat_type == SINGLE](stage, mass, task, receiver)
    task.sent = stage.now()
    fates = Counter(one.fate for one in task.receivers)
    told: Json = {one.name.lower(): fates[one] for one in Fate}
    stage.book.write("mass", stage.now(), act="confirm_mass", who=userid, msgid=mass.msgid, **told)
    return Outcome(facts={"msgid": mass.msgid, **told})


def _waiting(stage: Stage, userid: str, wanted: str) -> tuple[Mass, Task]:
    masses = stage.masses
    mass = masses.newest(userid) if wanted == NEWEST else masses.by_id.get(wanted)
    task = mass.tasks.get(userid) if mass else None
    if mass is None or task is None:
        raise NotPossible(f"{userid} 没有待确认的群发（{wanted}）")
    if mass.cancelled:
        raise NotPossible(f"群发 {mass.msgid} 已取消")
    if task.sent is not None:
        raise NotPossible(f"{userid} 已经发送过群发 {mass.msgid}")
    if stage.now() - mass.made < stage.settings.mass_dispatch_s:
        raise NotPossible(f"群发 {mass.msgid} 还在派发")
    return mass, task


def _chosen(stage: Stage, mass: Mass, task: Task, args: Json) -> list[Receiver]:
    if mass.chat_type == SINGLE:
        return _selected(stage, mass, task, args)
    if task.receivers:
        return task.receivers
    wanted, mine = texts(args, "chats"), owned(stage, task.userid)
    if not wanted or not mine.keys() >= set(wanted):
        raise NotPossible(f"要在自己的群里选要发的群：{'、'.join(mine)}")
    task.receivers = [Receiver(id=one) for one in dict.fromkeys(wanted)]
    return task.receivers


def _selected(stage: Stage, mass: Mass, task: Task, args: Json) -> list[Receiver]:
    names = texts(args, "only")
    if not names:
        return task.receivers
    if not mass.selectable:
        raise NotPossible("这个群发不能改选客户")
    people = [stage.crowd.person(one) for one in names]
    ids = {one.external_userid for one in people if one}
    return [one for one in task.receivers if one.id in ids]


def _fate(stage: Stage, mass: Mass, task: Task, receiver: Receiver) -> Fate:
    if mass.chat_type == SINGLE:
        contact = stage.contacts.pair(task.userid, receiver.id)
        there = contact is not None and not contact.left_by_customer
    else:
        there = receiver.id in owned(stage, task.userid)
    if not there:
        return Fate.NOT_FRIEND
    capped = stage.masses.capped(receiver.id, stage.now(), stage.settings)
    return Fate.CAPPED if capped else Fate.SENT


def _to_customer(stage: Stage, mass: Mass, task: Task, receiver: Receiver) -> None:
    person = stage.crowd.by_external(receiver.id)
    contact = stage.contacts.pair(task.userid, receiver.id)
    if person is None or contact is None:
        return
    contact.chatted = stage.now()
    seen = Seen(
        at=stage.now(),
        channel="contact",
        sender=task.userid,
        text=mass.text,
        via="mass",
        attachments=mass.shown,
    )
    stage.show(person.name, seen)


def _to_group(stage: Stage, mass: Mass, task: Task, receiver: Receiver) -> None:
    member = stage.world.employee(task.userid)
    said = Said(
        at=stage.now(),
        who=task.userid,
        name=member.name if member else task.userid,
        text=mass.text,
        via="mass",
        attachments=mass.shown,
    )
    speak(stage, stage.groups.by_id[receiver.id], said)


_SHOW: Mapping[bool, Callable[[Stage, Mass, Task, Receiver], None]] = {
    True: _to_customer,
    False: _to_group,
}
MASS_ACTS: Mapping[str, Callable[[Sender, Json], Outcome]] = {"confirm_mass": confirm}
