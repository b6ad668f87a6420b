"""The buttons of a menu by API: how many, of which types, how long (oa/api.md section 6)."""

from urllib.parse import urlsplit

from twin.host import Denied
from twin.oa.message_kinds import check_mini_program
from twin.shape import BadShape, Json, records, text
from twin.world import OaAccount

FIRST_LEVEL, SECOND_LEVEL = 3, 5
NAME_BYTES, SUB_NAME_BYTES = 16, 60
KEY_BYTES, URL_BYTES = 128, 1024
FOREIGN_HOSTS = 3
# Each type of button, and the fields it needs.
_TYPES: dict[str, tuple[str, ...]] = {
    "click": ("key",),
    "view": ("url",),
    "miniprogram": ("url", "appid", "pagepath"),
    "scancode_push": ("key",),
    "scancode_waitmsg": ("key",),
    "pic_sysphoto": ("key",),
    "pic_photo_or_album": ("key",),
    "pic_weixin": ("key",),
    "location_select": ("key",),
    "media_id": ("media_id",),
    "article_id": ("article_id",),
    "article_view_limited": ("article_id",),
    "view_limited": ("media_id",),
}
# What is wrong with a button: the errcode on the first level, the errcode on the second.
_COUNT, _TYPE, _NAME = (40016, 40023), (40017, 40024), (40018, 40025)
_KEY, _URL = (40019, 40026), (40020, 40027)


def buttons_of(account: OaAccount, args: Json) -> tuple[Json, ...]:
    """Return the buttons that a menu is to have, each with the fields its type knows.

    Raises Denied for the first limit that does not hold.
    """
    asked = records(args, "button")
    if not 1 <= len(asked) <= FIRST_LEVEL:
        raise Denied(_COUNT[0], "invalid button size")
    made = tuple(_button(one) for one in asked)
    hosts = {urlsplit(text(leaf, "url")).hostname for leaf in leaves(made) if "url" in leaf}
    if len(hosts) > FOREIGN_HOSTS:
        raise Denied(65316, "menu links to too many domains")
    for leaf in leaves(made):
        if "appid" in leaf:
            check_mini_program(account, text(leaf, "appid"))
    return made


def told(buttons: tuple[Json, ...]) -> list[Json]:
    """Return the buttons as menu/get tells them: every one has a sub_button."""
    return [{**one, "sub_button": told(records(one, "sub_button"))} for one in buttons]


def leaves(buttons: tuple[Json, ...]) -> list[Json]:
    """Return the buttons that do something when tapped."""
    return [leaf for one in buttons for leaf in (records(one, "sub_button") or (one,))]


def _button(one: Json) -> Json:
    below = records(one, "sub_button")
    if not below:
        return _leaf(one, 0)
    if len(below) > SECOND_LEVEL:
        raise Denied(_COUNT[1], "invalid sub button size")
    name = _sized(one, "name", NAME_BYTES, _NAME[0])
    return {"name": name, "sub_button": [_leaf(leaf, 1) for leaf in below]}


def _leaf(one: Json, level: int) -> Json:
    """Return the button with the fields its type knows. Raises Denied, level by level."""
    if records(one, "sub_button"):
        raise Denied(40022, "invalid sub button level")
    kind = text(one, "type", "")
    if kind not in _TYPES:
        raise Denied(_TYPE[level], f"invalid button type {kind}")
    most = (NAME_BYTES, SUB_NAME_BYTES)[level]
    kept: Json = {"type": kind, "name": _sized(one, "name", most, _NAME[level])}
    for field in _TYPES[kind]:
        code, bytes_ = (_URL[level], URL_BYTES) if field == "url" else (_KEY[level], KEY_BYTES)
        kept[field] = _sized(one, field, bytes_, code)
    if "url" in kept and urlsplit(text(kept, "url")).scheme not in ("http", "https"):
        raise Denied((40055, 40054)[level], "invalid button url domain")
    return kept


def _sized(one: Json, field: str, most: int, code: int) -> str:
    try:
        held = text(one, field)
    except BadShape as cause:
        raise Denied(code, f"invalid button {field} size") from cause
    if not 1 <= len(held.encode()) <= most:
        raise Denied(code, f"invalid button {field} size")
    return held
