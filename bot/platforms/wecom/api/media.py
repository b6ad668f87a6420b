"""Media of a corp: kept for three days, hosted for good, fetched (apps-and-bots.md section 8)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Fetch, Upload
from bot.platforms.checks import need
from bot.platforms.media import KeepMedia
from bot.platforms.port import text_of
from bot.platforms.wire import File

_MEDIA = "/cgi-bin/media"
_SHEET = "wecom/apps-and-bots.md section 8"
_MIB = 1024 * 1024
_LEAST_BYTES = 6  # «over 5 bytes»
_HOSTED_BYTES = 2 * _MIB


# What a file is used as, and how large it may be in bytes: JPG or PNG, AMR up to 60 s, MP4, any.
MOST_BYTES: Mapping[str, int] = {
    "image": 10 * _MIB,
    "voice": 2 * _MIB,
    "video": 10 * _MIB,
    "file": 20 * _MIB,
}


class Place(IntEnum):
    """Where an attachment is used."""

    MOMENTS = 1
    ALBUM = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepCorpMedia(KeepMedia):
    """A picture, voice, video or file for three days, good for all apps of the corp; its media id.

    Raises Unfit for what the platform would refuse.
    """

    source: ClassVar[str] = _SHEET

    def __post_init__(self) -> None:
        need(self.kind in MOST_BYTES, f"企业微信没有 {self.kind} 这种素材")
        _check(self.file, MOST_BYTES[self.kind])


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPicture(Upload[str]):
    """Keep a picture of at most 2 MiB for good; the answer is its address, good inside WeCom.

    1,000 a day and 3,000 a month. Raises Unfit for what the platform would refuse.
    """

    api: ClassVar[str] = f"{_MEDIA}/uploadimg"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def __post_init__(self) -> None:
        _check(self.file, _HOSTED_BYTES)

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "url")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepAttachment(Upload[str]):
    """A picture, video or file for moments or a product album, three days; its media id.

    Raises Unfit for what the platform would refuse.
    """

    api: ClassVar[str] = f"{_MEDIA}/upload_attachment"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    kind: str = "image"
    place: Place = Place.MOMENTS

    def __post_init__(self) -> None:
        need(self.kind in ("image", "video", "file"), "附件只能是图片、视频或文件")
        _check(self.file, MOST_BYTES[self.kind])

    def query(self) -> Mapping[str, str]:
        return {"media_type": self.kind, "attachment_type": str(int(self.place))}

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "media_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchCorpMedia(Fetch):
    """A file by its media id; 40007 when the platform no longer has it."""

    api: ClassVar[str] = f"{_MEDIA}/get"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    most_bytes: ClassVar[int] = max(MOST_BYTES.values())
    media: str

    def query(self) -> Mapping[str, str]:
        return {"media_id": self.media}


def _check(file: File, most: int) -> None:
    size = len(file.content)
    need(size >= _LEAST_BYTES, f"文件只有 {size} 字节，至少要 {_LEAST_BYTES} 字节")
    need(size <= most, f"文件有 {size} 字节，最多 {most // _MIB} MiB")


MEDIA_CALLS: tuple[type[Call[Any]], ...] = (
    KeepCorpMedia, HostPicture, KeepAttachment, FetchCorpMedia,
)  # fmt: skip
