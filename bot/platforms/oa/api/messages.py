"""What is said to a follower by message: every type of it, and 正在输入 (oa/api.md section 2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.actions import Choice, Class
from bot.errors import Undeclared
from bot.platforms.call import Call, Order, known
from bot.platforms.fitting import fitting

_CUSTOM = "/cgi-bin/message/custom"
_SHEET = "oa/api.md section 2"
TEXT_BYTES = 2048
TITLE_BYTES, DESCRIPTION_BYTES = 128, 512  # the sheet names no limit: what a link card allows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saying(Order):
    """One message, without key or id: 45015 outside every window, 45047 when one is used up.

    `agent` is the human desk's account in whose name it comes. `generated`: a machine made the
    words up, and the follower reads that it did.
    """

    api: ClassVar[str] = f"{_CUSTOM}/send"
    klass: ClassVar[Class] = Class.E
    source: ClassVar[str] = _SHEET
    msgtype: ClassVar[str]
    openid: str
    agent: str = ""
    generated: bool = False

    def content(self) -> Mapping[str, Any]:
        """Return what the message says, under its type."""
        raise Undeclared(f"{type(self).__name__} declares no content")

    def body(self) -> Mapping[str, Any]:
        return {
            "touser": self.openid,
            "msgtype": self.msgtype,
            self.msgtype: self.content(),
            **known(
                customservice=known(kf_account=self.agent),
                aimsgcontext={"is_ai_msg": 1} if self.generated else {},
            ),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SayText(_Saying):
    """Words, cut at 2,048 bytes; 44004 when there are none."""

    msgtype: ClassVar[str] = "text"
    text: str

    def content(self) -> Mapping[str, Any]:
        return {"content": fitting(self.text, TEXT_BYTES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SayPicture(_Saying):
    """A picture that was uploaded; 40007 when its three days are over."""

    msgtype: ClassVar[str] = "image"
    media_id: str

    def content(self) -> Mapping[str, Any]:
        return {"media_id": self.media_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class SayVoice(_Saying):
    """A voice message that was uploaded."""

    msgtype: ClassVar[str] = "voice"
    media_id: str

    def content(self) -> Mapping[str, Any]:
        return {"media_id": self.media_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class SayVideo(_Saying):
    """A video and its cover, both uploaded."""

    msgtype: ClassVar[str] = "video"
    media_id: str
    thumb_media_id: str
    title: str = ""
    description: str = ""

    def content(self) -> Mapping[str, Any]:
        media = {"media_id": self.media_id, "thumb_media_id": self.thumb_media_id}
        return {**media, **_headed(self.title, self.description)}


@dataclass(frozen=True, slots=True, kw_only=True)
class SayMusic(_Saying):
    """A piece of music under an uploaded cover; `hq_url` is played over Wi-Fi."""

    msgtype: ClassVar[str] = "music"
    thumb_media_id: str
    url: str = ""
    hq_url: str = ""
    title: str = ""
    description: str = ""

    def content(self) -> Mapping[str, Any]:
        return {
            **_headed(self.title, self.description),
            "musicurl": self.url,
            "hqmusicurl": self.hq_url or self.url,
            "thumb_media_id": self.thumb_media_id,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SayNews(_Saying):
    """A card that leads to a page; the platform takes exactly one (45008)."""

    msgtype: ClassVar[str] = "news"
    title: str
    url: str
    description: str = ""
    picture: str = ""

    def content(self) -> Mapping[str, Any]:
        card = {**_headed(self.title, self.description), "url": self.url, "picurl": self.picture}
        return {"articles": [card]}


@dataclass(frozen=True, slots=True, kw_only=True)
class SayMaterial(_Saying):
    """An article of the account's own material, which `SayArticle` is to replace."""

    msgtype: ClassVar[str] = "mpnews"
    media_id: str

    def content(self) -> Mapping[str, Any]:
        return {"media_id": self.media_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class SayArticle(_Saying):
    """An article that the account has published."""

    msgtype: ClassVar[str] = "mpnewsarticle"
    article_id: str

    def content(self) -> Mapping[str, Any]:
        return {"article_id": self.article_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class SayMenu(_Saying):
    """Words above lines to tap; a tap comes back as a text with the line's id.

    Words and lines together keep to a text's 2,048 bytes; words that are longer are cut. Test
    accounts take none.
    """

    msgtype: ClassVar[str] = "msgmenu"
    head: str
    lines: Sequence[Choice]
    tail: str = ""

    def content(self) -> Mapping[str, Any]:
        below = [*(one.content for one in self.lines), self.tail]
        room = TEXT_BYTES - len("\n".join(["", *below]).encode())
        return {
            "head_content": fitting(self.head, max(room, 0)),
            "list": [{"id": one.id, "content": one.content} for one in self.lines],
            **known(tail_content=self.tail),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SayCard(_Saying):
    """A card of the former 卡券."""

    msgtype: ClassVar[str] = "wxcard"
    card_id: str

    def content(self) -> Mapping[str, Any]:
        return {"card_id": self.card_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class SayMiniProgram(_Saying):
    """A page of a mini program that is linked with the account; its cover was uploaded."""

    msgtype: ClassVar[str] = "miniprogrampage"
    title: str
    appid: str
    path: str
    thumb_media_id: str

    def content(self) -> Mapping[str, Any]:
        return {
            "title": fitting(self.title, TITLE_BYTES),
            "appid": self.appid,
            "pagepath": self.path,
            "thumb_media_id": self.thumb_media_id,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteTyping(Order):
    """Show 正在输入 for up to 15 s, or take it back; any message takes it back too.

    45080 without a sign of the follower within 30 s, 45081 while it still shows.
    """

    api: ClassVar[str] = f"{_CUSTOM}/typing"
    klass: ClassVar[Class] = Class.E
    source: ClassVar[str] = _SHEET
    openid: str
    shown: bool = True

    def body(self) -> Mapping[str, Any]:
        return {"touser": self.openid, "command": "Typing" if self.shown else "CancelTyping"}


def _headed(title: str, description: str) -> Mapping[str, str]:
    return {
        "title": fitting(title, TITLE_BYTES),
        "description": fitting(description, DESCRIPTION_BYTES),
    }


MESSAGE_CALLS: tuple[type[Call[Any]], ...] = (
    SayText, SayPicture, SayVoice, SayVideo, SayMusic, SayNews, SayMaterial, SayArticle, SayMenu,
    SayCard, SayMiniProgram, WriteTyping,
)  # fmt: skip
