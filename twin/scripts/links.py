"""The links on a phone, newest first, and the ways into groups that stand behind them."""

import re
from collections.abc import Iterator

from twin.acts import NotPossible
from twin.people import Seen
from twin.shape import Json
from twin.stage import Stage

# What a script may call a link, and what its address holds then.
KINDS = {"link": "://", "kf": "https://work.weixin.qq.com/kf", "coupon": "/c/", "invited": "/j/"}
_ADDRESS = re.compile(r"https?://[\w\-.~:/?#\[\]@!$&*+,;=%]+", re.ASCII)
_KEYS = ("url", "link", "picurl", "pic_url")


def newest_link(stage: Stage, who: str, wanted: str) -> str:
    """Return the newest link on a phone of this kind, or with these characters in its address.

    Raises NotPossible without one.
    """
    part = KINDS.get(wanted, wanted)
    for seen in reversed(stage.phone(who) or []):
        for link in links_of(seen):
            if part in link:
                return link
    raise NotPossible(f"{who} 的手机上没有 {wanted} 链接")


def links_of(seen: Seen) -> Iterator[str]:
    """Yield every address in a message, those of its attachments first."""
    for shown in seen.attachments:
        yield from _inside(shown)
    yield from (one.rstrip(".,;:!?") for one in _ADDRESS.findall(seen.text))


def _inside(shown: object) -> Iterator[str]:
    if isinstance(shown, dict):
        for name, value in shown.items():
            if isinstance(value, str) and name in _KEYS and value:
                yield value
            yield from _inside(value)
    elif isinstance(shown, list):
        for one in shown:
            yield from _inside(one)


def way_in(stage: Stage, pictures: object) -> str:
    """Return the first of these pictures that is a living way into a group, "" when none is."""
    for picture in pictures if isinstance(pictures, list) else ():
        name = str(picture).rpartition("/")[2].rpartition(":")[2].removesuffix(".png")
        if name in stage.groups.ways:
            return str(picture)
    return ""


def cards(seen: Seen) -> list[Json]:
    """Return the group invitations of customer service among a message's attachments."""
    return [one for one in seen.attachments if one.get("type") == "group_card"]
