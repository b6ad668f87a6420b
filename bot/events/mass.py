"""Mass messages 企业群发: asked for by an operator, made and read at the platform.

The platform never sends one by itself: each employee taps in the client. Source sheet:
wecom/customer-contact.md section 5.4.
"""

from dataclasses import dataclass

from bot.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a mass message says: a text, a link card under it, pictures of the home's media folder.

    At most 4,000 bytes of text, and 9 attachments, the card included.
    """

    text: str = ""
    link: str = ""
    title: str = ""  # of the card; never empty where there is a link
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Whom a mass message is for: the groups `chats`, or the customers who fit all the rest.

    `tags` are alternatives: a customer has one of each of them, and none of `without`. Empty
    fields leave nobody out. `staff`: only by this employee.
    """

    tags: tuple[tuple[str, ...], ...] = ()
    without: tuple[str, ...] = ()
    store: str = ""
    stage: str = ""
    staff: str = ""
    chats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MassResult:
    """What became of one receiver, as the platform tells it.

    `status`: 0 not sent, 1 sent, 2 no friend any more, 3 had all the mass messages it may get.
    `at` is in Unix seconds, 0 where nothing was sent.
    """

    receiver: str
    status: int
    at: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MassAsked(Event):
    """An operator wants a message handed to employees for sending, under a name of its own."""

    mass: str
    letter: Letter
    selection: Selection


@dataclass(frozen=True, slots=True, kw_only=True)
class MassMade(Event):
    """The platform made the task of one part, or refused it for good: then `trouble` says why.

    `refused` are receivers that it does not take.
    """

    mass: str
    part: str
    msgid: str = ""
    refused: tuple[str, ...] = ()
    trouble: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MassRead(Event):
    """One page of what became of a part. `tapped`: when its employee did, Unix seconds, 0 = not."""

    mass: str
    part: str
    tapped: int = 0
    results: tuple[MassResult, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MassDue(Event):
    """It is time to ask what became of the account's tasks, and to remind who has not tapped.

    `asked`: by an operator, so that what was refused just now is asked for again.
    """

    asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MassNudged(Event):
    """An operator wants the employees reminded who have not tapped yet."""

    mass: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MassStopped(Event):
    """An operator takes a mass message back; what was sent stays sent."""

    mass: str
