"""The answer inside the response to an Official Account callback: who says what to whom.

`success` and the empty body, which mean «nothing to say», are never sealed (oa/callbacks.md
section 5). Source sheet of the types: oa/replies-and-messages.md section 8.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.events import Event
from bot.platforms.fitting import fitting as cut
from bot.platforms.happening import Fields
from bot.platforms.passive import (
    LIMIT_TEXT_BYTES,
    Nodes,
    Said,
    Text,
    body_of,
    document,
    named,
)

_ARTICLES = 1  # the platform shows one, whatever is sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """A piece of music; its cover was uploaded."""

    thumb_media_id: str
    title: str = ""
    description: str = ""
    url: str = ""
    hq_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Hands the message to the human desk; to `agent` where one is named."""

    agent: str = ""


OaSaid: TypeAlias = Said | Music | Transfer


def reply(event: Event, said: OaSaid, at: datetime) -> bytes:
    """A clear answer of any type to the sender of `event`; the same arguments, the same bytes.

    Raises ValueError when nothing is left to say, or when the event does not tell who wrote to
    whom.
    """
    who = event.who.value if event.who else ""
    kind, body = _body(said)
    account = Fields(event.fields).id("ToUserName")
    return document(who, account, int(at.timestamp()), kind, body)


def text_reply(event: Event, text: str, at: datetime) -> bytes:
    """A clear text answer to the sender of `event`, as `reply` writes it."""
    return reply(event, Text(content=text), at)


def fitting(text: str) -> str:
    """A text that the platform takes: as it is up to 2,048 bytes, else cut, ending in «…»."""
    return cut(text, LIMIT_TEXT_BYTES)


def _body(said: OaSaid) -> tuple[str, Nodes]:
    match said:
        case Music():
            return "music", (("Music", _music(said)),)
        case Transfer(agent=agent):
            to: Nodes = (("TransInfo", (("KfAccount", agent),)),) if agent else ()
            return "transfer_customer_service", to
        case _:
            return body_of(said, articles=_ARTICLES)


def _music(music: Music) -> Nodes:
    told = (
        ("Title", music.title),
        ("Description", music.description),
        ("MusicUrl", music.url),
        ("HQMusicUrl", music.hq_url),
        ("ThumbMediaId", named(music.thumb_media_id)),
    )
    return tuple((name, text) for name, text in told if text)
