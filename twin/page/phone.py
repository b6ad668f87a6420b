"""A customer's phone: its tabs, its chats, the chat on the screen, and what can be done in it."""

from dataclasses import dataclass

from twin.oa.buttons import leaves
from twin.oa.conditional import menu_of
from twin.oa.console import ConsoleButton
from twin.page.bubbles import Bubble, bubbles
from twin.page.chats import Chat, Shelf, customer_chats, title_of
from twin.page.links import Tap, strong, tap
from twin.page.parts import Hand
from twin.page.scan import Section, sections
from twin.page.state import SCAN, View
from twin.people import Person
from twin.shape import Json, records, text
from twin.stage import Stage
from twin.world import OaAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One person who can be chosen. `key` is what the address says of them."""

    key: str
    name: str
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    """One button of an Official Account's menu, or one that opens further entries."""

    label: str
    tap: Tap | None = None
    below: tuple["MenuEntry", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """One phone as it is drawn. `writes` is the act that the input line does, None without one."""

    owner: str
    tabs: tuple[Tab, ...]
    chats: tuple[Chat, ...]
    chat: str
    title: str
    bubbles: tuple[Bubble, ...] = ()
    writes: Tap | None = None
    menu: tuple[MenuEntry, ...] = ()
    more: tuple[Tap, ...] = ()
    scan: tuple[Section, ...] = ()
    hint: str = ""


def customer_phone(shelf: Shelf, view: View) -> Phone:
    """Return the phone of the view's customer, the first of the world unless it names one."""
    stage = shelf.stage
    person = stage.crowd.person(view.who) or next(iter(stage.crowd.everyone()), None)
    if person is None:
        return Phone(owner="", tabs=(), chats=(), chat="", title="", hint=shelf.say("no_customers"))
    chat = view.chat or SCAN
    lines = shelf.threads.of(person.name, chat)
    shelf.read.mark(person.name, chat, lines)
    hand = Hand(stage=stage, owner=person.name, who=person.name, chat=chat, say=shelf.say)
    return Phone(
        owner=person.name,
        tabs=_tabs(shelf, person),
        chats=customer_chats(shelf, person),
        chat=chat,
        title=shelf.say("scan") if chat == SCAN else title_of(stage, chat),
        bubbles=() if chat == SCAN else bubbles(shelf, hand),
        writes=_writes(shelf, person, chat),
        menu=_menu(shelf, person, chat),
        more=_more(shelf, person, chat),
        scan=sections(shelf, person.name) if chat == SCAN else (),
        hint=_hint(shelf, person, chat),
    )


def _tabs(shelf: Shelf, chosen: Person) -> tuple[Tab, ...]:
    """Everybody the world file names or who did anything, and whoever is chosen."""
    others = (*shelf.threads.talkers(), chosen.name)
    names = dict.fromkeys((*shelf.stage.world.customers, *others))
    return tuple(Tab(key=one, name=one, unread=shelf.unread_of(one)) for one in names)


def _writes(shelf: Shelf, person: Person, chat: str) -> Tap | None:
    kind, _, which = chat.partition(":")
    stage, label = shelf.stage, shelf.say("send")
    if kind == "oa" and _follows(stage, person, which):
        return tap(label, "type", person.name, account=which)
    if kind == "kf" and stage.kf.session(which, person.external_userid):
        return tap(label, "kf_type", person.name, kf=which)
    if kind == "staff" and stage.contacts.pair(which, person.external_userid):
        return tap(label, "write_staff", person.name, staff=which)
    if kind == "group" and _sits(stage, person, which):
        return tap(label, "say_in_group", person.name, chat_id=which)
    return None


def _more(shelf: Shelf, person: Person, chat: str) -> tuple[Tap, ...]:
    """What else a person does in this chat, behind «more»."""
    kind, _, which = chat.partition(":")
    say, who, stage = shelf.say, person.name, shelf.stage
    if kind == "oa" and not _follows(stage, person, which):
        return (strong(tap(say("follow"), "follow", who, account=which)),)
    if kind == "oa":
        return _of_a_fan(shelf, who, which)
    if kind == "kf":
        sent = tap(say("send_picture"), "kf_send", who, msgtype="image", kf=which)
        return (sent, tap(say("recall"), "kf_recall", who, kf=which))
    if kind == "staff" and stage.contacts.pair(which, person.external_userid):
        return (tap(say("delete_staff"), "delete_staff", who, staff=which),)
    if kind == "group" and _sits(stage, person, which):
        return (tap(say("leave_group"), "leave_group", who, chat_id=which),)
    return ()


def _of_a_fan(shelf: Shelf, who: str, account: str) -> tuple[Tap, ...]:
    say = shelf.say
    consents = [
        tap(f"{say('consent')}{one.title}", "consent", who, account=account, accept=one.id)
        for one in shelf.stage.world.templates
        if (one.account, one.kind) == (account, "subscription")
    ]
    return (
        tap(say("send_picture"), "oa_send", who, account=account, msgtype="image"),
        tap(say("send_place"), "oa_send", who, account=account, msgtype="location"),
        *consents,
        tap(say("unfollow"), "unfollow", who, account=account),
    )


def _hint(shelf: Shelf, person: Person, chat: str) -> str:
    """Why nothing can be written here, "" where it can."""
    kind, _, which = chat.partition(":")
    if kind == "oa" and not _follows(shelf.stage, person, which):
        return shelf.say("follow_first")
    if kind == "group" and not _sits(shelf.stage, person, which):
        return shelf.say("not_in_group")
    if kind == "staff":
        return shelf.say("nobody_hears")
    return ""


def _follows(stage: Stage, person: Person, account_id: str) -> bool:
    account = stage.oa(account_id)
    return account is not None and account.appid in person.follows


def _sits(stage: Stage, person: Person, chat_id: str) -> bool:
    group = stage.groups.by_id.get(chat_id)
    return group is not None and group.seat(person.external_userid) is not None


def _menu(shelf: Shelf, person: Person, chat: str) -> tuple[MenuEntry, ...]:
    """The menu a fan sees: the one made by API, else the console's while nothing is bound."""
    kind, _, which = chat.partition(":")
    account = shelf.stage.oa(which) if kind == "oa" else None
    following = person.follows.get(account.appid) if account else None
    if account is None or following is None:
        return ()
    _, made = menu_of(shelf.stage, account, following)
    if made:
        return tuple(_made_entry(account, person.name, one) for one in made)
    if account.id in shelf.stage.callbacks:
        return ()
    return tuple(_console_entry(account, person.name, one) for one in account.console_menu)


def _made_entry(account: OaAccount, who: str, button: Json) -> MenuEntry:
    name = text(button, "name")
    if records(button, "sub_button"):
        below = tuple(_made_entry(account, who, one) for one in leaves((button,)))
        return MenuEntry(label=name, below=below)
    return MenuEntry(label=name, tap=tap(name, "menu", who, account=account.id, name=name))


def _console_entry(account: OaAccount, who: str, button: ConsoleButton) -> MenuEntry:
    if button.sub_button:
        below = tuple(_console_entry(account, who, one) for one in button.sub_button)
        return MenuEntry(label=button.name, below=below)
    made = tap(button.name, "menu", who, account=account.id, name=button.name)
    return MenuEntry(label=button.name, tap=made)
