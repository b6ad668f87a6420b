"""What the app says to employees: every kind of message it can send (apps-and-bots.md section 2).

Every `body` raises Unfit where the platform would refuse.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from bot.platforms.call import known
from bot.platforms.checks import need, within_bytes, within_count
from bot.platforms.wecom.api.cards import TemplateCard

TEXT_BYTES = 2048
_TITLE_BYTES, _DESCRIPTION_BYTES, _URL_BYTES = 128, 512, 2048
_MOST_ARTICLES = 8


class AppMessage(Protocol):
    """One of the kinds below."""

    @property
    def kind(self) -> str:
        """Return the platform's name for it."""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppText:
    """Plain words, or with `markdown` words that are laid out; at most 2,048 bytes."""

    text: str
    markdown: bool = False

    @property
    def kind(self) -> str:
        """Return the platform's name for it."""
        return "markdown" if self.markdown else "text"

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("应用消息", self.text, TEXT_BYTES, least=1)
        return {"content": self.text}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppMedia:
    """A picture, a voice message or a file, by its media id: `kind` is image, voice or file."""

    kind: str
    media: str

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        need(self.kind in ("image", "voice", "file"), "素材只能是 image、voice 或 file")
        need(bool(self.media), "缺少 media_id")
        return {"media_id": self.media}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppVideo:
    """A video by its media id; title at most 128 bytes, description 512."""

    kind: ClassVar[str] = "video"
    media: str
    title: str = ""
    description: str = ""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        need(bool(self.media), "缺少 media_id")
        within_bytes("视频标题", self.title, _TITLE_BYTES)
        within_bytes("视频描述", self.description, _DESCRIPTION_BYTES)
        return {"media_id": self.media, **known(title=self.title, description=self.description)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TextCard:
    """Words that lead to an address; `button` is what the foot says."""

    kind: ClassVar[str] = "textcard"
    title: str
    description: str
    url: str
    button: str = ""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("文本卡片的标题", self.title, _TITLE_BYTES, least=1)
        within_bytes("文本卡片的描述", self.description, _DESCRIPTION_BYTES, least=1)
        within_bytes("文本卡片的网址", self.url, _URL_BYTES, least=1)
        words = {"title": self.title, "description": self.description, "url": self.url}
        return {**words, **known(btntxt=self.button)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One piece of news: it leads to an address, or to a page of a mini program."""

    title: str
    url: str = ""
    description: str = ""
    picture: str = ""
    appid: str = ""
    page: str = ""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("图文的标题", self.title, _TITLE_BYTES, least=1)
        within_bytes("图文的描述", self.description, _DESCRIPTION_BYTES)
        within_bytes("图文的网址", self.url, _URL_BYTES)
        need(bool(self.url or (self.appid and self.page)), "图文要有网址，或小程序的页面")
        return known(
            title=self.title,
            description=self.description,
            url=self.url,
            picurl=self.picture,
            appid=self.appid,
            pagepath=self.page,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredArticle:
    """One piece of news that WeCom itself keeps; `cover` is a media id, `content` HTML."""

    title: str
    cover: str
    content: str
    author: str = ""
    source: str = ""
    digest: str = ""

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_bytes("图文的标题", self.title, _TITLE_BYTES, least=1)
        need(bool(self.cover and self.content), "图文要有封面和正文")
        return {
            "title": self.title,
            "thumb_media_id": self.cover,
            "content": self.content,
            **known(author=self.author, content_source_url=self.source, digest=self.digest),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """1 to 8 articles, all of one sort."""

    articles: tuple[Article, ...] | tuple[StoredArticle, ...]

    @property
    def kind(self) -> str:
        """Return the platform's name for it."""
        stored = any(isinstance(one, StoredArticle) for one in self.articles)
        return "mpnews" if stored else "news"

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        within_count("图文", self.articles, _MOST_ARTICLES, least=1)
        return {"articles": [one.body() for one in self.articles]}


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniProgramNotice:
    """A notice that leads to a page of a mini program; `lines` are names with values."""

    kind: ClassVar[str] = "miniprogram_notice"
    appid: str
    title: str
    page: str = ""
    description: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    emphasis: bool = False  # the first line stands out

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        need(bool(self.appid and self.title), "小程序通知要有 appid 和标题")
        lines = [{"key": name, "value": value} for name, value in self.lines]
        return {
            "appid": self.appid,
            "title": self.title,
            **known(page=self.page, description=self.description, content_item=lines),
            "emphasis_first_item": self.emphasis,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AppCard:
    """A template card."""

    kind: ClassVar[str] = "template_card"
    card: TemplateCard

    def body(self) -> Mapping[str, Any]:
        """Return it as the platform takes it."""
        return self.card.body()
