"""Asks a platform for one entry code, and gives its picture; or says why there is none."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import urlsplit

import aiohttp
import segno

from bot.platforms.kf.api.accounts import AddKfWay, ListKfAccounts
from bot.platforms.oa.api.codes import MakeScanCode
from bot.platforms.port import Port
from bot.platforms.wecom.api.ways import REMARK_CHARS, AddContactWay, ContactWay
from commands.codes.rows import Code
from commands.parts.patience import Trouble, every_row, patiently
from config.accounts import is_loopback

_PICTURE_BYTES = 1024 * 1024
_KINDS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A QR picture; `shows` is what it holds, or where it came from; `number` the platform's."""

    content: bytes
    suffix: str
    shows: str
    number: str = ""


Outcome = Picture | Trouble


async def follower_code(port: Port, code: Code) -> Outcome:
    """Make a permanent parametric code (oa/api.md section 3), drawn from the link it holds.

    An account has 100,000 of them; asking again for a scene gives another for the same.
    """
    made = await patiently(port, MakeScanCode(scene=code.key))
    return made if isinstance(made, Trouble) else _drawn(made.url, made.ticket)


async def contact_code(port: Port, session: aiohttp.ClientSession, code: Code) -> Outcome:
    """Make a contact way of one employee (wecom/customer-contact.md section 1); fetch its picture.

    A corp has 500,000 of them; asking again gives another with the same state.
    """
    remark = code.row["poster"][:REMARK_CHARS]
    way = ContactWay(staff=(code.row["staff"],), state=code.key, remark=remark)
    made = await patiently(port, AddContactWay(way=way))
    if isinstance(made, Trouble):
        return made
    found = await _fetched(session, made.qr_code)
    return found if isinstance(found, Trouble) else replace(found, number=made.config)


async def visitor_code(port: Port, kf: str, code: Code) -> Outcome:
    """Make a link into customer service (wecom/kf.md section 1), and draw it."""
    url = await patiently(port, AddKfWay(kf=kf, scene=code.key))
    return url if isinstance(url, Trouble) else _drawn(url)


async def kf_accounts(port: Port) -> Mapping[str, str] | Trouble:
    """Return the customer service accounts that this app manages, each with its name."""
    listed = await every_row(port, ListKfAccounts())
    if isinstance(listed, Trouble):
        return listed
    return {one.kf: one.name for one in listed if one.managed}


def _drawn(link: str, number: str = "") -> Outcome:
    if not link:
        return Trouble(meaning="平台的应答里没有链接")
    out = io.BytesIO()
    segno.make_qr(link, error="m").save(out, kind="png", scale=10, border=4)
    return Picture(content=out.getvalue(), suffix="png", shows=link, number=number)


async def _fetched(session: aiohttp.ClientSession, address: str) -> Outcome:
    if urlsplit(address).scheme != "https" and not is_loopback(address):
        return Trouble(meaning="平台给的二维码地址不是 https，没有下载")
    try:
        async with session.get(address, allow_redirects=False) as response:
            content, status = await _content(response), response.status
    except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
        return Trouble(meaning=f"二维码图片下载不了（{type(trouble).__name__}）")
    suffix = next((kind for begin, kind in _KINDS.items() if content.startswith(begin)), "")
    if status != HTTPStatus.OK or not suffix:
        return Trouble(meaning=f"二维码图片下载不了（HTTP {status}）")
    return Picture(content=content, suffix=suffix, shows=address)


async def _content(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > _PICTURE_BYTES:
            return b""
    return bytes(content)
