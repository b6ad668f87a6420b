"""What employees do: they write to the app or to the bot in their groups, and tap cards.

Employees are no members: `who` is None, `staff` is their userid. Source sheets:
wecom/apps-and-bots.md sections 2 and 4, wecom/events.md.
"""

from dataclasses import dataclass
from typing import ClassVar

from bot.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSaid(Event):
    """An employee typed something to the app."""

    staff: str
    text: str
    msg_id: str
    occasion: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class BotAsked(Event):
    """An employee asked the bot: by itself, or by mentioning it in the internal group `chat`.

    `text` is without the mention. `response_url` takes one answer within an hour.
    """

    staff: str
    text: str
    msg_id: str
    chat: str = ""
    response_url: str = ""
    occasion: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class BotEntered(Event):
    """An employee opened the conversation with the bot for the first time today."""

    staff: str
    occasion: ClassVar[str] = "enter"


@dataclass(frozen=True, slots=True, kw_only=True)
class CardTapped(Event):
    """An employee tapped the button `key` of the card `task`; the code allows one update of it."""

    staff: str
    task: str
    key: str
    response_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardSent(Event):
    """The platform took the card `task`; the code allows one update of it."""

    task: str
    response_code: str
