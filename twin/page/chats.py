"""The chats on a customer's phone: which there are, what they are called, what is unread."""

from collections.abc import Iterator
from dataclasses import dataclass

from twin.page.lines import Line, Threads
from twin.page.words import Words
from twin.people import Person
from twin.stage import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """One chat in the list of a phone. `key` is KIND:ID; `unread` counts lines of others."""

    key: str
    kind: str
    title: str
    last: str = ""
    unread: int = 0


class Read:
    """How far each phone was read: the last line of each chat that was on the screen."""

    def __init__(self) -> None:
        self._upto: dict[tuple[str, str], int] = {}

    def mark(self, owner: str, chat: str, lines: tuple[Line, ...]) -> None:
        """The chat is on the screen with these lines."""
        if lines:
            self._upto[owner, chat] = lines[-1].n

    def unread(self, owner: str, chat: str, lines: tuple[Line, ...], *, mine: bool = False) -> int:
        """Return how many lines of others came since; of the other side where `mine`."""
        upto = self._upto.get((owner, chat), 0)
        return sum(one.n > upto and one.mine is mine and not one.note for one in lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """What all phones are drawn from: the stage, the filed lines, what was read, the language."""

    stage: Stage
    threads: Threads
    read: Read
    say: Words

    def unread_of(self, owner: str) -> int:
        """Return the unread lines of all chats on a customer's phone."""
        return sum(
            self.read.unread(owner, chat, self.threads.of(owner, chat))
            for chat in self.threads.chats(owner)
        )


def customer_chats(shelf: Shelf, person: Person) -> tuple[Chat, ...]:
    """Return the chats of a customer: accounts first, then employees, then groups."""
    return tuple(_row(shelf, person.name, key) for key in _keys(shelf, person))


def title_of(stage: Stage, key: str) -> str:
    """Return what a chat is called."""
    kind, _, which = key.partition(":")
    if kind == "kf":
        kf = stage.world.kf_account(which)
        return kf.name if kf else which
    if kind == "staff":
        employee = stage.world.employee(which)
        return employee.name if employee else which
    if kind == "group":
        inside = stage.world.internal_group(which)
        group = stage.groups.by_id.get(which)
        return inside[1].name if inside else group.name if group else which
    if kind == "bot":
        return next((one.name for one in stage.world.aibot if one.id == which), which)
    return which


def last_words(shelf: Shelf, lines: tuple[Line, ...]) -> str:
    """Return what the list says of a chat: its newest line."""
    if not lines:
        return ""
    newest = lines[-1]
    if newest.note:
        return shelf.say.note(newest.note, newest.text)
    if newest.text:
        return newest.text
    return "、".join(shelf.say.kind(str(one.get("type", ""))) for one in newest.attachments)


def _keys(shelf: Shelf, person: Person) -> Iterator[str]:
    stage = shelf.stage
    yield from (f"oa:{one.id}" for one in stage.world.oa)
    yield from (f"kf:{one.open_kfid}" for one in stage.kf.of(person.external_userid))
    held = [f"staff:{one.userid}" for one in stage.contacts.of(person.external_userid)]
    held += [f"group:{one.chat_id}" for one in stage.groups.holding(person.external_userid)]
    past = [key for key in shelf.threads.chats(person.name) if key.startswith(("staff:", "group:"))]
    yield from dict.fromkeys([*held, *past])


def _row(shelf: Shelf, owner: str, key: str) -> Chat:
    lines = shelf.threads.of(owner, key)
    return Chat(
        key=key,
        kind=key.partition(":")[0],
        title=title_of(shelf.stage, key),
        last=last_words(shelf, lines),
        unread=shelf.read.unread(owner, key, lines),
    )
