"""What goes along with words to customers: picture, link, mini program, video or file.

Welcomes, group welcomes, mass messages and closing words take the same five
(customer-contact.md sections 1, 2, 5.3 and 5.4). Every `body` raises Unfit where the platform
would refuse; what an answer holds is read as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.platforms.call import known, part
from bot.platforms.checks import need, within_bytes, within_count
from bot.platforms.port import text_of

MOST_ATTACHED = 9
TITLE_BYTES, DESCRIPTION_BYTES, URL_BYTES = 128, 512, 2048
_APP_TITLE_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture by its media id, or by an address that `HostPicture` gave."""

    kind: ClassVar[str] = "image"
    media: str = ""
    url: str = ""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        need(bool(self.media or self.url), "图片要有 media_id 或 pic_url")
        return known(media_id=self.media, pic_url=self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCard:
    """A link: title of 1 to 128 bytes, description at most 512, address at most 2,048."""

    kind: ClassVar[str] = "link"
    title: str
    url: str
    picture: str = ""
    description: str = ""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("链接的标题", self.title, TITLE_BYTES, least=1)
        within_bytes("链接的描述", self.description, DESCRIPTION_BYTES)
        within_bytes("链接的网址", self.url, URL_BYTES, least=1)
        return known(title=self.title, picurl=self.picture, desc=self.description, url=self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgram:
    """A page of a mini program bound to the corp; title at most 64 bytes, `cover` a media id."""

    kind: ClassVar[str] = "miniprogram"
    title: str
    cover: str
    appid: str
    page: str

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("小程序的标题", self.title, _APP_TITLE_BYTES, least=1)
        need(bool(self.cover and self.appid and self.page), "小程序要有封面、appid 和页面")
        return {
            "title": self.title,
            "pic_media_id": self.cover,
            "appid": self.appid,
            "page": self.page,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Something known by its media id alone."""

    media: str

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        need(bool(self.media), "缺少 media_id")
        return {"media_id": self.media}


@dataclass(frozen=True, slots=True, kw_only=True)
class Video(_Kept):
    """A video by its media id."""

    kind: ClassVar[str] = "video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(_Kept):
    """A file by its media id."""

    kind: ClassVar[str] = "file"


Material = Picture | LinkCard | MiniProgram | Video | Document


def attached(material: Sequence[Material]) -> list[dict[str, Any]]:
    """Return a list of attachments as the platform takes it. Raises Unfit above 9."""
    within_count("附件", material, MOST_ATTACHED)
    return [{"msgtype": one.kind, one.kind: one.body()} for one in material]


def beside(material: Material | None) -> dict[str, Any]:
    """Return one piece of material as a field of its own; empty when there is none."""
    return {material.kind: material.body()} if material else {}


def material_of(body: Mapping[str, Any]) -> Material | None:
    """Return the material that an answer holds as a field of its own, None when it holds none."""
    kind = next((one for one in _READ if part(body, one)), "")
    return _READ[kind](part(body, kind)) if kind else None


def _picture(told: Mapping[str, Any]) -> Material:
    return Picture(media=text_of(told, "media_id"), url=text_of(told, "pic_url"))


def _link(told: Mapping[str, Any]) -> Material:
    return LinkCard(
        title=text_of(told, "title"),
        url=text_of(told, "url"),
        picture=text_of(told, "picurl"),
        description=text_of(told, "desc"),
    )


def _program(told: Mapping[str, Any]) -> Material:
    return MiniProgram(
        title=text_of(told, "title"),
        cover=text_of(told, "pic_media_id"),
        appid=text_of(told, "appid"),
        page=text_of(told, "page"),
    )


_READ: Mapping[str, Callable[[Mapping[str, Any]], Material]] = {
    Picture.kind: _picture,
    LinkCard.kind: _link,
    MiniProgram.kind: _program,
    Video.kind: lambda told: Video(media=text_of(told, "media_id")),
    Document.kind: lambda told: Document(media=text_of(told, "media_id")),
}
