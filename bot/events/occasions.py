"""What rules call an event, and what of it they compare: its words and its key.

Pictures, voices, videos, places, links, files and mini programs are kept as they came and have no
event of their own; a customer who sends one is answered like one who typed.
"""

from collections.abc import Mapping
from typing import TypeGuard

from bot.events.contact import ContactAdded
from bot.events.event import Event, Notice
from bot.events.follower import Followed, MenuTapped, Scanned, TextSaid
from bot.events.group import GroupSaid, MemberJoined
from bot.events.kf import KfEntered, KfNotice, KfSaid
from bot.events.order import OrderTold
from bot.events.staff import BotAsked, BotEntered, StaffSaid

# What a platform lets us answer inside the response to its callback (oa/callbacks.md section 6,
# wecom/apps-and-bots.md section 4.3).
ANSWERED_INSIDE = (TextSaid, Followed, Scanned, MenuTapped, BotAsked, BotEntered)
_SAID = (TextSaid, KfSaid, GroupSaid, StaffSaid, BotAsked)
_OA, _KF = "oa.msg.", "kf.msg."
_CUSTOMER = "3"  # the origin of what a customer sends (wecom/kf.md section 4)
_SENT: Mapping[str, str] = {
    "image": "image",
    "voice": "voice",
    "video": "video",
    "shortvideo": "video",
    "location": "location",
    "link": "link",
    "file": "file",
    "miniprogram": "miniprogram",
}
SENT = frozenset(_SENT.values())
# Where each platform writes what is to be compared: oa/replies-and-messages.md section 1,
# wecom/kf.md section 4.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "oa.location": ("Label",),
    "oa.link": ("Title",),
    "kf.location": ("location.name", "location.address"),
    "kf.link": ("link.title",),
    "kf.miniprogram": ("miniprogram.title",),
}
_KEYS: Mapping[str, str] = {
    "oa.link": "Url",
    "kf.link": "link.url",
    "kf.miniprogram": "miniprogram.appid",
}


def occasion_of(event: Event) -> str:
    """Return the word rules use for an event; "" when no rule can name it."""
    return _sent(event) or event.occasion


def words_of(event: Event) -> str:
    """Return what the customer typed, or the title of the link, place or file they sent."""
    if isinstance(event, _SAID):
        return event.text
    return " ".join(filter(None, (event.fields.get(name) for name in _WORDS.get(_kind(event), ()))))


def key_of(event: Event) -> str:
    """Return the menu key, scene, state or address an event carries, or ""."""
    match event:
        case MenuTapped(key=key):
            return key
        case Followed(scene=scene) | Scanned(scene=scene) | KfEntered(scene=scene):
            return scene
        case OrderTold(source=source):
            return source
        case ContactAdded(state=state) | MemberJoined(state=state):
            return state
        case TextSaid(menu_id=tapped) | KfSaid(menu_id=tapped):
            return tapped
        case _:
            return event.fields.get(_KEYS.get(_kind(event), ""), "")


def spoken_in_kf(event: Event) -> TypeGuard[KfSaid | KfNotice]:
    """Tell whether a customer wrote or sent this in customer service."""
    return isinstance(event, KfSaid) or (isinstance(event, KfNotice) and bool(_sent(event)))


def sent_by_follower(event: Event) -> bool:
    """Tell whether a follower sent this to an Official Account instead of typing."""
    return isinstance(event, Notice) and not isinstance(event, KfNotice) and bool(_sent(event))


def answered_inside(event: Event) -> bool:
    """Tell whether the platform takes an answer inside the response to this callback."""
    return isinstance(event, ANSWERED_INSIDE) or sent_by_follower(event)


def _kind(event: Event) -> str:
    """Return where it was sent and what it is, such as `kf.link`; "" when nothing was."""
    return f"{'kf' if isinstance(event, KfNotice) else 'oa'}.{_sent(event)}"


def _sent(event: Event) -> str:
    if not isinstance(event, Notice) or event.who is None or event.incomplete:
        return ""
    if isinstance(event, KfNotice):
        theirs = event.kf and event.fields.get("origin") == _CUSTOMER
        return _SENT.get(event.kind.removeprefix(_KF), "") if theirs else ""
    return _SENT.get(event.kind.removeprefix(_OA), "")
