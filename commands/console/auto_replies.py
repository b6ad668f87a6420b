"""The automatic replies of an Official Account's console, as its API tells them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_KINDS = {"img": "图片", "voice": "语音", "video": "视频", "news": "图文"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One reply: its words, or in `by_hand` what it is that only a person can bring over."""

    text: str = ""
    by_hand: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keywords:
    """One keyword rule. `words` are pairs of a word and whether it must be the whole message."""

    name: str
    words: tuple[tuple[str, bool], ...]
    replies: tuple[Reply, ...]
    at_random: bool = False  # one of the replies, not all


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoReplies:
    """Everything that answers by itself in the console."""

    follow: Reply | None = None
    default: Reply | None = None
    rules: tuple[Keywords, ...] = ()


def read_auto_replies(body: Mapping[str, Any]) -> AutoReplies:
    """Return what `get_current_autoreply_info` tells; what it does not tell is left out."""
    listed = _mapping(body.get("keyword_autoreply_info")).get("list")
    return AutoReplies(
        follow=_single(body.get("add_friend_autoreply_info")),
        default=_single(body.get("message_default_autoreply_info")),
        rules=tuple(_rule(one) for one in _mappings(listed)),
    )


def _rule(told: Mapping[str, Any]) -> Keywords:
    words = [
        (str(one.get("content") or "").strip(), one.get("match_mode") == "equal")
        for one in _mappings(told.get("keyword_list_info"))
    ]
    return Keywords(
        name=str(told.get("rule_name") or ""),
        words=tuple(word for word in words if word[0]),
        replies=tuple(_reply(one) for one in _mappings(told.get("reply_list_info"))),
        at_random=told.get("reply_mode") == "random_one",
    )


def _single(told: object) -> Reply | None:
    return _reply(told) if isinstance(told, Mapping) and told else None


def _reply(told: Mapping[str, Any]) -> Reply:
    kind, content = str(told.get("type") or ""), str(told.get("content") or "").strip()
    if kind == "text" and content:
        return Reply(text=content)
    if kind == "news":
        articles = _mappings(_mapping(told.get("news_info")).get("list"))
        named = "；".join(
            f"《{one.get('title', '')}》{one.get('content_url', '')}" for one in articles
        )
        return Reply(by_hand=f"{_KINDS[kind]} {named}")
    return Reply(by_hand=f"{_KINDS.get(kind, kind)} {content}".strip())


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, Mapping))
