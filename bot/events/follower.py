"""What the followers of an Official Account do (oa/replies-and-messages.md)."""

from dataclasses import dataclass
from typing import ClassVar

from bot.events.event import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSaid(Event):
    """A follower typed something, or tapped a line of a menu message, which then is `menu_id`."""

    text: str
    msg_id: str
    menu_id: str = ""
    occasion: ClassVar[str] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed(Event):
    """Someone followed the account; `scene` is the entry code scanned, without `qrscene_`."""

    scene: str = ""
    occasion: ClassVar[str] = "follow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned(Event):
    """A follower scanned an entry code."""

    scene: str
    occasion: ClassVar[str] = "scan"


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuTapped(Event):
    """A follower tapped a menu entry of type click."""

    key: str
    occasion: ClassVar[str] = "menu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfollowed(Event):
    """A follower left the account."""

    occasion: ClassVar[str] = "unfollow"
