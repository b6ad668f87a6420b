"""`send_welcome_msg`: one call for each code, within 20 s (customer-contact.md section 2)."""

from twin.contact.attachments import worded
from twin.contact.relations import Spent, Welcome
from twin.host import Denied, Done, Endpoint
from twin.people import Seen
from twin.shape import Json, text
from twin.stage import Stage
from twin.world import WecomAccount

OK: Json = {"errcode": 0, "errmsg": "ok"}
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
    words, attachments = worded(stage, account, args, who)
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


WELCOME_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/externalcontact/send_welcome_msg": Endpoint(method="POST", act=send_welcome),
}
