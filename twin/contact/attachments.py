"""Text and attachments of welcomes and mass messages (customer-contact.md sections 2, 5.3, 5.4)."""

from twin.host import Denied
from twin.media_api import check_media
from twin.shape import Json, record, records, text
from twin.stage import Stage
from twin.world import WecomAccount

TEXT_BYTES = 4000
ATTACHMENTS = 9
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


def worded(
    stage: Stage, account: WecomAccount, args: Json, who: str
) -> tuple[str, tuple[Json, ...]]:
    """Return the text and the attachments, at most nine, of a welcome or a mass message.

    Raises Denied 40063 for neither, 45002, 41064, or for an attachment that is not taken.
    """
    words, listed = text(record(args, "text"), "content", ""), records(args, "attachments")
    if not words and not listed:
        raise Denied(40063, "text and attachments are both empty", who)
    if len(words.encode()) > TEXT_BYTES:
        raise Denied(45002, "content size out of limit", who)
    if len(listed) > ATTACHMENTS:
        raise Denied(41064, "too many attachments", who)
    return words, tuple(attachment(stage, account, one, who) for one in listed)


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


def picture_url(stage: Stage, account: WecomAccount, image: Json) -> str:
    """Return where the picture of an image attachment can be seen."""
    medium = stage.media.found(account.id, text(image, "media_id", ""), stage.now())
    if medium is None:
        return text(image, "pic_url", "")
    name = stage.media.hang(medium.filename, medium.content)
    return f"{stage.bases.get('wecom', '')}/pic/{name}"


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
