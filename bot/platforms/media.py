"""Files that a platform keeps for three days: uploaded once, known again by their content."""

import hashlib
import os.path
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

from bot.actions import Class, Receipt, State
from bot.platforms.call import Upload, ask
from bot.platforms.port import Port, text_of
from bot.platforms.wire import File

GONE = 40007  # the platform no longer has, or never had, a media_id
PICTURE_BYTES = 10 * 1024 * 1024  # wecom/apps-and-bots.md section 8
_LIVES_S = 3 * 24 * 3600 - 600  # a little less than the platform grants
_SIGNS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepMedia(Upload[str]):
    """A file for three days, and its media_id; both platforms have it at the same address.

    Repeating gives another media_id. `kind`: image, voice or video, and what else a platform has.
    """

    api: ClassVar[str] = "/cgi-bin/media/upload"
    klass: ClassVar[Class] = Class.B
    kind: str = "image"

    def query(self) -> Mapping[str, str]:
        return {"type": self.kind}

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "media_id") or text_of(body, "thumb_media_id")


class NoPicture(Exception):
    """A file cannot be sent as a picture; the text says why, in Chinese."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A file at the platform, and what is to be remembered so that it is found again."""

    media_id: str
    remember: Mapping[str, str] = field(default_factory=dict)


def picture(folder: Path | None, name: str, most_bytes: int = PICTURE_BYTES) -> File:
    """Return a JPG or PNG of the home's media folder, never one outside it. Raises NoPicture.

    `most_bytes` is what the platform takes: 10 MiB at WeCom, less at an Official Account.
    """
    path = (folder or Path()) / name
    if folder is None or not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise NoPicture(f"图片 {name} 不在家目录的 media/ 里")
    try:
        if path.stat().st_size > most_bytes:
            raise NoPicture(f"图片 {name} 超过 {round(most_bytes / 1024**2)} MiB")
        content = path.read_bytes()
    except OSError as trouble:
        raise NoPicture(f"图片 media/{name} 读不了：{trouble.strerror}") from trouble
    if not content.startswith(_SIGNS):
        raise NoPicture(f"图片 {name} 不是 JPG 或 PNG")
    return File(name=f"picture{path.suffix.lower()}", content=content)


async def kept(
    port: Port, file: File, attempts: int, *, anew: bool = False, kind: str = "image"
) -> Kept | Receipt:
    """Return the file as the platform keeps it, uploaded when it does not; else what went wrong.

    Known by account, kind and content. `anew`: the platform lost what we remember. Nothing was
    sent to anybody, so it may be repeated.
    """
    name = f"media:{kind}:{hashlib.sha256(file.content).hexdigest()[:32]}"
    now_s = port.clock() // 1_000_000
    media_id, _, until = (await port.memory.recall(port.account, name)).rpartition(" ")
    if media_id and int(until) > now_s and not anew:
        return Kept(media_id=media_id)
    told = await ask(port, KeepMedia(file=file, kind=kind), attempts)
    if told.value:
        return Kept(media_id=told.value, remember={name: f"{told.value} {now_s + _LIVES_S}"})
    if told.done:  # a yes without what it is to be called by is no upload, and nothing was said
        return Receipt(state=State.FAILED, meaning="图片没有传上去：平台没有给出 media_id")
    return replace(told.receipt, meaning=f"图片没有传上去：{told.receipt.meaning}")
