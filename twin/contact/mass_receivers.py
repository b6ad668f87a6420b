"""Who is to send a mass message to whom: by list, by tags, and by who has the customer."""

from twin.contact.mass import Receiver, Task
from twin.contact.relations import Contact
from twin.corp.people_api import serving
from twin.group.seats import Group
from twin.host import Denied
from twin.shape import BadShape, Json, record, records, text, texts
from twin.stage import Stage

MOST_CUSTOMERS = 10_000
MOST_GROUPS = 2000
TAGS_A_GROUP = 100

Plan = tuple[dict[str, Task], list[str]]  # tasks by member, ids that nobody can send to
Filter = tuple[frozenset[str], ...]  # one set of tags has to be met by each


def to_customers(stage: Stage, args: Json) -> Plan:
    """Give each customer to one member: the sender, else the one who had to do with them last.

    Raises Denied 40063 without customers and sender, 40032 for too many, 40068 for a strange tag.
    """
    wanted, sender = texts(args, "external_userid"), text(args, "sender", "")
    if not wanted and not sender:
        raise Denied(40063, "external_userid and sender are both empty")
    if len(wanted) > MOST_CUSTOMERS:
        raise Denied(40032, "invalid external_userid list size")
    if sender:
        serving(stage, sender)
    chosen, failed = _relations(stage, wanted, sender)
    tags = _filter(stage, args)
    found = [one for one in chosen if _worn(one, tags)]
    tasks: dict[str, Task] = {}
    for one in found:
        _give(tasks, one.userid, one.external_userid)
    return tasks, failed


def to_groups(stage: Stage, args: Json) -> Plan:
    """Give the sender their groups; without `chat_id_list` they choose in the client.

    Raises Denied 40063 without a sender, BadShape for too many groups.
    """
    sender, wanted = text(args, "sender", ""), texts(args, "chat_id_list")
    if not sender:
        raise Denied(40063, "sender is empty")
    if len(wanted) > MOST_GROUPS:
        raise BadShape("chat_id_list")
    serving(stage, sender)
    mine = owned(stage, sender)
    good = [one for one in dict.fromkeys(wanted) if one in mine]
    failed = [one for one in wanted if one not in mine]
    if not mine or (wanted and not good):
        return {}, failed
    task = Task(userid=sender, receivers=[Receiver(id=one) for one in good])
    return {sender: task}, failed


def owned(stage: Stage, userid: str) -> dict[str, Group]:
    """Return the customer groups that a member owns now, by chat_id."""
    return {one.chat_id: one for one in stage.groups.by_id.values() if one.owner == userid}


def _relations(
    stage: Stage, wanted: tuple[str, ...], sender: str
) -> tuple[list[Contact], list[str]]:
    """Return one relation for each customer that can be written to, and the other ids."""
    if not wanted:
        return [one for one in stage.contacts.held_by(sender) if _alive(stage, one)], []
    found: list[Contact] = []
    failed: list[str] = []
    for external_userid in dict.fromkeys(wanted):
        held = [one for one in stage.contacts.of(external_userid) if _alive(stage, one)]
        if sender:
            held = [one for one in held if one.userid == sender]
        if held:
            found.append(max(held, key=Contact.latest))
        else:
            failed.append(external_userid)
    return found, failed


def _alive(stage: Stage, contact: Contact) -> bool:
    known = stage.world.employee(contact.userid)
    able = known is not None and known.customer_contact and stage.world.in_scope(contact.userid)
    return able and contact.confirmed


def _filter(stage: Stage, args: Json) -> Filter:
    groups = records(record(args, "tag_filter"), "group_list")
    listed = [texts(one, "tag_list") for one in groups]
    if any(len(one) > TAGS_A_GROUP for one in listed):
        raise BadShape("tag_list")
    wanted = tuple(frozenset(one) for one in listed)
    for tag in (one for group in wanted for one in group):
        if stage.labels.find(tag) is None:
            raise Denied(40068, "invalid tagid")
    return tuple(one for one in wanted if one)


def _worn(contact: Contact, tags: Filter) -> bool:
    return all(not contact.labels.isdisjoint(one) for one in tags)


def _give(tasks: dict[str, Task], userid: str, external_userid: str) -> None:
    task = tasks.setdefault(userid, Task(userid=userid, receivers=[]))
    task.receivers.append(Receiver(id=external_userid))
