"""What we say in customer service, as the platform takes it (wecom/kf.md sections 5 and 6)."""

from collections.abc import Sequence

from bot.actions import Choice
from bot.platforms.fitting import fitting
from bot.platforms.kf.api.messages import (
    CLICK_BYTES,
    HEAD_BYTES,
    TEXT_BYTES,
    VIEW_BYTES,
    Click,
    KfMenu,
    KfText,
    MenuLine,
    View,
)


def message_of(text: str, menu: Sequence[Choice]) -> KfText | KfMenu:
    """Return a text message, or a menu under its text where there are choices.

    A text over 2,048 bytes, a menu's over 1,024, a line's over 128 and a link's over 1,024 are cut
    at a character and end in «…», because the platform would refuse the whole.

    >>> message_of("您好", ())
    KfText(text='您好')
    """
    if not menu:
        return KfText(text=fitting(text, TEXT_BYTES))
    return KfMenu(head=fitting(text, HEAD_BYTES), lines=tuple(map(_line, menu)))


def _line(choice: Choice) -> MenuLine:
    if choice.url:
        return View(url=choice.url, text=fitting(choice.content, VIEW_BYTES))
    return Click(id=choice.id, text=fitting(choice.content, CLICK_BYTES))
