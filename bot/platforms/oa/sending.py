"""Says one thing to a follower by message: words with a menu, a link's card, a picture."""

from dataclasses import replace

from bot.actions import Attachment, Receipt, Reply, Send, ShowTyping, State, with_menu
from bot.platforms.call import ask
from bot.platforms.media import GONE, NoPicture, kept, picture
from bot.platforms.oa.api.messages import SayMenu, SayNews, SayPicture, SayText, WriteTyping
from bot.platforms.port import Port
from bot.platforms.wire import File

PICTURE_BYTES = 2_000_000  # the lower of the sheet's two numbers: oa/api.md section 9
_NO_MENUS = (40008, 48001)  # this account takes no such message


async def say(action: Reply | Send, port: Port, attempts: int) -> Receipt:
    """Send a message; a picture that the platform has lost is uploaded again, once.

    An account that takes no menus, as a test account, gets its lines in the text: the refusal said
    for certain that nothing was sent.
    """
    if isinstance(action, Reply):
        return (await ask(port, SayText(openid=action.openid, text=action.text), attempts)).receipt
    if action.image:
        return await _picture(action, port, attempts)
    if action.link:
        return (await ask(port, _card(action.openid, action.link), attempts)).receipt
    return await _words(action, port, attempts)


async def show_typing(action: ShowTyping, port: Port) -> Receipt:
    """Show 正在输入, or note why not; it is never tried again and never in doubt."""
    told = await ask(port, WriteTyping(openid=action.openid))
    if told.done:
        return told.receipt
    why = told.receipt.meaning or "平台没有应答"
    return replace(
        told.receipt, state=State.SKIPPED, meaning=f"没有显示「正在输入」：{why}", tried=True
    )


async def _words(action: Send, port: Port, attempts: int) -> Receipt:
    if action.menu:
        menu = SayMenu(openid=action.openid, head=action.text, lines=action.menu)
        receipt = (await ask(port, menu, attempts)).receipt
        if receipt.code not in _NO_MENUS:
            return receipt
    text = SayText(openid=action.openid, text=with_menu(action.text, action.menu))
    return (await ask(port, text, attempts)).receipt


def _card(openid: str, link: Attachment) -> SayNews:
    return SayNews(
        openid=openid,
        title=link.title or link.url,
        url=link.url,
        description=link.description,
        picture=link.picture,
    )


async def _picture(action: Send, port: Port, attempts: int) -> Receipt:
    try:
        file = picture(port.media, action.image, PICTURE_BYTES)
    except NoPicture as trouble:
        return Receipt(state=State.FAILED, meaning=str(trouble))
    receipt = await _sent(action, file, port, attempts)
    return await _sent(action, file, port, attempts, anew=True) if receipt.code == GONE else receipt


async def _sent(
    action: Send, file: File, port: Port, attempts: int, *, anew: bool = False
) -> Receipt:
    held = await kept(port, file, attempts, anew=anew)
    if isinstance(held, Receipt):
        return held
    told = await ask(port, SayPicture(openid=action.openid, media_id=held.media_id), attempts)
    return replace(told.receipt, remember=held.remember)
