"""The automatic replies of an Official Account's console, as its API tells them."""

from collections.abc import Iterator, Mapping
from typing import Any

from commands.importing.replies import Keywords, Reply, ReplySet
from commands.importing.rows import mode_of
from keyword_rules.rule import Mode

_KINDS = {"img": "图片", "image": "图片", "voice": "语音", "video": "视频", "news": "图文"}
_FOLLOW, _DEFAULT = "add_friend_autoreply_info", "message_default_autoreply_info"
_KEYWORDS = "keyword_autoreply_info"


def is_console(body: Mapping[str, Any]) -> bool:
    """Whether a mapping is an answer of `get_current_autoreply_info`."""
    return any(key in body for key in (_KEYWORDS, _FOLLOW, _DEFAULT, "is_autoreply_open"))


def read_auto_replies(body: Mapping[str, Any]) -> ReplySet:
    """Return what `get_current_autoreply_info` tells; what it does not tell is left out."""
    listed = _mapping(body.get(_KEYWORDS)).get("list")
    rules = tuple(_rule(one) for one in _mappings(listed))
    off = rules and _is_off(body, "is_autoreply_open")
    remarks = ["后台的自动回复原来是停用的（is_autoreply_open 为 0），照样写了"] if off else []
    follow = _single(body.get(_FOLLOW))
    if follow and _is_off(body, "is_add_friend_reply_open"):
        said = " ".join(follow.text.split()) or follow.by_hand
        remarks.append(
            f"被关注回复原来是停用的（is_add_friend_reply_open 为 0），没有写：「{said}」"
        )
        follow = None
    return ReplySet(
        title="公众号后台的自动回复",
        rules=rules,
        channels=("oa",),
        follow=follow,
        default=_single(body.get(_DEFAULT)),
        remarks=tuple(remarks),
    )


def _is_off(body: Mapping[str, Any], name: str) -> bool:
    return str(body.get(name, "")).strip() == "0"


def _rule(told: Mapping[str, Any]) -> Keywords:
    listed = list(_mappings(told.get("keyword_list_info")))
    words = [
        (str(one.get("content") or "").strip(), mode)
        for one in listed
        if (mode := _mode(one)) is not None
    ]
    replies = [reply for one in _mappings(told.get("reply_list_info")) for reply in _replies(one)]
    return Keywords(
        name=str(told.get("rule_name") or ""),
        words=tuple(word for word in words if word[0]),
        replies=tuple(replies),
        at_random=told.get("reply_mode") == "random_one",
        remarks=tuple(
            f"不认识的匹配方式 {one['match_mode']}，关键词 {one.get('content')} 没有导入"
            for one in listed
            if _mode(one) is None
        ),
    )


def _mode(told: Mapping[str, Any]) -> Mode | None:
    """Return how a word is compared; one without a mode is looked for anywhere."""
    return mode_of(told["match_mode"]) if told.get("match_mode") else Mode.CONTAINS


def _single(told: object) -> Reply | None:
    if not isinstance(told, Mapping) or not told:
        return None
    return next(_replies(told), None)


def _replies(told: Mapping[str, Any]) -> Iterator[Reply]:
    kind, content = str(told.get("type") or ""), str(told.get("content") or "").strip()
    if kind == "text" and content:
        yield Reply(text=content)
        return
    articles = list(_mappings(_mapping(told.get("news_info")).get("list")))
    shown = [one for one in map(_article, articles) if one] if kind == "news" else []
    yield from shown
    if not shown:
        yield Reply(by_hand=f"{_KINDS.get(kind, kind)} {content}".strip())


def _article(told: Mapping[str, Any]) -> Reply | None:
    """Return an article as words with a card, which is how it looks to a customer."""
    title, url = str(told.get("title") or "").strip(), str(told.get("content_url") or "").strip()
    if not title or not url.startswith(("http://", "https://")):
        return None
    return Reply(text=title, link=url, link_title=title)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, Mapping))
