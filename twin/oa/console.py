"""What the console of an Official Account holds: its automatic replies and its own menu."""

from dataclasses import dataclass

MATCHES = ("contain", "equal")
MODES = ("reply_all", "random_one")
REPLIES = ("text", "img", "news", "voice", "video")
BUTTONS = ("view", *REPLIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleArticle:
    """One article of a news reply."""

    title: str
    url: str
    digest: str = ""
    author: str = ""
    cover: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleReply:
    """One message: `content` is the words, or the media id of an img, voice or video."""

    type: str = "text"
    content: str = ""
    news: tuple[ConsoleArticle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleWord:
    """One keyword: the message contains it, or equals it."""

    content: str
    match: str = "contain"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleRule:
    """A keyword rule: when one of `words` matches, all of `reply` or one of it at random."""

    name: str
    words: tuple[ConsoleWord, ...]
    reply: tuple[ConsoleReply, ...]
    mode: str = "reply_all"
    created: int = 1_423_028_166


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoReply:
    """被关注回复, 收到消息回复 and 关键词回复, as the console's page has them."""

    add_friend: ConsoleReply | None = None
    default: ConsoleReply | None = None
    keywords: tuple[ConsoleRule, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleButton:
    """A button of the console's menu; one with `sub_button` only opens them."""

    name: str
    type: str = ""
    value: str = ""  # the words or media id it sends
    url: str = ""
    news: tuple[ConsoleArticle, ...] = ()
    sub_button: tuple["ConsoleButton", ...] = ()
