"""An employee's phone: the app, the bots, kf conversations, contacts, groups, and tasks."""

from collections.abc import Iterator

from twin.kf.accounts import serves
from twin.kf.sessions import Session, State
from twin.page.bubbles import bubbles
from twin.page.chats import Chat, Shelf, last_words, title_of
from twin.page.lines import Line
from twin.page.links import Tap, strong, tap
from twin.page.parts import Hand
from twin.page.phone import Phone, Tab
from twin.page.state import View
from twin.world import Staff

APP = "app"


def staff_phone(shelf: Shelf, view: View) -> Phone:
    """Return the phone of the view's employee, the first of the world unless it names one."""
    stage = shelf.stage
    staff = stage.world.employee(view.staff) or next(iter(stage.world.staff), None)
    if staff is None:
        return Phone(owner="", tabs=(), chats=(), chat="", title="", hint=shelf.say("no_staff"))
    chat = view.desk or APP
    owner, thread, turned = _thread(staff, chat)
    shelf.read.mark(f"@{staff.userid}", chat, shelf.threads.of(owner, thread))
    hand = Hand(
        stage=stage, owner=owner, who=staff.userid, chat=thread, say=shelf.say, still=turned
    )
    return Phone(
        owner=staff.name,
        tabs=tuple(_tab(shelf, one) for one in stage.world.staff),
        chats=tuple(_chats(shelf, staff)),
        chat=chat,
        title=_title(shelf, chat),
        bubbles=bubbles(shelf, hand),
        writes=_writes(shelf, staff, chat),
        more=tuple(_more(shelf, staff, chat)),
        hint=_hint(shelf, chat),
    )


def _thread(staff: Staff, chat: str) -> tuple[str, str, bool]:
    """Return whose lines a chat shows, which of them, and whether they are the other side's."""
    kind, _, rest = chat.partition(":")
    if kind == "kf":
        open_kfid, _, who = rest.partition(":")
        return who, f"kf:{open_kfid}", True
    if kind == "contact":
        return rest, f"staff:{staff.userid}", True
    return f"@{staff.userid}", chat, False


def _lines(shelf: Shelf, staff: Staff, chat: str) -> tuple[Line, ...]:
    owner, thread, _ = _thread(staff, chat)
    return shelf.threads.of(owner, thread)


def _tab(shelf: Shelf, staff: Staff) -> Tab:
    unread = sum(one.unread for one in _chats(shelf, staff))
    return Tab(key=staff.userid, name=staff.name, unread=unread)


def _chats(shelf: Shelf, staff: Staff) -> Iterator[Chat]:
    for key in _keys(shelf, staff):
        lines = _lines(shelf, staff, key)
        _, _, turned = _thread(staff, key)
        yield Chat(
            key=key,
            kind=key.partition(":")[0],
            title=_title(shelf, key),
            last=_state(shelf, key) or last_words(shelf, lines),
            unread=shelf.read.unread(f"@{staff.userid}", key, lines, mine=turned),
        )


def _keys(shelf: Shelf, staff: Staff) -> Iterator[str]:
    stage = shelf.stage
    if stage.corp():
        yield APP
    yield from (f"bot:{one.id}" for one in stage.world.aibot)
    for one in _sessions(shelf, staff):
        person = stage.crowd.by_external(one.external_userid)
        if person:
            yield f"kf:{one.open_kfid}:{person.name}"
    for contact in stage.contacts.held_by(staff.userid):
        person = stage.crowd.by_external(contact.external_userid)
        if person:
            yield f"contact:{person.name}"
    yield from (f"group:{one.chat_id}" for one in stage.groups.holding(staff.userid))
    for bot in stage.world.aibot:
        inside = (one for one in bot.internal_groups if staff.userid in one.members)
        yield from (f"group:{one.chat_id}" for one in inside)


def _sessions(shelf: Shelf, staff: Staff) -> Iterator[Session]:
    """Every conversation of the kf accounts at which this employee serves."""
    stage = shelf.stage
    mine = {one.open_kfid for one in stage.world.kf if serves(stage, one, staff.userid)}
    for person in stage.crowd.everyone():
        yield from (one for one in stage.kf.of(person.external_userid) if one.open_kfid in mine)


def _session(shelf: Shelf, chat: str) -> Session | None:
    _, open_kfid, who = chat.split(":", 2)
    person = shelf.stage.crowd.person(who)
    return shelf.stage.kf.session(open_kfid, person.external_userid) if person else None


def _title(shelf: Shelf, chat: str) -> str:
    kind, _, rest = chat.partition(":")
    if kind == APP:
        corp = shelf.stage.corp()
        return corp.name if corp else APP
    if kind == "kf":
        open_kfid, _, who = rest.partition(":")
        return f"{who} · {title_of(shelf.stage, f'kf:{open_kfid}')}"
    return rest if kind == "contact" else title_of(shelf.stage, chat)


def _state(shelf: Shelf, chat: str) -> str:
    session = _session(shelf, chat) if chat.startswith("kf:") else None
    if session is None:
        return ""
    by = title_of(shelf.stage, f"staff:{session.servicer}") if session.servicer else ""
    return f"{shelf.say(f'state_{int(session.state)}')} {by}".rstrip()


def _writes(shelf: Shelf, staff: Staff, chat: str) -> Tap | None:
    kind, _, rest = chat.partition(":")
    label, mine = shelf.say("send"), staff.userid
    if kind == APP and shelf.stage.corp():
        return tap(label, "app_type", mine)
    if kind == "bot":
        return tap(label, "ask_bot", mine, bot=rest)
    if kind == "kf":
        return _answers(shelf, staff, chat)
    if kind == "group" and shelf.stage.world.internal_group(rest):
        return tap(label, "mention_bot", mine, chat_id=rest)
    if kind == "group":
        return tap(label, "say_in_group", mine, chat_id=rest)
    return None


def _answers(shelf: Shelf, staff: Staff, chat: str) -> Tap | None:
    session = _session(shelf, chat)
    if session is None or session.state is not State.HUMAN or session.servicer != staff.userid:
        return None
    who = chat.split(":", 2)[2]
    return tap(shelf.say("send"), "kf_say", who, staff=staff.userid, kf=session.open_kfid)


def _more(shelf: Shelf, staff: Staff, chat: str) -> Iterator[Tap]:
    kind, _, rest = chat.partition(":")
    if kind == APP:
        yield from _tasks(shelf, staff)
    elif kind == "bot":
        yield tap(shelf.say("enter_bot"), "enter_bot", staff.userid, bot=rest)
    elif kind == "kf":
        yield from _handing(shelf, staff, chat)
    elif kind == "contact":
        yield from _of_contact(shelf, staff, rest)
    elif kind == "group":
        yield from _welcomes(shelf, staff, rest)


def _tasks(shelf: Shelf, staff: Staff) -> Iterator[Tap]:
    """Mass messages that wait for this employee."""
    for mass in shelf.stage.masses.by_id.values():
        task = mass.tasks.get(staff.userid)
        if task is not None and task.sent is None and not mass.cancelled:
            label = f"{shelf.say('confirm_send')}：{mass.text[:20]}"
            yield strong(tap(label, "confirm_mass", staff.userid, task=mass.msgid))


def _handing(shelf: Shelf, staff: Staff, chat: str) -> Iterator[Tap]:
    session, say = _session(shelf, chat), shelf.say
    if session is None:
        return
    who, mine = chat.split(":", 2)[2], {"staff": staff.userid, "kf": session.open_kfid}
    if session.state in (State.POOL, State.ENDED):
        yield strong(tap(say("kf_take"), "kf_take", who, **mine))
    if session.state is not State.HUMAN or session.servicer != staff.userid:
        return
    kf = shelf.stage.world.kf_account(session.open_kfid)
    for other in kf.servicers if kf else ():
        if other != staff.userid:
            label = f"{say('kf_transfer')}{title_of(shelf.stage, f'staff:{other}')}"
            yield tap(label, "kf_transfer", who, to=other, **mine)
    yield tap(say("kf_end"), "kf_end", who, **mine)


def _of_contact(shelf: Shelf, staff: Staff, who: str) -> Iterator[Tap]:
    person = shelf.stage.crowd.person(who)
    contact = shelf.stage.contacts.pair(staff.userid, person.external_userid) if person else None
    if contact is None:
        return
    if not contact.confirmed:
        label = shelf.say("confirm_contact")
        yield strong(tap(label, "confirm_contact", who, staff=staff.userid))
    yield tap(shelf.say("staff_deletes"), "staff_deletes", who, staff=staff.userid)


def _welcomes(shelf: Shelf, staff: Staff, chat_id: str) -> Iterator[Tap]:
    """The library of group welcomes, for the owner of a customer group."""
    group = shelf.stage.groups.by_id.get(chat_id)
    if group is None or group.owner != staff.userid:
        return
    for one in reversed(shelf.stage.templates.by_id.values()):
        label = f"{shelf.say('pick_welcome')}：{one.text[:20]}"
        rest = {"chat_id": chat_id, "template_id": one.template_id}
        yield tap(label, "pick_group_welcome", staff.userid, **rest)


def _hint(shelf: Shelf, chat: str) -> str:
    kind = chat.partition(":")[0]
    if kind == "contact":
        return shelf.say("contact_chat")
    if kind == "kf":
        return _state(shelf, chat)
    return ""
