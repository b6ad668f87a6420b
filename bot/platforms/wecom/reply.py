"""The answer inside the response to what an employee says to the app, or taps there.

Only messages and events of an app's own take one; customers' events and those of the address book
are answered with nothing (wecom/crypto.md section 7). Source sheet of the types: wecom/events.md
section 5.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.events import Event
from bot.platforms.happening import Fields
from bot.platforms.passive import Nodes, Said, body_of, document, named


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateButton:
    """Greys the tapped button of a card out and writes `name` on it."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCard:
    """Puts another card in the place of the tapped one; its nodes as the platform names them."""

    card: Nodes


WecomSaid: TypeAlias = Said | UpdateButton | UpdateCard


def reply(event: Event, said: WecomSaid, at: datetime) -> bytes:
    """A clear answer of any type to the employee of `event`; seal it, WeCom takes no clear one.

    The same arguments give the same bytes. Raises ValueError when nothing is left to say, or when
    the event does not tell who wrote to whom.
    """
    fields = Fields(event.fields)
    employee, corp = fields.id("FromUserName"), fields.id("ToUserName")
    kind, body = _body(said)
    return document(employee, corp, int(at.timestamp()), kind, body)


def _body(said: WecomSaid) -> tuple[str, Nodes]:
    match said:
        case UpdateButton(name=name):
            return "update_button", (("Button", (("ReplaceName", named(name)),)),)
        case UpdateCard(card=card):
            return "update_template_card", (("TemplateCard", card),)
        case _:
            return body_of(said)
