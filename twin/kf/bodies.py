"""What a message to a kf customer may hold, and how it looks on their phone (kf.md section 5)."""

from dataclasses import dataclass

from twin.host import Denied
from twin.shape import Json, number, record, records, text

TEXT_BYTES = 2048
MENU_ITEMS = 10
# For each msgtype: field -> the fewest and the most bytes.
_MEDIA = {"media_id": (1, 128)}
_FIELDS: dict[str, dict[str, tuple[int, int]]] = {
    "image": _MEDIA,
    "voice": _MEDIA,
    "video": _MEDIA,
    "file": _MEDIA,
    "link": {
        "title": (1, 128),
        "desc": (0, 512),
        "url": (1, 2048),
        "thumb_media_id": (1, 128),
    },
    "miniprogram": {
        "appid": (1, 32),
        "title": (0, 64),
        "thumb_media_id": (1, 128),
        "pagepath": (1, 1024),
    },
    "location": {"name": (0, 1024), "address": (0, 1024)},
    "ca_link": {"link_url": (1, 2048)},
}
_MENU = {"head_content": (0, 1024), "tail_content": (0, 1024)}
_MENU_FIELDS: dict[str, dict[str, tuple[int, int]]] = {
    "click": {"id": (1, 64), "content": (1, 128)},
    "view": {"url": (1, 2048), "content": (1, 1024)},
    "miniprogram": {"appid": (1, 32), "pagepath": (1, 1024), "content": (1, 1024)},
    "text": {"content": (1, 256)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that the platform takes: its type, words, and what is not words."""

    kind: str
    words: str
    attachments: tuple[Json, ...] = ()


def message(args: Json, who: str) -> Message:
    """Return the message in a call. Raises Denied for a type, size or item that is not taken."""
    kind = text(args, "msgtype")
    inside = record(args, kind)
    if kind == "text":
        return Message(kind=kind, words=_words(text(inside, "content", ""), who))
    if kind == "msgmenu":
        return _menu(inside, who)
    if kind not in _FIELDS:
        raise Denied(40008, "invalid message type", who)
    if kind == "location":
        number(inside, "latitude")
        number(inside, "longitude")
    _check_sizes(inside, _FIELDS[kind], who)
    words = text(inside, "title", "") or text(inside, "name", "")
    return Message(kind=kind, words=words, attachments=({**inside, "type": kind},))


def _words(content: str, who: str) -> str:
    if not content:
        raise Denied(44004, "empty content", who)
    if len(content.encode()) > TEXT_BYTES:
        raise Denied(45002, "content size out of limit", who)
    return content


def _menu(inside: Json, who: str) -> Message:
    _check_sizes(inside, _MENU, who)
    items = records(inside, "list")
    if len(items) > MENU_ITEMS:
        raise Denied(95008, "too many menu items", who)
    lines = [text(inside, "head_content", ""), *(_line(one, who) for one in items)]
    words = "\n".join(one for one in (*lines, text(inside, "tail_content", "")) if one)
    if not words:
        raise Denied(40063, "msgmenu is empty", who)
    return Message(kind="msgmenu", words=words, attachments=({**inside, "type": "msgmenu"},))


def _line(item: Json, who: str) -> str:
    kind = text(item, "type", "")
    if kind not in _MENU_FIELDS:
        raise Denied(95009, "invalid menu item type", who)
    inside = record(item, kind)
    _check_sizes(inside, _MENU_FIELDS[kind], who)
    return text(inside, "content")


def _check_sizes(inside: Json, sizes: dict[str, tuple[int, int]], who: str) -> None:
    for key, (fewest, most) in sizes.items():
        size = len(text(inside, key, "").encode())
        if key == "media_id" and size < fewest:
            raise Denied(40007, "invalid media_id", who)
        if not fewest <= size <= most:
            raise Denied(40058, f"{key} should have {fewest} to {most} bytes, has {size}", who)
