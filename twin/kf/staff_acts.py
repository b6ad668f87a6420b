"""What servicers do in the client: take a customer from the pool, answer, hand over, end."""

from twin.acts import NotPossible, Outcome, conversation, employee
from twin.kf.accounts import serves
from twin.kf.bell import ENDED, REOPENED, TAKEN, TRANSFERRED, servicer_said, status_changed
from twin.kf.sessions import Session, State
from twin.people import Person, Seen
from twin.sender import Sender
from twin.shape import Json, text
from twin.stage import Stage


def take(sender: Sender, args: Json) -> Outcome:
    """Take the customer `who` from the pool, or open an ended conversation of 48 h again."""
    stage = sender.stage
    person, session = conversation(stage, args)
    staff = _servicer(stage, session, args)
    if session.state is State.POOL:
        change = TAKEN
    elif session.state is State.ENDED and session.consulted(stage.now()):
        change = REOPENED
    else:
        raise NotPossible(f"{person.name} 不在接待池里（状态 {int(session.state)}）")
    told = status_changed(stage, session, "kf_take", change, staff)
    return Outcome(happenings=(told,))


def say(sender: Sender, args: Json) -> Outcome:
    """Write `text` to the customer `who`; only the servicer in charge can, within 48 h."""
    stage = sender.stage
    person, session = _own(stage, args)
    if not session.consulted(stage.now()):
        raise NotPossible(f"{person.name} 超过 48 小时没有说话，发不出消息")
    words = text(args, "text")
    told = servicer_said(stage, session, words)
    seen = Seen(
        at=stage.now(),
        channel="kf",
        sender=session.servicer,
        text=words,
        via="kf_staff",
        happening=told.id,
    )
    stage.show(person.name, seen)
    return Outcome(happenings=(told,))


def transfer(sender: Sender, args: Json) -> Outcome:
    """Hand the customer `who` over to the servicer `to`."""
    stage = sender.stage
    _, session = _own(stage, args)
    receiver = _servicer(stage, session, {"staff": text(args, "to")})
    if not session.may_become(State.HUMAN, receiver):
        raise NotPossible(f"{receiver} 已经在接待这位客户")
    told = status_changed(stage, session, "kf_transfer", TRANSFERRED, receiver)
    return Outcome(happenings=(told,))


def end(sender: Sender, args: Json) -> Outcome:
    """End the conversation with the customer `who`."""
    stage = sender.stage
    _, session = _own(stage, args)
    return Outcome(happenings=(status_changed(stage, session, "kf_end", ENDED),))


def _own(stage: Stage, args: Json) -> tuple[Person, Session]:
    person, session = conversation(stage, args)
    staff = _servicer(stage, session, args)
    if session.state is not State.HUMAN or session.servicer != staff:
        raise NotPossible(f"{staff} 没有在接待 {person.name}")
    return person, session


def _servicer(stage: Stage, session: Session, args: Json) -> str:
    staff = employee(stage, text(args, "staff"))
    kf = stage.world.kf_account(session.open_kfid)
    if kf is None or not serves(stage, kf, staff):
        raise NotPossible(f"{staff} 不是这个客服账号的接待人员")
    return staff
