"""Sends one message in customer service: words with a menu, a link card, or a picture."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.actions import Attachment, Receipt, SendKf, State
from bot.actions.kf import kf_msgid
from bot.platforms.call import Told, ask
from bot.platforms.fitting import fitting
from bot.platforms.kf.api.messages import (
    DESCRIPTION_BYTES,
    TITLE_BYTES,
    Body,
    KfLink,
    KfMedia,
)
from bot.platforms.kf.api.sends import SendKfMessage
from bot.platforms.kf.message import message_of
from bot.platforms.media import GONE, NoPicture, kept, picture
from bot.platforms.port import Port
from bot.platforms.wire import File

_LINK_PICTURE = Path(__file__).with_name("link.png")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    """What a message says, and what its picture leaves to be remembered."""

    body: Body
    remember: Mapping[str, str] = field(default_factory=dict)
    pictured: bool = False


async def send(action: SendKf, port: Port, attempts: int) -> Receipt:
    """Send a message; a picture that the platform has lost is uploaded again, once."""
    message = await _message(action, port, attempts)
    if isinstance(message, Receipt):
        return message
    told = await _sent(action, port, message, attempts)
    if told.receipt.code == GONE and message.pictured:
        message = await _message(action, port, attempts, anew=True)
        if isinstance(message, Receipt):
            return message
        told = await _sent(action, port, message, attempts)
    return replace(told.receipt, remember=message.remember)


async def _sent(action: SendKf, port: Port, message: _Message, attempts: int) -> Told[str]:
    call = SendKfMessage(
        kf=action.kf, member=action.member, message=message.body, msgid=kf_msgid(port.effect)
    )
    return await ask(port, call, attempts)


async def _message(
    action: SendKf, port: Port, attempts: int, *, anew: bool = False
) -> _Message | Receipt:
    if not action.link and not action.image:
        return _Message(body=message_of(action.text, action.menu))
    try:
        file = _file(action, port)
    except NoPicture as trouble:
        return Receipt(state=State.FAILED, meaning=str(trouble))
    held = await kept(port, file, attempts, anew=anew)
    if isinstance(held, Receipt):
        return held
    body: Body = (
        _link(action.link, held.media_id)
        if action.link
        else KfMedia(kind="image", media=held.media_id)
    )
    return _Message(body=body, remember=held.remember, pictured=True)


def _file(action: SendKf, port: Port) -> File:
    # A link card must have a picture; ours shows that there is something to tap.
    if action.link:
        return picture(_LINK_PICTURE.parent, _LINK_PICTURE.name)
    return picture(port.media, action.image)


def _link(link: Attachment, picture_id: str) -> KfLink:
    return KfLink(
        title=fitting(link.title or link.url, TITLE_BYTES),
        description=fitting(link.description, DESCRIPTION_BYTES),
        url=link.url,
        picture=picture_id,
    )
