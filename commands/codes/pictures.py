"""Asks a platform for one entry code, and gives its picture; or says why there is none."""

import asyncio
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import segno

from bot.actions import Receipt, State
from bot.platforms.port import Port, text_of
from bot.platforms.wire import Answer, Phase
from commands.codes.rows import Code
from config.accounts import is_loopback

_OA_CODE = "/cgi-bin/qrcode/create"
_CONTACT_WAY = "/cgi-bin/externalcontact/add_contact_way"
_KF_LIST, _KF_WAY = "/cgi-bin/kf/account/list", "/cgi-bin/kf/add_contact_way"
_TRIES, _PATIENCE_S = 4, 5.0
_PICTURE_BYTES = 1024 * 1024
_REMARK_CHARS = 30  # wecom/customer-contact.md section 1
_KINDS = {b"\x89PNG": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A QR picture; `shows` is what it holds, or where it came from; `number` the platform's."""

    content: bytes
    suffix: str
    shows: str
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoPicture:
    """Why there is none. `reached` is False when the platform was never asked."""

    meaning: str
    code: int | None = None
    reached: bool = True


Outcome = Picture | NoPicture


async def no_way_out(port: Port) -> NoPicture | None:
    """Return why an account cannot be called at all, None when it has an access token."""
    refused = (await port.tokens.token()).refused
    if refused is None:
        return None
    if refused.code is None:
        return NoPicture(meaning=f"连不上平台（{refused.trouble}）", reached=False)
    found = port.errors.sort("/cgi-bin/token", refused.code)
    return NoPicture(
        meaning="，".join(filter(None, [found.meaning, found.advice])), code=found.code
    )


async def follower_code(port: Port, code: Code) -> Outcome:
    """Make a permanent parametric code (oa/api.md section 3), drawn from the link it holds.

    An account has 100,000 of them; asking again for a scene gives another for the same.
    """
    scene = {"scene": {"scene_str": code.key}}
    body = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": scene}
    answer, trouble = await _asked(port, _OA_CODE, body)
    if trouble:
        return trouble
    return _drawn(text_of(answer.body, "url"), text_of(answer.body, "ticket"))


async def contact_code(port: Port, session: aiohttp.ClientSession, code: Code) -> Outcome:
    """Make a contact way of one employee (wecom/customer-contact.md section 1); fetch its picture.

    A corp has 500,000 of them; asking again gives another with the same state.
    """
    body = {
        "type": 1,
        "scene": 2,
        "state": code.key,
        "user": [code.row["staff"]],
        "remark": code.row["poster"][:_REMARK_CHARS],
        "skip_verify": True,
    }
    answer, trouble = await _asked(port, _CONTACT_WAY, body)
    if trouble:
        return trouble
    found = await _fetched(session, text_of(answer.body, "qr_code"))
    if isinstance(found, NoPicture):
        return found
    return replace(found, number=text_of(answer.body, "config_id"))


async def visitor_code(port: Port, kf: str, code: Code) -> Outcome:
    """Make a link into customer service (wecom/kf.md section 1), and draw it."""
    answer, trouble = await _asked(port, _KF_WAY, {"open_kfid": kf, "scene": code.key})
    return trouble or _drawn(text_of(answer.body, "url"))


async def kf_accounts(port: Port) -> Mapping[str, str] | NoPicture:
    """Return the customer service accounts that this app manages, each with its name."""
    answer, trouble = await _asked(port, _KF_LIST, {"offset": 0, "limit": 100})
    if trouble:
        return trouble
    listed: list[Mapping[str, Any]] = (answer.body or {}).get("account_list") or []
    managed = (one for one in listed if one.get("manage_privilege", True))
    return {text_of(one, "open_kfid"): text_of(one, "name") for one in managed}


async def _asked(port: Port, api: str, body: object) -> tuple[Answer, NoPicture | None]:
    attempts = 0
    while True:
        attempts += 1
        answer = await port.call("POST", api, body)
        receipt = port.receipt(api, answer, attempts=attempts, repeatable=True)
        if receipt.state is State.DONE:
            return answer, None
        if attempts >= _TRIES or not _soon(receipt):
            reached = answer.phase is not Phase.NOT_SENT
            return answer, NoPicture(
                meaning=answer.trouble or receipt.meaning, code=answer.code, reached=reached
            )
        await asyncio.sleep(receipt.retry_s or 0)


def _soon(receipt: Receipt) -> bool:
    return receipt.state is State.READY and (receipt.retry_s or 0) <= _PATIENCE_S


def _drawn(link: str, number: str = "") -> Outcome:
    if not link:
        return NoPicture(meaning="平台的应答里没有链接")
    out = io.BytesIO()
    segno.make_qr(link, error="m").save(out, kind="png", scale=10, border=4)
    return Picture(content=out.getvalue(), suffix="png", shows=link, number=number)


async def _fetched(session: aiohttp.ClientSession, address: str) -> Outcome:
    if urlsplit(address).scheme != "https" and not is_loopback(address):
        return NoPicture(meaning="平台给的二维码地址不是 https，没有下载")
    try:
        async with session.get(address, allow_redirects=False) as response:
            content, status = await _content(response), response.status
    except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
        return NoPicture(meaning=f"二维码图片下载不了（{type(trouble).__name__}）")
    suffix = next((kind for begin, kind in _KINDS.items() if content.startswith(begin)), "")
    if status != HTTPStatus.OK or not suffix:
        return NoPicture(meaning=f"二维码图片下载不了（HTTP {status}）")
    return Picture(content=content, suffix=suffix, shows=address)


async def _content(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > _PICTURE_BYTES:
            return b""
    return bytes(content)
