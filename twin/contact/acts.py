"""What customers and employees do with each other in WeCom: add, confirm, edit, delete."""

from dataclasses import replace
from pathlib import PurePosixPath

from twin.acts import NotPossible, Outcome, actor, corp, employee
from twin.contact.link_news import tell_of_link
from twin.contact.relations import Contact
from twin.contact.ways import ContactWay
from twin.corp.parties import members
from twin.letters import Node, contact_event
from twin.people import Person, Seen
from twin.sender import Sender
from twin.shape import Json, flag, text
from twin.stage import Happening, Stage

_LEFT = "del_follow_user"


def add(sender: Sender, args: Json) -> Outcome:
    """Add an employee by an entry `code` or directly (`staff`); `half`: not confirmed yet.

    `code` is an id, a state, a config_id, or the address or content of its picture. Where the code
    asks for a verification nothing is told before the employee confirms.
    """
    stage = sender.stage
    person = actor(stage, args)
    way, userid, state = _entry(stage, person, args)
    contact = Contact(
        userid=userid,
        external_userid=person.external_userid,
        created=stage.now(),
        state=state,
        confirmed=not flag(args, "half"),
    )
    check_strangers(stage, person, userid)
    if way and way.temporary:
        contact.temporary_way = way.config_id
        stage.ways_to_add[way.config_id] = replace(way, used=True)
    if way and not way.skip_verify:
        contact.confirmed = False
        stage.contacts.add(contact)
        return Outcome()
    return befriend(sender, person, contact)


def befriend(sender: Sender, person: Person, contact: Contact) -> Outcome:
    """Make the two friends, or half so, and tell of it with a welcome code where one is due."""
    sender.stage.contacts.add(contact)
    change = "add_external_contact" if contact.confirmed else "add_half_external_contact"
    return _tell(sender, person, contact, change, _welcome(sender.stage, person, contact))


def check_strangers(stage: Stage, person: Person, userid: str) -> None:
    """Raise NotPossible when the customer has this employee already."""
    known = stage.contacts.pair(userid, person.external_userid)
    if known and not known.left_by_customer:
        raise NotPossible(f"{person.name} 和 {userid} 已经是好友")


def confirm(sender: Sender, args: Json) -> Outcome:
    """The employee confirms a half add; a new welcome code comes only if none was used."""
    stage = sender.stage
    person, contact = friends(stage, args)
    if contact.confirmed:
        raise NotPossible("没有等待确认的添加")
    contact.confirmed, contact.created = True, stage.now()
    greeted = stage.contacts.greeted(contact.userid, contact.external_userid)
    nodes = [] if greeted else _welcome(stage, person, contact)
    return _tell(sender, person, contact, "add_external_contact", nodes)


def edit(sender: Sender, args: Json) -> Outcome:
    """The employee writes a `remark` in the client."""
    person, contact = friends(sender.stage, args)
    contact.remark = text(args, "remark", contact.remark)
    return _tell(sender, person, contact, "edit_external_contact", [])


def customer_deletes(sender: Sender, args: Json) -> Outcome:
    """The customer deletes the employee: the relation stays one-way, the APIs go on working."""
    person, contact = friends(sender.stage, args)
    contact.left_by_customer = True
    told = _tell(sender, person, contact, "del_follow_user", [])
    return Outcome(happenings=(*told.happenings, *tell_of_link(sender.stage, contact, _LEFT)))


def staff_deletes(sender: Sender, args: Json) -> Outcome:
    """The employee deletes the customer: the APIs answer 84061 from now on."""
    person, contact = friends(sender.stage, args)
    sender.stage.contacts.drop(contact.userid, contact.external_userid)
    return _tell(sender, person, contact, "del_external_contact", [])


def _entry(stage: Stage, person: Person, args: Json) -> tuple[ContactWay | None, str, str]:
    """Return the code, the employee who gets the customer, and the state."""
    if "staff" in args:
        return None, employee(stage, text(args, "staff")), text(args, "state", "")
    wanted = text(args, "code")
    printed = next((one for one in stage.world.entry_codes if wanted in (one.id, one.state)), None)
    scanned = PurePosixPath(wanted).stem.rpartition(":")[2]
    made = stage.ways_to_add.get(stage.printed_id(printed.id) if printed else scanned)
    if made is None:
        raise NotPossible(f"没有活码 {wanted}")
    if not made.open_to(person.unionid, stage.now()):
        raise NotPossible("二维码已失效")
    staff = (*made.staff, *members(stage, made.parties))
    kept = [one for one in staff if stage.contacts.pair(one, person.external_userid)]
    return made, kept[0] if kept and made.exclusive else staff[0], made.state


def friends(stage: Stage, args: Json) -> tuple[Person, Contact]:
    """Return the customer `who` and their relation to `staff`. Raises NotPossible without one."""
    person = actor(stage, args)
    userid = employee(stage, text(args, "staff"))
    contact = stage.contacts.pair(userid, person.external_userid)
    if contact is None:
        raise NotPossible(f"{person.name} 和 {userid} 不是好友")
    return person, contact


def _welcome(stage: Stage, person: Person, contact: Contact) -> list[Node]:
    """Return a WelcomeCode node, or show the console's own welcome in place of it."""
    words = _console_words(stage, contact.userid)
    if not words:
        code = stage.contacts.issue(contact.userid, contact.external_userid, stage.now())
        return [("WelcomeCode", code)]
    seen = Seen(
        at=stage.now(),
        channel="welcome",
        sender=contact.userid,
        text=words,
        via="console",
    )
    stage.show(person.name, seen)
    return []


def _console_words(stage: Stage, userid: str) -> str:
    """Return the console's own welcome for contacts of this employee, "" when it has none."""
    planted = stage.plants.of(corp(stage).id, "console_welcome")
    for one in planted:
        member = stage.world.employee(one.staff) if one.staff else None
        if member is None or member.userid == userid:
            return one.words
    known = stage.world.employee(userid)
    return known.console_welcome if known else ""


def _tell(
    sender: Sender, person: Person, contact: Contact, change: str, nodes: list[Node]
) -> Outcome:
    stage = sender.stage
    account = corp(stage)
    who: list[Node] = [("UserID", contact.userid), ("ExternalUserID", contact.external_userid)]
    if contact.state and change.startswith("add_"):
        who.append(("State", contact.state))
    happening = Happening(
        id=stage.next_happening_id(),
        account=account,
        act=change,
        kind=change,
        inner=contact_event(account, int(stage.now()), change, *who, *nodes),
        who=person.name,
    )
    sender.announce(happening)
    return Outcome(happenings=(happening,))
