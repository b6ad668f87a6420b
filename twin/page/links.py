"""What tapping an address on a phone does: open a page, enter a chat, or nothing without a net."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from urllib.parse import parse_qs, urlsplit

from twin.contact.links import ADDRESS
from twin.loopback import is_loopback
from twin.stage import Stage

_ADDRESS = r"https?://[^\s<>\"'，。；、！？（）「」【】]+"
_PIECE = re.compile(
    rf"<a\b[^>]*?href=[\"'](?P<to>[^\"']*)[\"'][^>]*>(?P<label>.*?)</a>|(?P<bare>{_ADDRESS})", re.S
)
_MENU_LINE = "weixin://bizmsgmenu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """Something a person can tap: its label and the act it stands for, field by field."""

    label: str
    fields: tuple[tuple[str, str], ...]
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a text: plain words, a link to a page of the bot's, or words that can be tapped.

    `far` is an address that only the real net has.
    """

    text: str
    url: str = ""
    tap: Tap | None = None
    far: str = ""


def tap(label: str, act: str, who: str, **rest: str) -> Tap:
    """Return a tap that lets `who` do `act`."""
    return Tap(label=label, fields=(("act", act), ("who", who), *rest.items()))


def strong(one: Tap) -> Tap:
    """Return the tap as the one that is meant to be tapped."""
    return replace(one, strong=True)


def pieces(stage: Stage, who: str, words: str) -> tuple[Piece, ...]:
    """Return a text as the client shows it: addresses and `<a href>` are links.

    Everything else in it is plain text, whatever it looks like.
    """
    return tuple(_pieces(stage, who, words))


def piece(stage: Stage, who: str, url: str, label: str) -> Piece:
    """Return what `label` does when its address is tapped."""
    if url.startswith(_MENU_LINE):
        asked = parse_qs(urlsplit(url).query).get("msgmenucontent", [label])[0]
        return Piece(text=label, tap=tap(label, "type", who, text=asked))
    if url.partition("&scene_param=")[0] in stage.kf.links:
        return Piece(text=label, tap=tap(label, "enter_kf", who, url=url))
    if url.startswith(ADDRESS):
        return Piece(text=label, tap=tap(label, "open_link", who, url=url))
    if near(stage, url):
        return Piece(text=label, url=url)
    return Piece(text=label, far=url)


def near(stage: Stage, url: str) -> bool:
    """Tell whether an address is on this machine or the bot's own; only such pages are opened."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    return is_loopback(parts.hostname) or f"{parts.scheme}://{parts.netloc}" in origins(stage)


def origins(stage: Stage) -> tuple[str, ...]:
    """Return where the bot answers, by the callbacks that are bound."""
    bound = (urlsplit(one) for one in stage.callbacks.values())
    return tuple(dict.fromkeys(f"{one.scheme}://{one.netloc}" for one in bound if one.netloc))


def _pieces(stage: Stage, who: str, words: str) -> Iterator[Piece]:
    end = 0
    for found in _PIECE.finditer(words):
        if found.start() > end:
            yield Piece(text=words[end : found.start()])
        url = unescape(found["to"] or found["bare"] or "")
        yield piece(stage, who, url, unescape(found["label"] or "") or url)
        end = found.end()
    if end < len(words):
        yield Piece(text=words[end:])
