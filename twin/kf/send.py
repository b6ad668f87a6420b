"""`kf/send_msg` inside its window and quota, `kf/send_msg_on_event` with a code (kf.md 5, 6)."""

import re
import secrets

from twin.host import Denied, Done, Endpoint
from twin.kf.accounts import check_managed, kf_account, kf_customer
from twin.kf.bell import event
from twin.kf.bodies import Message, message
from twin.kf.codes import Code
from twin.kf.sessions import QUOTA, Moment, Session, State
from twin.media_api import check_media
from twin.people import Person, Seen
from twin.shape import BadShape, Json, text
from twin.stage import Stage
from twin.world import WecomAccount

_MSGID = re.compile(r"[0-9a-zA-Z_-]{1,32}")
_STATES = {Moment.QUEUED: State.POOL, Moment.TAKEN: State.HUMAN, Moment.ENDED: State.ENDED}


def send(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/send_msg`: a msgid already used for this account shows nothing again."""
    kf = kf_account(stage, args)
    person = kf_customer(stage, text(args, "touser"))
    msgid, said = _msgid(args), _message(stage, account, args, person.name)
    if (kf.open_kfid, msgid) in stage.kf.sent_msgids:
        return _again(msgid, person)
    session = _sendable(stage, kf.open_kfid, person)
    session.sent += 1
    session.touched = stage.now()
    stage.kf.sent_msgids.add((kf.open_kfid, msgid))
    if stage.settings.kf_fail_type:
        failed: Json = {"fail_msgid": msgid, "fail_type": stage.settings.kf_fail_type}
        event(stage, session, "kf_fail", "msg_send_fail", **failed)
        return Done(body=_took(msgid), who=person.name, effect={"failed": msgid})
    return _shown(stage, session, msgid, said, "kf")


def send_on_event(stage: Stage, account: WecomAccount, args: Json) -> Done:
    """`POST kf/send_msg_on_event`: one message for each code; it costs nothing of the quota."""
    code = _known(stage, text(args, "code", ""))
    session = code.session
    check_managed(stage, session.open_kfid)
    person = kf_customer(stage, session.external_userid)
    msgid, said = _msgid(args), message(args, person.name)
    if (session.open_kfid, msgid) in stage.kf.sent_msgids:
        return _again(msgid, person)
    _check_code(stage, code, said, person.name)
    code.used = True
    stage.kf.sent_msgids.add((session.open_kfid, msgid))
    if code.moment is Moment.ENTERED:
        session.welcomed = stage.now()
    return _shown(stage, session, msgid, said, "kf_event")


def _message(stage: Stage, account: WecomAccount, args: Json, who: str) -> Message:
    """Return the message; what it shows must have been uploaded within three days."""
    said = message(args, who)
    for shown in said.attachments:
        if said.kind in ("image", "voice", "video", "file"):
            check_media(stage, account.id, text(shown, "media_id"), who, said.kind)
        elif said.kind in ("link", "miniprogram"):
            check_media(stage, account.id, text(shown, "thumb_media_id"), who, "image")
    return said


def _msgid(args: Json) -> str:
    msgid = text(args, "msgid", "")
    if not msgid:
        return secrets.token_urlsafe(21)
    if not _MSGID.fullmatch(msgid):
        raise BadShape("msgid")
    return msgid


def _sendable(stage: Stage, open_kfid: str, person: Person) -> Session:
    """Return the conversation that may be written to: time first, then state, then count."""
    session = stage.kf.session(open_kfid, person.external_userid)
    if session is None or not session.consulted(stage.now()):
        raise Denied(95002, "more than 48 hours after the customer's message", person.name)
    if session.state is State.ENDED:
        raise Denied(95013, "conversation end", person.name)
    if session.state not in (State.NEW, State.BOT):
        raise Denied(95018, "send msg session status invalid", person.name)
    if session.sent >= QUOTA:
        raise Denied(95001, "send msg count limit", person.name)
    return session


def _known(stage: Stage, wanted: str) -> Code:
    if not wanted:
        raise Denied(41049, "missing code")
    code = stage.kf.codes.find(wanted)
    if code is None:
        raise Denied(41050, "invalid code")
    return code


def _check_code(stage: Stage, code: Code, said: Message, who: str) -> None:
    if code.used:
        raise Denied(41051, "code already used", who)
    if code.late(stage.now(), stage.settings.welcome_s):
        raise Denied(41050, "invalid code, expired", who)
    if said.kind not in code.moment.kinds():
        raise Denied(40008, "invalid message type", who)
    state = code.session.state
    if state is not _STATES.get(code.moment, state):
        raise Denied(95018, "send msg session status invalid", who)


def _shown(stage: Stage, session: Session, msgid: str, said: Message, via: str) -> Done:
    who = kf_customer(stage, session.external_userid).name
    seen = Seen(
        at=stage.now(),
        channel="kf",
        sender=session.open_kfid,
        text=said.words,
        via=via,
        attachments=said.attachments,
    )
    effect: Json = {"shown": said.words, "msgid": msgid}
    return Done(body=_took(msgid), who=who, effect=effect, shows=((who, seen),))


def _again(msgid: str, person: Person) -> Done:
    return Done(body=_took(msgid), who=person.name)


def _took(msgid: str) -> Json:
    return {"errcode": 0, "errmsg": "ok", "msgid": msgid}


SEND_ENDPOINTS: dict[str, Endpoint[WecomAccount]] = {
    "/cgi-bin/kf/send_msg": Endpoint(method="POST", act=send),
    "/cgi-bin/kf/send_msg_on_event": Endpoint(method="POST", act=send_on_event),
}
