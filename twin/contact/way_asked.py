"""What a call asks of a «contact me» code: its fields, checked one by one."""

from dataclasses import replace

from twin.contact.attachments import attachment, picture_url
from twin.contact.ways import SINGLE, ContactWay
from twin.corp.parties import members, parties
from twin.corp.people_api import serving
from twin.host import Denied
from twin.shape import BadShape, Json, record, text, texts, whole
from twin.stage import Stage
from twin.tokens import DAY_S
from twin.world import WecomAccount

STATE_LENGTH = REMARK_LENGTH = 30
MOST_STAFF = 100
LONGEST_S = int(14 * DAY_S)
CLOSING_BYTES = 4000
_CLOSINGS = ("image", "link", "miniprogram")


def asked_way(stage: Stage, account: WecomAccount, args: Json, was: ContactWay) -> ContactWay:
    """Return the code as the call wants it; what the call does not name stays as it was.

    Raises BadShape, or Denied 41041 for more than 100 people, 40063, 60111, 60030, 84074.
    """
    way = replace(
        was,
        state=_short(args, "state", was.state, STATE_LENGTH),
        remark=_short(args, "remark", was.remark, REMARK_LENGTH),
        style=whole(args, "style", was.style),
        skip_verify=args.get("skip_verify", was.skip_verify) is not False,
        staff=texts(args, "user") if "user" in args else was.staff,
        parties=parties(args, "party") if "party" in args else was.parties,
        expires_s=_time(args, "expires_in", was.expires_s),
        chat_expires_s=_time(args, "chat_expires_in", was.chat_expires_s),
        unionid=text(args, "unionid", was.unionid),
        conclusions=_conclusions(stage, account, args)
        if "conclusions" in args
        else was.conclusions,
    )
    _check_people(stage, way)
    if not way.temporary and way.conclusions:
        raise BadShape("conclusions")
    return way


def _short(args: Json, key: str, was: str, most: int) -> str:
    found = text(args, key, was)
    if len(found) > most:
        raise BadShape(key)
    return found


def _time(args: Json, key: str, was: int) -> int:
    seconds = whole(args, key, was)
    if not 0 < seconds <= LONGEST_S:
        raise BadShape(key)
    return seconds


def _check_people(stage: Stage, way: ContactWay) -> None:
    if way.type() == SINGLE and (len(way.staff) != 1 or way.parties):
        raise BadShape("user")
    if way.temporary and way.type() != SINGLE:
        raise BadShape("is_temp")
    if len({*way.staff, *members(stage, way.parties)}) > MOST_STAFF:
        raise Denied(41041, "too many users")
    if not way.staff and not way.parties:
        raise Denied(40063, "user and party are both empty")
    for userid in way.staff:
        serving(stage, userid)


def _conclusions(stage: Stage, account: WecomAccount, args: Json) -> Json:
    """Return the closing words; a picture stands with its address, as it is read back."""
    found = record(args, "conclusions")
    given = [kind for kind in _CLOSINGS if found.get(kind)]
    words = record(found, "text")
    if len(text(words, "content", "").encode()) > CLOSING_BYTES:
        raise Denied(45002, "content size out of limit")
    if len(given) > 1:
        raise BadShape("conclusions")
    told: Json = {"text": words} if words else {}
    for kind in given:
        inside = attachment(stage, account, {"msgtype": kind, kind: found[kind]}, "")
        del inside["type"]
        told[kind] = {"pic_url": picture_url(stage, account, inside)} if kind == "image" else inside
    return told
