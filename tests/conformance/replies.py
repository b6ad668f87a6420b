"""Passive replies of other projects: read, written by our own renderers, and read again."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from bot.events import Alias, AliasKind, Event, Notice
from bot.platforms.happening import Fields, moment, read
from bot.platforms.oa import reply as oa
from bot.platforms.oa.reply import Music, OaSaid, Transfer
from bot.platforms.passive import Article, News, Picture, Said, Text, Video, Voice
from bot.platforms.wecom import reply as wecom
from bot.platforms.wecom.reply import UpdateButton, WecomSaid
from tests.conformance.cases import Case

_SAID: Mapping[str, Callable[[Fields], Said | OaSaid | WecomSaid]] = MappingProxyType(
    {
        "text": lambda it: Text(content=it.get("Content")),
        "image": lambda it: Picture(media_id=it.get("Image.MediaId")),
        "voice": lambda it: Voice(media_id=it.get("Voice.MediaId")),
        "video": lambda it: Video(
            media_id=it.get("Video.MediaId"),
            title=it.get("Video.Title"),
            description=it.get("Video.Description"),
        ),
        "music": lambda it: Music(
            thumb_media_id=it.get("Music.ThumbMediaId"),
            title=it.get("Music.Title"),
            description=it.get("Music.Description"),
            url=it.get("Music.MusicUrl"),
            hq_url=it.get("Music.HQMusicUrl"),
        ),
        "news": lambda it: News(articles=_articles(it)),
        "transfer_customer_service": lambda it: Transfer(agent=it.get("TransInfo.KfAccount")),
        "update_button": lambda it: UpdateButton(name=it.get("Button.ReplaceName")),
    }
)


def written_again(case: Case) -> str:
    """Return what differs when our renderer writes a published reply; "" when nothing does.

    White space around a text and empty elements mean nothing. Raises ValueError for a reply that
    we would not write, such as one of another type.
    """
    published = read(case.text)
    fields = Fields(published)
    of = _SAID.get(fields.get("MsgType"))
    if of is None:
        raise ValueError(f"no reply of ours: {fields.get('MsgType')}")
    event, at = _asking(fields), moment(fields) or datetime.now(UTC)
    said = of(fields)
    if isinstance(said, UpdateButton):
        written = wecom.reply(event, said, at)
    else:
        written = oa.reply(event, said, at)  # type: ignore[arg-type]  # UpdateCard is never made
    differing = _said(read(written)) ^ _said(published)
    return f"wrote {sorted(differing)}" if differing else ""


def _said(leaf_texts: Mapping[str, str]) -> set[tuple[str, str]]:
    return {(path, text.strip()) for path, text in leaf_texts.items() if text.strip()}


def _articles(reply: Fields) -> tuple[Article, ...]:
    titles, urls = reply.every("Articles.item.Title"), reply.every("Articles.item.Url")
    told, pictures = (reply.every(f"Articles.item.{name}") for name in ("Description", "PicUrl"))
    return tuple(
        Article(title=title, description=words, pic_url=picture, url=url)
        for title, words, picture, url in zip(titles, told, pictures, urls, strict=True)
    )


def _asking(reply: Fields) -> Event:
    """The callback that such a reply would answer: its addresses the other way round."""
    asker, account = reply.get("ToUserName"), reply.get("FromUserName")
    return Notice(
        account="a",
        who=Alias(AliasKind.OA_OPENID, "wx1", asker),
        kind="oa.msg.text",
        fields={"FromUserName": asker, "ToUserName": account},
    )
