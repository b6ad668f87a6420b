"""The XML of an answer inside the response, clear and sealed, for Official Accounts and WeCom apps.

Written by hand, not with wechatpy's reply classes: those let `]]>` in a customer's own words break
out of the CDATA section, read the clock, and know neither a chosen agent nor a card. They judge
this module in the tests instead. Source sheets: oa/replies-and-messages.md section 8,
wecom/events.md section 5; the seal is oa/callbacks.md section 5 and wecom/crypto.md section 7.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.platforms.envelope import Seal
from bot.platforms.fitting import fitting

LIMIT_TEXT_BYTES = 2048
LIMIT_ARTICLES = 8

Nodes: TypeAlias = Sequence[tuple[str, "str | int | Nodes"]]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words; over 2,048 bytes they are cut at a character and end in «…»."""

    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture that was uploaded."""

    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """A recording that was uploaded."""

    media_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """A film that was uploaded."""

    media_id: str
    title: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One card of a News that leads to a page."""

    title: str
    description: str = ""
    pic_url: str = ""
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Cards that lead to pages: one on an Official Account, up to 8 in WeCom."""

    articles: tuple[Article, ...]


Said: TypeAlias = Text | Picture | Voice | Video | News


def document(to: str, sender: str, at_s: int, kind: str, body: Nodes) -> bytes:
    """A clear answer: the header that every type has, then the nodes of its own.

    Characters that XML cannot carry are dropped, and no text can close its CDATA section. The
    same arguments give the same bytes. Raises ValueError when the addresses are not known.
    """
    if not to or not sender:
        raise ValueError("a reply needs a sender and a receiver")
    head: Nodes = (
        ("ToUserName", to),
        ("FromUserName", sender),
        ("CreateTime", at_s),
        ("MsgType", kind),
    )
    return f"<xml>{_xml(head)}{_xml(body)}</xml>".encode()


def body_of(said: Said, *, articles: int = LIMIT_ARTICLES) -> tuple[str, Nodes]:
    """The MsgType of an answer both platforms know, and its nodes.

    Raises ValueError when it says nothing, or has no article or more than `articles`.
    """
    match said:
        case Text(content=content):
            return "text", (("Content", named(fitting(carried(content), LIMIT_TEXT_BYTES))),)
        case Picture(media_id=media_id):
            return "image", (("Image", (("MediaId", named(media_id)),)),)
        case Voice(media_id=media_id):
            return "voice", (("Voice", (("MediaId", named(media_id)),)),)
        case Video():
            return "video", (("Video", _film(said)),)
        case News(articles=cards):
            if not 1 <= len(cards) <= articles:
                raise ValueError(f"a news reply has 1 to {articles} articles")
            items = tuple(("item", _card(card)) for card in cards)
            return "news", (("ArticleCount", len(cards)), ("Articles", items))


def named(text: str) -> str:
    """A text that must not be empty. Raises ValueError when it is, or holds only white space."""
    if not text.strip():
        raise ValueError("a reply that says nothing is not written")
    return text


def carried(text: str) -> str:
    """A text without the characters that XML cannot carry."""
    return _NOT_XML.sub("", text)


def sealed_reply(seal: Seal, clear: bytes, nonce: str, timestamp: int) -> bytes:
    """A clear answer sealed; `timestamp` is Unix seconds, now. `success` is never sealed.

    Fresh random bytes enter each time, so a repeat differs on the wire and means the same.
    Raises ValueError when the seal has no key or admits several receivers.
    """
    sealed = seal.close(
        clear, nonce=nonce, timestamp=str(timestamp), random16=secrets.token_bytes(16)
    )
    envelope: Nodes = (
        ("Encrypt", sealed.encrypt),
        ("MsgSignature", sealed.signature),
        ("TimeStamp", timestamp),
        ("Nonce", sealed.nonce),
    )
    return f"<xml>{_xml(envelope)}</xml>".encode()


def _film(film: Video) -> Nodes:
    return _given(MediaId=named(film.media_id), Title=film.title, Description=film.description)


def _card(card: Article) -> Nodes:
    return (
        ("Title", card.title),
        ("Description", card.description),
        ("PicUrl", card.pic_url),
        ("Url", named(card.url)),
    )


def _given(**nodes: str) -> Nodes:
    return tuple((name, text) for name, text in nodes.items() if text)


def _xml(nodes: Nodes) -> str:
    return "".join(f"<{name}>{_inside(value)}</{name}>" for name, value in nodes)


def _inside(value: "str | int | Nodes") -> str:
    if isinstance(value, str):
        return "<![CDATA[" + carried(value).replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return str(value) if isinstance(value, int) else _xml(value)
