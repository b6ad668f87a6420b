"""Pictures that a platform keeps for three days: uploaded once, known again by their content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.actions import Receipt, State
from bot.platforms.port import Port, text_of
from bot.platforms.wire import File

UPLOAD = "/cgi-bin/media/upload"
GONE = 40007  # the platform no longer has, or never had, a media_id
PICTURE_BYTES = 10 * 1024 * 1024  # wecom/apps-and-bots.md section 8
_LIVES_S = 3 * 24 * 3600 - 600  # a little less than the platform grants
_SIGNS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


class NoPicture(Exception):
    """A file cannot be sent as a picture; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A picture at the platform, and what is to be remembered so that it is found again."""

    media_id: str
    remember: Mapping[str, str] = field(default_factory=dict)


def picture(folder: Path | None, name: str) -> File:
    """Return a JPG or PNG of the home's media folder, at most 10 MiB, never one outside it.

    Raises NoPicture.
    """
    path = (folder or Path()) / name
    if folder is None or not path.resolve().is_relative_to(folder.resolve()):
        raise NoPicture(f"图片 {name} 不在家目录的 media/ 里")
    try:
        if path.stat().st_size > PICTURE_BYTES:
            raise NoPicture(f"图片 {name} 超过 {PICTURE_BYTES // 1024 // 1024} MiB")
        content = path.read_bytes()
    except OSError as trouble:
        raise NoPicture(f"图片 media/{name} 读不了：{trouble.strerror}") from trouble
    if not content.startswith(_SIGNS):
        raise NoPicture(f"图片 {name} 不是 JPG 或 PNG")
    return File(name=f"picture{path.suffix.lower()}", content=content)


async def kept(port: Port, file: File, attempts: int, *, anew: bool = False) -> Kept | Receipt:
    """Return the picture as the platform keeps it, uploaded when it does not; else what went wrong.

    `anew`: the platform lost what we remember. Nothing was sent to anybody, so it may be repeated.
    """
    name = f"media:{hashlib.sha256(file.content).hexdigest()[:32]}"
    now_s = port.clock() // 1_000_000
    media_id, _, until = (await port.memory.recall(port.account, name)).partition(" ")
    if media_id and int(until) > now_s and not anew:
        return Kept(media_id=media_id)
    answer = await port.upload(UPLOAD, file, type="image")
    receipt = port.receipt(UPLOAD, answer, attempts=attempts, repeatable=True)
    media_id = text_of(answer.body, "media_id")
    if receipt.state is State.DONE and media_id:
        return Kept(media_id=media_id, remember={name: f"{media_id} {now_s + _LIVES_S}"})
    return replace(receipt, meaning=f"图片没有传上去：{receipt.meaning}")
