"""Put a message or event into a kf log, book it, and ring: the callback that only says «look»."""

from twin.kf.log import Item
from twin.kf.sessions import Moment, Session, State
from twin.letters import app_letter
from twin.shape import Json
from twin.stage import Happening, Stage
from twin.world import WecomAccount

CUSTOMER, SYSTEM, SERVICER = 3, 4, 5
TAKEN, TRANSFERRED, ENDED, REOPENED = 1, 2, 3, 4
KIND = "kf_msg_or_event"
_CODED = {TAKEN: Moment.TAKEN, ENDED: Moment.ENDED}


def customer_said(stage: Stage, session: Session, act: str, kind: str, body: Json) -> Happening:
    """The customer sent a message of this msgtype."""
    session.hear(stage.now(), stage.kf.log(session.open_kfid).next_msgid())
    head: Json = {"open_kfid": session.open_kfid, "external_userid": session.external_userid}
    return _news(stage, session, act, {**head, "origin": CUSTOMER, **_body(kind, body)})


def servicer_said(stage: Stage, session: Session, words: str) -> Happening:
    """The employee in charge wrote to the customer in the client."""
    session.touched = stage.now()
    head: Json = {"open_kfid": session.open_kfid, "external_userid": session.external_userid}
    head |= {"origin": SERVICER, "servicer_userid": session.servicer}
    return _news(stage, session, "kf_say", {**head, **_body("text", {"content": words})})


def event(stage: Stage, session: Session, act: str, kind: str, **rest: object) -> Happening:
    """Something happened in the conversation."""
    inside: Json = {
        "event_type": kind,
        "open_kfid": session.open_kfid,
        "external_userid": session.external_userid,
        **rest,
    }
    return _news(stage, session, act, {"origin": SYSTEM, **_body("event", inside)})


def status_changed(
    stage: Stage, session: Session, act: str, change: int, servicer: str = ""
) -> Happening:
    """Give the session to `servicer`, or end it, and tell so; with a code where one is given."""
    rest: Json = {"change_type": change}
    if session.servicer:
        rest["old_servicer_userid"] = session.servicer
    if servicer:
        rest["new_servicer_userid"] = servicer
    session.become(State.ENDED if change == ENDED else State.HUMAN, servicer)
    if change in _CODED:
        rest["msg_code"] = stage.kf.codes.issue(_CODED[change], session, stage.now())
    return event(stage, session, act, "session_status_change", **rest)


def end_silent(stage: Stage) -> None:
    """End the sessions in state 0 or 1 that were quiet for 48 h."""
    for session in tuple(stage.kf.silent(stage.now())):
        status_changed(stage, session, "auto_end", ENDED)


def _body(kind: str, inside: Json) -> Json:
    return {"msgtype": kind, kind: inside}


def _news(stage: Stage, session: Session, act: str, told: Json) -> Happening:
    log, now = stage.kf.log(session.open_kfid), stage.now()
    at = int(now) + stage.plants.skew_s(_account(stage).id)
    whole: Json = {"msgid": log.next_msgid(), "send_time": at, **told}
    log.append(Item(at=now, told=whole))
    person = stage.crowd.by_external(session.external_userid)
    who = person.name if person else ""
    happening = _ring(stage, session.open_kfid, who, act)
    stage.book.write(
        "kf", now, happening=happening.id, who=who, act=act, kf=session.open_kfid, item=whole
    )
    return happening


def _ring(stage: Stage, open_kfid: str, who: str, act: str) -> Happening:
    """Ring, or count on the bell that has not rung yet when `kf_merge_s` merges them."""
    now, pause = stage.now(), stage.settings.kf_merge_s
    waiting = stage.bells.get(open_kfid)
    if waiting and now < waiting[1]:
        return waiting[0]
    account = _account(stage)
    happening = Happening(
        id=stage.next_happening_id(),
        account=account,
        act=act,
        kind=KIND,
        inner=_bell(stage, account, open_kfid),
        who=who,
        delay_s=pause,
    )
    stage.bells[open_kfid] = (happening, now + pause)
    stage.announce(happening)
    return happening


def _account(stage: Stage) -> WecomAccount:
    """A world with kf accounts has a WeCom account; the reader of worlds sees to it."""
    return stage.world.wecom[0]


def _bell(stage: Stage, account: WecomAccount, open_kfid: str) -> str:
    now = stage.now()
    return app_letter(
        account,
        [
            ("ToUserName", account.corpid),
            ("CreateTime", int(now)),
            ("MsgType", "event"),
            ("Event", KIND),
            ("Token", stage.kf.log(open_kfid).token(now)),
            ("OpenKfId", open_kfid),
        ],
    )
