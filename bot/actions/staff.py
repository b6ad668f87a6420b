"""Effects towards employees and their groups: answers, cards, proposals, group welcomes.

Source sheets: wecom/apps-and-bots.md sections 2 and 4, wecom/customer-contact.md section 5.3.
"""

import hashlib
from dataclasses import dataclass
from typing import ClassVar

from bot.actions.action import Class, Local, Policy, Remote

SENT, SKIP = "sent", "skip"  # the buttons under a proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button of a card: a tap comes back with `key`."""

    key: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerBot(Remote):
    """Answer an employee who asked the bot: in the response, its stream, or by `response_url`.

    At most 20,480 bytes of Markdown. The address works once, within an hour of the question; who
    only opened the conversation has none and is answered in the response or not at all.
    """

    kind: ClassVar[str] = "aibot_reply"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 0
    staff: str
    text: str
    response_url: str = ""

    def key(self) -> str:
        return "reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendApp(Remote):
    """Send an employee a message through the app: a text of at most 2,048 bytes."""

    kind: ClassVar[str] = "app_send"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 1
    staff: str
    text: str
    name: str = "send"

    def key(self) -> str:
        return f"{self.name}:{self.staff}"

    def order(self) -> str:
        return f"say:{self.account}:{self.staff}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendCard(Remote):
    """Send an employee a card with buttons through the app; answered by a `CardSent` event.

    A title of at most 26 characters, a text of 112 and 6 buttons; `task` is at most 128 of letters,
    digits, `_`, `-` and `@`, and new. Longer words are cut, ending in «…».
    """

    kind: ClassVar[str] = "app_card"
    klass: ClassVar[Class] = Class.E
    policy: ClassVar[Policy] = Policy.AT_MOST_ONCE
    lane: ClassVar[int] = 1
    staff: str
    task: str
    title: str
    text: str
    buttons: tuple[Button, ...]

    def key(self) -> str:
        return f"card:{self.task}"

    def order(self) -> str:
        return f"say:{self.account}:{self.staff}"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCard(Remote):
    """Replace the buttons of a card by a word; the code works once, so a second try is refused."""

    kind: ClassVar[str] = "app_card_update"
    klass: ClassVar[Class] = Class.C
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 1
    staff: str
    task: str
    response_code: str
    text: str

    def key(self) -> str:
        return f"card_update:{self.task}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeGroupLink(Remote):
    """Make a group's link into customer service; answered by `GroupLinkMade`.

    Its scene is `group_scene(chat)`. Repeating it leaves an unused link behind, harmless.
    """

    kind: ClassVar[str] = "kf_group_link"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 2
    kf: str
    chat: str

    def key(self) -> str:
        return f"group_link:{self.chat}:{self.kf}"

    def order(self) -> str:
        return f"group:{self.account}:{self.chat}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeGroupWelcome(Remote):
    """Keep a group's welcome at the platform: a new template, or `template` with new words.

    A text of at most 3,000 bytes and a link card; answered by `GroupWelcomeMade`. It greets nobody
    until the group's owner picks it. The library keeps at most 100. Repeating a first try may
    leave an unused one behind.
    """

    kind: ClassVar[str] = "group_welcome"
    klass: ClassVar[Class] = Class.B
    policy: ClassVar[Policy] = Policy.REPEAT
    lane: ClassVar[int] = 2
    chat: str
    text: str
    title: str
    description: str
    url: str
    template: str = ""

    def key(self) -> str:
        return f"group_welcome:{self.chat}:{self.digest}"

    @property
    def digest(self) -> str:
        """Return a short name of all that newcomers would be shown."""
        shown = "\0".join((self.text, self.title, self.description, self.url))
        return hashlib.sha256(shown.encode()).hexdigest()[:32]

    def order(self) -> str:
        return f"group:{self.account}:{self.chat}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose(Local):
    """Keep words that an employee should say to a member in a group, until they did."""

    kind: ClassVar[str] = "propose"
    task: str
    chat: str
    staff: str
    text: str

    def key(self) -> str:
        return f"propose:{self.task}"


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkProposal(Local):
    """Record what became of a proposal: sent or skipped, by whom; or its card's code."""

    kind: ClassVar[str] = "mark_proposal"
    task: str
    state: str = ""
    by: str = ""
    response_code: str = ""

    def key(self) -> str:
        return f"proposal:{self.task}"
