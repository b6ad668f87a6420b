"""Files at an Official Account's platform: given for three days, fetched, hung up for articles.

oa/api.md section 9 names two limits for a picture, 10 MB and 2 MB; the smaller one is kept to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Class
from bot.platforms.call import Call, Fetch, Fetched, Upload
from bot.platforms.checks import need
from bot.platforms.media import KeepMedia
from bot.platforms.port import text_of
from bot.platforms.wire import File

_SHEET = "oa/api.md section 9"
_KB, _MB = 1024, 1024 * 1024
PICTURE_BYTES = 2_000_000
# Each kind: what its file names end in, and how large it may be in bytes.
_KINDS: Mapping[str, tuple[tuple[str, ...], int]] = {
    "image": ((".png", ".jpeg", ".jpg", ".gif"), PICTURE_BYTES),
    "voice": ((".amr", ".mp3"), 2 * _MB),
    "video": ((".mp4",), 10 * _MB),
    "thumb": ((".jpg",), 64 * _KB),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadOaMedia(KeepMedia):
    """A picture, voice (60 s), video or thumb for three days, and its media_id.

    Up to 2 MB, 2 MB, 10 MB and 64 KB. Raises Unfit for what the platform would refuse.
    """

    source: ClassVar[str] = _SHEET

    def __post_init__(self) -> None:
        need(self.kind in _KINDS, f"公众号没有 {self.kind} 这种素材")
        _fits(self.file, *_KINDS[self.kind])


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOaMedia(Fetch):
    """A file by its media_id, own or sent by a follower; of a video its address."""

    api: ClassVar[str] = "/cgi-bin/media/get"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET
    most_bytes: ClassVar[int] = 10 * _MB
    media_id: str

    def query(self) -> Mapping[str, str]:
        return {"media_id": self.media_id}

    def read(self, body: Mapping[str, Any]) -> Fetched:
        return Fetched(url=text_of(body, "video_url"))


@dataclass(frozen=True, slots=True, kw_only=True)
class HangPicture(Upload[str]):
    """A JPG or PNG of at most 1 MB for the body of an article, and its lasting address.

    Counts to no quota. Raises Unfit for what the platform would refuse.
    """

    api: ClassVar[str] = "/cgi-bin/media/uploadimg"
    klass: ClassVar[Class] = Class.B
    source: ClassVar[str] = _SHEET

    def __post_init__(self) -> None:
        _fits(self.file, (".jpg", ".png"), _MB)

    def read(self, body: Mapping[str, Any]) -> str:
        return text_of(body, "url")


def _fits(file: File, endings: tuple[str, ...], most_bytes: int) -> None:
    # The platform finds no file under a name that is not ASCII.
    need(file.name.isascii(), f"文件名 {file.name} 里有英文字母、数字以外的字符")
    listed = "、".join(endings)
    need(file.name.lower().endswith(endings), f"文件 {file.name} 不是 {listed}")
    size = len(file.content)
    need(0 < size <= most_bytes, f"文件 {file.name} 有 {size} 字节，应为 1～{most_bytes} 字节")


MEDIA_CALLS: tuple[type[Call[Any]], ...] = (UploadOaMedia, ReadOaMedia, HangPicture)
