"""What can be said in customer service, each kind a value (kf.md section 5).

Every `body` raises Unfit where the platform would refuse.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from bot.platforms.call import known
from bot.platforms.checks import need, within_bytes, within_count

TEXT_BYTES, HEAD_BYTES = 2048, 1024
CLICK_BYTES, VIEW_BYTES = 128, 1024
TITLE_BYTES, DESCRIPTION_BYTES, _URL_BYTES = 128, 512, 2048
_APP_TITLE_BYTES, _APPID_BYTES, _PAGE_BYTES = 64, 32, 1024
_ID_BYTES, _LINE_BYTES = 64, 256
MOST_LINES = 10


class Body(Protocol):
    """One of the kinds below."""

    @property
    def kind(self) -> str:
        """Return the platform's name for it."""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KfText:
    """Words, at most 2,048 bytes; within a menu at most 256."""

    kind: ClassVar[str] = "text"
    text: str

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("客服消息", self.text, TEXT_BYTES, least=1)
        return {"content": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class KfMedia:
    """A picture, voice message, video or file by its media id."""

    kind: str  # image, voice, video or file
    media: str

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        need(self.kind in ("image", "voice", "video", "file"), "素材类型不对")
        need(bool(self.media), "缺少 media_id")
        return {"media_id": self.media}


@dataclass(frozen=True, slots=True, kw_only=True)
class KfLink:
    """A link with a picture: title at most 128 bytes, description 512, address 2,048."""

    kind: ClassVar[str] = "link"
    title: str
    url: str
    picture: str  # a media id
    description: str = ""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("链接的标题", self.title, TITLE_BYTES, least=1)
        within_bytes("链接的描述", self.description, DESCRIPTION_BYTES)
        within_bytes("链接的网址", self.url, _URL_BYTES, least=1)
        need(bool(self.picture), "链接要有封面")
        return {
            "title": self.title,
            "desc": self.description,
            "url": self.url,
            "thumb_media_id": self.picture,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KfMiniProgram:
    """A page of a mini program; title at most 64 bytes."""

    kind: ClassVar[str] = "miniprogram"
    appid: str
    page: str
    picture: str  # a media id
    title: str = ""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("小程序的标题", self.title, _APP_TITLE_BYTES)
        need(bool(self.appid and self.page and self.picture), "小程序要有 appid、页面和封面")
        more = {"thumb_media_id": self.picture, "pagepath": self.page}
        return {"appid": self.appid, **known(title=self.title), **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class KfPlace:
    """A place on the map."""

    kind: ClassVar[str] = "location"
    latitude: float
    longitude: float
    name: str = ""
    address: str = ""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        need(abs(self.latitude) <= 90 and abs(self.longitude) <= 180, "经纬度不对")  # noqa: PLR2004
        where = {"latitude": self.latitude, "longitude": self.longitude}
        return {**known(name=self.name, address=self.address), **where}


@dataclass(frozen=True, slots=True, kw_only=True)
class KfAcquisition:
    """An acquisition link, shown as a card by which the customer adds the employee."""

    kind: ClassVar[str] = "ca_link"
    url: str

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        need(bool(self.url), "获客链接没有网址")
        return {"link_url": self.url}


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """A line that is told back by its id, 1 to 64 bytes; its words 1 to 128."""

    kind: ClassVar[str] = "click"
    id: str
    text: str

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("菜单项的 id", self.id, _ID_BYTES, least=1)
        within_bytes("菜单项", self.text, CLICK_BYTES, least=1)
        return {"id": self.id, "content": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A line that leads to an address."""

    kind: ClassVar[str] = "view"
    url: str
    text: str

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("菜单链接", self.url, _URL_BYTES, least=1)
        within_bytes("菜单项", self.text, VIEW_BYTES, least=1)
        return {"url": self.url, "content": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A line that leads to a page of a mini program."""

    kind: ClassVar[str] = "miniprogram"
    appid: str
    page: str
    text: str

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("菜单的小程序 appid", self.appid, _APPID_BYTES, least=1)
        within_bytes("菜单的小程序页面", self.page, _PAGE_BYTES, least=1)
        within_bytes("菜单项", self.text, VIEW_BYTES, least=1)
        return {"appid": self.appid, "pagepath": self.page, "content": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plain:
    """A line of words, at most 256 bytes; `joined` to the one before, without a break."""

    kind: ClassVar[str] = "text"
    text: str
    joined: bool = False

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("菜单里的文字", self.text, _LINE_BYTES, least=1)
        return {"content": self.text, "no_newline": int(self.joined)}


MenuLine = Click | View | Program | Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class KfMenu:
    """Up to 10 lines between words of at most 1,024 bytes each."""

    kind: ClassVar[str] = "msgmenu"
    head: str = ""
    lines: tuple[MenuLine, ...] = ()
    tail: str = ""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("菜单上面的文字", self.head, HEAD_BYTES)
        within_bytes("菜单下面的文字", self.tail, HEAD_BYTES)
        within_count("菜单项", self.lines, MOST_LINES)
        lines = [{"type": one.kind, one.kind: one.body()} for one in self.lines]
        return {**known(head_content=self.head), "list": lines, **known(tail_content=self.tail)}


def said(message: Body) -> dict[str, Any]:
    """Return a message with its kind, as every call takes it. Raises Unfit."""
    return {"msgtype": message.kind, message.kind: message.body()}
