"""`send_welcome_msg`: one call for each code, within 20 s (customer-contact.md section 2)."""

from twin.contacts import Spent, Welcome
from twin.host import Denied, Done, Endpoint
from twin.people import Seen
from twin.shape import Json, record, records, text
from twin.stage import Stage
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
TEXT_BYTES = 4000
ATTACHMENTS = 9
LINK_BYTES = {"title": 128, "desc": 512, "url": 2048}
_NEEDS = {
    "image": ("media_id", "pic_url"),
    "link": ("url",),
    "miniprogram": ("appid",),
    "video": ("media_id",),
    "file": ("media_id",),
}
_REFUSALS = {
    Spent.UNKNOWN: (41050, "invalid welcome code"),
    Spent.LATE: (41050, "invalid welcome code, expired"),
    Spent.SENDING: (41096, "welcome message is being sent"),
    Spent.USED: (41051, "chat already started or welcome already sent"),
}


def send_welcome(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """Show the welcome on the phone of the customer who was added."""
    code = text(args, "welcome_code", "")
    if not code:
        raise Denied(41049, "missing welcome code")
    welcome = stage.contacts.welcome(code)
    who = _who(stage, welcome)
    words = text(record(args, "text"), "content", "")
    attachments = tuple(_attachment(one, who) for one in records(args, "attachments"))
    _check_size(words, attachments, who)
    spent = stage.contacts.spend(code, stage.now(), stage.settings.welcome_s)
    if spent is not Spent.OK or welcome is None:
        raise Denied(*_REFUSALS[spent], who)
    seen = Seen(
        at=stage.now(),
        channel="welcome",
        sender=welcome.userid,
        text=words,
        via="welcome",
        attachments=attachments,
    )
    return Done(body=OK, who=who, effect={"shown": words}, shows=((who, seen),))


def _who(stage: Stage, welcome: Welcome | None) -> str:
    person = stage.crowd.by_external(welcome.external_userid) if welcome else None
    return person.name if person else ""


def _check_size(words: str, attachments: tuple[Json, ...], who: str) -> None:
    if not words and not attachments:
        raise Denied(40063, "text and attachments are both empty", who)
    if len(words.encode()) > TEXT_BYTES:
        raise Denied(45002, "content size out of limit", who)
    if len(attachments) > ATTACHMENTS:
        raise Denied(41064, "too many attachments", who)


def _attachment(one: Json, who: str) -> Json:
    kind = text(one, "msgtype", "")
    if kind not in _NEEDS:
        raise Denied(41065, "invalid attachment type", who)
    inside = record(one, kind)
    if not any(inside.get(key) for key in _NEEDS[kind]):
        raise Denied(40058, f"{kind} lacks {' or '.join(_NEEDS[kind])}", who)
    if kind == "link" and any(
        len(text(inside, key, "").encode()) > most for key, most in LINK_BYTES.items()
    ):
        raise Denied(40058, "link title, desc or url too long", who)
    return {"type": kind, **inside}


WELCOME_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/externalcontact/send_welcome_msg": Endpoint(method="POST", act=send_welcome),
}
