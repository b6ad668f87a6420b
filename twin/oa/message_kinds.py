"""What each msgtype of a customer-service message holds, and how it looks on a phone."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from twin.host import Denied
from twin.media_api import check_media
from twin.shape import Json, record, records, text
from twin.stage import Stage
from twin.world import OaAccount

TEXT_BYTES = 2048
_COVERS = ("thumb", "image")


@dataclass(frozen=True, slots=True)
class Content:
    """The words of a message and what comes with them."""

    text: str
    attachments: tuple[Json, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """One message before it is judged: who sends what to whom. `kind` is its msgtype."""

    stage: Stage
    account: OaAccount
    who: str
    kind: str
    inside: Json

    def check(self, key: str, *kinds: str) -> None:
        """Refuse a bad media_id in this field: Denied 40007."""
        check_media(self.stage, self.account.id, text(self.inside, key), self.who, *kinds)


def content_of(stage: Stage, account: OaAccount, who: str, args: Json) -> Content:
    """Return what the message would show. Raises Denied and BadShape for what cannot be sent."""
    kind = text(args, "msgtype")
    if kind not in _READERS:
        raise Denied(40008, "invalid message type", who)
    draft = _Draft(stage=stage, account=account, who=who, kind=kind, inside=record(args, kind))
    return _READERS[kind](draft)


def check_mini_program(account: OaAccount, appid: str) -> None:
    """Refuse a mini program that is not linked with the account: Denied 45064."""
    if account.mini_programs and appid not in account.mini_programs:
        raise Denied(45064, "no permission to use weapp in menu or message")


def _words(content: str) -> str:
    if not content:
        raise Denied(44004, "empty content")
    if len(content.encode()) > TEXT_BYTES:
        raise Denied(45002, "content size out of limit")
    return content


def _text(draft: _Draft) -> Content:
    return Content(_words(text(draft.inside, "content", "")))


def _medium(draft: _Draft) -> Content:
    draft.check("media_id", draft.kind)
    return Content("", ({"type": draft.kind, "media_id": text(draft.inside, "media_id")},))


def _video(draft: _Draft) -> Content:
    draft.check("media_id", "video")
    draft.check("thumb_media_id", *_COVERS)
    return Content(text(draft.inside, "title", ""), ({"type": "video", **draft.inside},))


def _music(draft: _Draft) -> Content:
    for key in ("musicurl", "hqmusicurl"):
        text(draft.inside, key)
    draft.check("thumb_media_id", *_COVERS)
    return Content(text(draft.inside, "title", ""), ({"type": "music", **draft.inside},))


def _news(draft: _Draft) -> Content:
    articles = records(draft.inside, "articles")
    if len(articles) != 1:
        raise Denied(45008, "article size out of limit", draft.who)
    one = articles[0]
    title = text(one, "title")
    link: Json = {"type": "link", "title": title, "url": text(one, "url", "")}
    link |= {"desc": text(one, "description", ""), "picurl": text(one, "picurl", "")}
    return Content(title, (link,))


def _asset(key: str, errcode: int) -> Callable[[_Draft], Content]:
    """Return the reader of a msgtype that names something made in the console."""

    def read(draft: _Draft) -> Content:
        wanted = text(draft.inside, key)
        if wanted not in draft.account.assets:
            raise Denied(errcode, f"invalid {key}", draft.who)
        return Content("", ({"type": draft.kind, key: wanted},))

    return read


def _menu(draft: _Draft) -> Content:
    if draft.account.is_test_account:
        raise Denied(48001, "api unauthorized", draft.who)
    items = records(draft.inside, "list")
    lines = [text(one, "content") for one in items]
    named = [{"id": _id(one), "content": text(one, "content")} for one in items]
    head = text(draft.inside, "head_content", "")
    tail = text(draft.inside, "tail_content", "")
    words = _words("\n".join([head, *lines, tail]))
    return Content(words, ({"type": "menu", "list": lines, "items": named},))


def _id(item: Json) -> str:
    found = item.get("id", "")
    return str(found) if isinstance(found, int) else text(item, "id", "")


def _mini_program(draft: _Draft) -> Content:
    check_mini_program(draft.account, text(draft.inside, "appid"))
    text(draft.inside, "pagepath")
    draft.check("thumb_media_id", *_COVERS)
    shown: Json = {"type": "miniprogram", **draft.inside}
    return Content(text(draft.inside, "title"), (shown,))


_READERS: Mapping[str, Callable[[_Draft], Content]] = {
    "text": _text,
    "image": _medium,
    "voice": _medium,
    "video": _video,
    "music": _music,
    "news": _news,
    "mpnews": _asset("media_id", 40007),
    "mpnewsarticle": _asset("article_id", 53600),
    "msgmenu": _menu,
    "wxcard": _asset("card_id", 40072),
    "miniprogrampage": _mini_program,
}
