"""What an app message of each type may hold, and how it shows (apps-and-bots.md section 2)."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from twin.cards import card_kind, shown, title
from twin.host import Denied
from twin.media_api import check_media
from twin.shape import BadShape, Json, record, records, text
from twin.stage import Stage
from twin.world import WecomAccount

CONTENT_BYTES = 2048
URL_BYTES = 2048
ARTICLES = 8
ITEMS = 10
_TITLES = {"title": 128, "description": 512}


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that the platform takes. `card` is a template card."""

    words: str
    attachments: tuple[Json, ...] = ()
    card: Json | None = None

    def digest(self) -> str:
        """Return a short name of what the message holds; a repeat has the same."""
        plain = json.dumps([self.words, *self.attachments], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()


def message(stage: Stage, account: WecomAccount, args: Json) -> Message:
    """Return the message in a call. Raises Denied for a type, size or file that is not taken."""
    kind = text(args, "msgtype")
    read = _KINDS.get(kind)
    if read is None:
        raise Denied(40008, "invalid message type")
    return read(stage, account, kind, record(args, kind))


def _text(stage: Stage, account: WecomAccount, kind: str, inside: Json) -> Message:
    content = text(inside, "content")
    if not content:
        raise Denied(44004, "content is empty")
    form: tuple[Json, ...] = ({"type": kind},) if kind == "markdown" else ()
    return Message(words=_cut(content, CONTENT_BYTES), attachments=form)


def _media(stage: Stage, account: WecomAccount, kind: str, inside: Json) -> Message:
    media_id = text(inside, "media_id", "")
    check_media(stage, account.id, media_id, "", kind)
    told: Json = {"type": kind, "media_id": media_id}
    if kind == "video":
        told |= {name: _cut(text(inside, name, ""), most) for name, most in _TITLES.items()}
    return Message(words=text(told, "title", ""), attachments=(told,))


def _textcard(stage: Stage, account: WecomAccount, kind: str, inside: Json) -> Message:
    told: Json = {"type": kind, "url": _url(inside), "btntxt": text(inside, "btntxt", "详情")}
    for name, most in _TITLES.items():
        told[name] = _cut(text(inside, name), most)
        if not told[name]:
            raise Denied(40063, f"{name} is empty")
    return Message(words=f"{told['title']}\n{told['description']}", attachments=(told,))


def _news(stage: Stage, account: WecomAccount, kind: str, inside: Json) -> Message:
    """Articles with an address or a mini-program, at most eight."""
    told: list[Json] = []
    for one in _articles(inside):
        leads: Json = {"appid": one.get("appid"), "pagepath": text(one, "pagepath", "")}
        if not one.get("appid"):
            leads = {"url": _url(one)}
        words: Json = {name: _cut(text(one, name, ""), most) for name, most in _TITLES.items()}
        told.append({**words, **leads, "picurl": text(one, "picurl", "")})
    return _shelf(kind, told)


def _mpnews(stage: Stage, account: WecomAccount, kind: str, inside: Json) -> Message:
    """Articles whose pages the platform keeps; each has a picture and a content."""
    told: list[Json] = []
    for one in _articles(inside):
        check_media(stage, account.id, text(one, "thumb_media_id", ""), "", "image")
        if not text(one, "content", ""):
            raise Denied(44004, "content is empty")
        told.append(dict(one))
    return _shelf(kind, told)


def _miniprogram(stage: Stage, account: WecomAccount, kind: str, inside: Json) -> Message:
    if not text(inside, "appid", "") or not text(inside, "title", ""):
        raise Denied(40063, "appid or title is empty")
    items = records(inside, "content_item")
    if len(items) > ITEMS:
        raise BadShape("content_item")
    lines = [f"{text(one, 'key')}：{text(one, 'value')}" for one in items]
    words = "\n".join([text(inside, "title"), *lines])
    return Message(words=words, attachments=({**inside, "type": kind},))


def _card(stage: Stage, account: WecomAccount, kind: str, inside: Json) -> Message:
    card_kind(inside)
    return Message(words=title(inside), attachments=(shown(inside),), card=inside)


def _articles(inside: Json) -> tuple[Json, ...]:
    articles = records(inside, "articles")
    if not 1 <= len(articles) <= ARTICLES:
        raise BadShape("articles")
    if not all(text(one, "title", "") for one in articles):
        raise Denied(40063, "title is empty")
    return articles


def _shelf(kind: str, articles: list[Json]) -> Message:
    words = "\n".join(text(one, "title") for one in articles)
    return Message(words=words, attachments=({"type": kind, "articles": list(articles)},))


def _url(inside: Json) -> str:
    url = text(inside, "url")
    if not url or len(url.encode()) > URL_BYTES:
        raise BadShape("url")
    return url


def _cut(content: str, most: int) -> str:
    """Longer text is cut by the platform, not refused."""
    return content.encode()[:most].decode("utf-8", "ignore")


_KINDS: Mapping[str, Callable[[Stage, WecomAccount, str, Json], Message]] = {
    "text": _text,
    "markdown": _text,
    "image": _media,
    "voice": _media,
    "video": _media,
    "file": _media,
    "textcard": _textcard,
    "news": _news,
    "mpnews": _mpnews,
    "miniprogram_notice": _miniprogram,
    "template_card": _card,
}
