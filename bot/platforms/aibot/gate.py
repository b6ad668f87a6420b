"""The door of an internal bot: its callbacks as bytes in, one typed event out.

Source sheets: wecom/crypto.md sections 5 and 6 for the exchange, wecom/apps-and-bots.md sections
4.1 and 4.2 for the messages and events. Of a member that a message gives twice both values are
kept as leaves and the first one counts; numbers of any size keep their source text.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypedDict

from bot.events import BotAsked, BotEntered, CardTapped, Event
from bot.platforms.envelope import Seal, once
from bot.platforms.happening import Fields, kept, moment, read
from bot.platforms.kinds import read_kinds
from bot.platforms.outer import encrypt_of, opened

_KINDS = read_kinds("aibot")
_ECHO = re.compile(r"[ -~]{1,1024}")
_MENTION = re.compile(r"@\S+")
_FRAME = "body."  # the long connection wraps what the callback carries bare


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamAsked:
    """The platform asks how far the answer `stream` is: no event, and nothing to record."""

    stream: str


class _Common(TypedDict):
    account: str
    at: datetime | None
    fields: Mapping[str, str]
    staff: str


def answer_get(seal: Seal, query: Mapping[str, str]) -> bytes:
    """The body that verifies the callback URL: the message sealed in echostr, bare.

    The platform waits 1 s. Raises Refused with the failing step. Repeating is safe.
    """
    return opened(seal, query, once(query, "echostr", _ECHO))


def open_post(seal: Seal, query: Mapping[str, str], body: bytes) -> bytes:
    """The clear message of a post, which is then for `decode`. Repeating is safe.

    The platform always seals. Raises Refused with the failing step.
    """
    return opened(seal, query, encrypt_of(body))


def stream_asked(plain: bytes | str) -> StreamAsked | None:
    """What a clear message asks about a stream; None when it is anything else.

    Raises Refused("parse") when the message is no readable document.
    """
    message = _Message(read(plain))
    stream = message.id("stream.id") if message.get("msgtype") == "stream" else ""
    return StreamAsked(stream=stream) if stream else None


def decode(account: str, name: str, plain: bytes | str) -> Event:
    """The event a clear message tells of, else a Notice, else Unrecognised, with every field.

    `name` is what the bot is mentioned by; the mention is taken off the words of a group. A
    question without its asker or its msgid is an incomplete Notice. Raises Refused("parse") when
    the message is no readable document, and nothing else.
    """
    leaf_texts = read(plain)
    message = _Message(leaf_texts)
    common: _Common = {
        "account": account,
        "at": moment(Fields(leaf_texts)),
        "fields": leaf_texts,
        "staff": message.id("from.userid"),
    }
    reader = _READERS.get(message.kind)
    told = reader(message, common, name) if reader and common["staff"] else None
    return told or kept(account, leaf_texts, _KINDS)


class _Message:
    """A message's fields, whether it came bare or in the frame of the long connection."""

    def __init__(self, leaf_texts: Mapping[str, str]) -> None:
        self._fields = Fields(leaf_texts)
        self._above = _FRAME if self._fields.get("body.msgtype") else ""

    def get(self, name: str) -> str:
        return self._fields.get(self._above + name)

    def id(self, name: str) -> str:
        return self._fields.id(self._above + name)

    def every(self, name: str) -> tuple[str, ...]:
        return self._fields.every(self._above + name)

    @property
    def kind(self) -> str:
        said = self.get("msgtype").lower()
        return f"event.{self.get('event.eventtype').lower()}" if said == "event" else said


def _asked(words: Callable[[_Message], str | None]) -> "_Reader":
    def reader(message: _Message, common: _Common, name: str) -> Event | None:
        text, msg_id = words(message), message.id("msgid")
        if text is None or not msg_id:
            return None
        in_group = message.get("chattype").lower() == "group"
        return BotAsked(
            text=_without_mention(text, name) if in_group else text,
            msg_id=msg_id,
            chat=message.id("chatid") if in_group else "",
            response_url=message.get("response_url"),
            **common,
        )

    return reader


def _without_mention(text: str, name: str) -> str:
    """What is left of a group's words: people put the bot's name in front, or behind.

    A name that the settings do not know, since somebody renamed the bot, is any @word in front.
    """
    if name and f"@{name}" in text:
        return text.replace(f"@{name}", "", 1).strip()
    found = _MENTION.match(text)
    return text[found.end() :].strip() if found else text


def _text(message: _Message) -> str | None:
    return message.get("text.content") or None


def _spoken(message: _Message) -> str | None:
    return message.get("voice.content") or None


def _parts(message: _Message) -> str | None:
    return "\n".join(message.every("mixed.msg_item.text.content")) or None


def _entered(_message: _Message, common: _Common, _name: str) -> Event:
    return BotEntered(**common)


def _tapped(message: _Message, common: _Common, _name: str) -> Event | None:
    task = message.id("event.template_card_event.task_id")
    key = message.get("event.template_card_event.event_key")
    return CardTapped(task=task, key=key, **common) if task else None


_Reader = Callable[[_Message, _Common, str], Event | None]
_READERS: Mapping[str, _Reader] = MappingProxyType(
    {
        "text": _asked(_text),
        "voice": _asked(_spoken),
        "mixed": _asked(_parts),
        "event.enter_chat": _entered,
        "event.template_card_event": _tapped,
    }
)
