"""What we say in customer service, as the platform takes it (wecom/kf.md sections 5 and 6)."""

from collections.abc import Sequence
from typing import Any

from bot.actions import Choice

_TEXT_BYTES = 2048
_HEAD_BYTES = 1024
_LINE_BYTES = 128
_LINK_BYTES = 1024


def message_of(text: str, menu: Sequence[Choice]) -> dict[str, Any]:
    """Return a text message, or a menu under its text where there are choices.

    A text over 2,048 bytes, a menu's over 1,024, a line's over 128 and a link's over 1,024 are cut
    at a character and end in «…», because the platform would refuse the whole.

    >>> message_of("您好", ())
    {'msgtype': 'text', 'text': {'content': '您好'}}
    """
    if not menu:
        return {"msgtype": "text", "text": {"content": _cut(text, _TEXT_BYTES)}}
    lines = [_line(choice) for choice in menu]
    return {
        "msgtype": "msgmenu",
        "msgmenu": {"head_content": _cut(text, _HEAD_BYTES), "list": lines},
    }


def _line(choice: Choice) -> dict[str, Any]:
    if choice.url:
        content = _cut(choice.content, _LINK_BYTES)
        return {"type": "view", "view": {"url": choice.url, "content": content}}
    content = _cut(choice.content, _LINE_BYTES)
    return {"type": "click", "click": {"id": choice.id, "content": content}}


def _cut(text: str, limit: int) -> str:
    if len(text.encode()) <= limit:
        return text
    room = limit - len("…".encode())
    return text.encode()[:room].decode(errors="ignore") + "…"
