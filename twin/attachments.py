"""Attachments of welcomes, to one customer or in a group (customer-contact.md sections 2, 5.3)."""

from twin.host import Denied
from twin.media_api import check_media
from twin.shape import Json, record, text
from twin.stage import Stage
from twin.world import WecomAccount

# For each type: the fields of which one must be there.
_NEEDS = {
    "image": ("media_id", "pic_url"),
    "link": ("url",),
    "miniprogram": ("appid",),
    "video": ("media_id",),
    "file": ("media_id",),
}
# For each type: the most bytes of a field.
_MOST = {
    "link": {"title": 128, "desc": 512, "url": 2048},
    "miniprogram": {"title": 64},
}


def attachment(stage: Stage, account: WecomAccount, one: Json, who: str) -> Json:
    """Return an attachment as it shows on a phone. Raises Denied 41065, 40058 or 40007."""
    kind = text(one, "msgtype", "")
    if kind not in _NEEDS:
        raise Denied(41065, "invalid attachment type", who)
    inside = record(one, kind)
    if not any(inside.get(key) for key in _NEEDS[kind]):
        raise Denied(40058, f"{kind} lacks {' or '.join(_NEEDS[kind])}", who)
    for key, most in _MOST.get(kind, {}).items():
        if len(text(inside, key, "").encode()) > most:
            raise Denied(40058, f"{kind} {key} too long", who)
    _check_media(stage, account, kind, inside, who)
    return {"type": kind, **inside}


def _check_media(stage: Stage, account: WecomAccount, kind: str, inside: Json, who: str) -> None:
    if "media_id" in inside and kind in ("image", "video", "file"):
        check_media(stage, account.id, text(inside, "media_id"), who, kind)
    elif kind == "image" and not _uploaded(stage, text(inside, "pic_url")):
        raise Denied(40058, "pic_url should come from media/uploadimg", who)
    if kind == "miniprogram":
        check_media(stage, account.id, text(inside, "pic_media_id", ""), who, "image")


def _uploaded(stage: Stage, url: str) -> bool:
    base, _, name = url.rpartition("/pic/")
    return base in stage.bases.values() and name in stage.media.pictures
