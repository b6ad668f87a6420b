"""What customers and employees do with each other in WeCom: add, confirm, edit, delete."""

from twin.acts import NotPossible, Outcome, actor, corp, employee
from twin.contacts import Contact
from twin.letters import Node, contact_event
from twin.people import Person, Seen
from twin.sender import Sender
from twin.shape import Json, flag, text
from twin.stage import Happening, Stage


def add(sender: Sender, args: Json) -> Outcome:
    """Add an employee by an entry `code` or directly (`staff`); `half`: not confirmed yet."""
    stage = sender.stage
    person = actor(stage, args)
    userid, state = _entry(stage, args)
    known = stage.contacts.pair(userid, person.external_userid)
    if known and not known.left_by_customer:
        raise NotPossible(f"{person.name} 和 {userid} 已经是好友")
    contact = Contact(
        userid=userid,
        external_userid=person.external_userid,
        created=stage.now(),
        state=state,
        confirmed=not flag(args, "half"),
    )
    stage.contacts.add(contact)
    change = "add_half_external_contact" if flag(args, "half") else "add_external_contact"
    return _tell(sender, person, contact, change, _welcome(stage, person, contact))


def confirm(sender: Sender, args: Json) -> Outcome:
    """The employee confirms a half add; a new welcome code comes only if none was used."""
    stage = sender.stage
    person, contact = _pair(stage, args)
    if contact.confirmed:
        raise NotPossible("没有等待确认的添加")
    contact.confirmed, contact.created = True, stage.now()
    greeted = stage.contacts.greeted(contact.userid, contact.external_userid)
    nodes = [] if greeted else _welcome(stage, person, contact)
    return _tell(sender, person, contact, "add_external_contact", nodes)


def edit(sender: Sender, args: Json) -> Outcome:
    """The employee writes a `remark` in the client."""
    person, contact = _pair(sender.stage, args)
    contact.remark = text(args, "remark", contact.remark)
    return _tell(sender, person, contact, "edit_external_contact", [])


def customer_deletes(sender: Sender, args: Json) -> Outcome:
    """The customer deletes the employee: the relation stays one-way, the APIs go on working."""
    person, contact = _pair(sender.stage, args)
    contact.left_by_customer = True
    return _tell(sender, person, contact, "del_follow_user", [])


def staff_deletes(sender: Sender, args: Json) -> Outcome:
    """The employee deletes the customer: the APIs answer 84061 from now on."""
    person, contact = _pair(sender.stage, args)
    sender.stage.contacts.drop(contact.userid, contact.external_userid)
    return _tell(sender, person, contact, "del_external_contact", [])


def _entry(stage: Stage, args: Json) -> tuple[str, str]:
    """Return the employee who gets the customer, and the state of the code."""
    if "staff" in args:
        return employee(stage, text(args, "staff")), text(args, "state", "")
    wanted = text(args, "code")
    printed = next((one for one in stage.world.entry_codes if wanted in (one.id, one.state)), None)
    if printed:
        return printed.staff[0], printed.state
    made = stage.ways_to_add.get(wanted)
    if made is None:
        raise NotPossible(f"没有活码 {wanted}")
    return made.staff[0], made.state


def _pair(stage: Stage, args: Json) -> tuple[Person, Contact]:
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
