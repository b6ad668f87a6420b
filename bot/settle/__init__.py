"""Carries out local effects in the deciding transaction, and owes the remote ones."""

from collections.abc import Mapping
from dataclasses import replace

from bot.actions import (
    LOCAL,
    Action,
    AnswerBot,
    BindStore,
    CallOff,
    CallOffReminder,
    Claim,
    Gap,
    Invite,
    LeaveSeat,
    Local,
    MakeLinkToken,
    MarkCompared,
    MarkGap,
    MarkGroup,
    MarkListed,
    MarkMassPart,
    MarkNotice,
    MarkOrder,
    MarkProposal,
    MarkReach,
    MarkTalk,
    MarkTold,
    MoveStage,
    NoteMassResults,
    OpenCoupon,
    OpenMass,
    PromiseMass,
    Propose,
    Redeem,
    Remote,
    Reply,
    StopMass,
    Tag,
    TakeSeat,
    Tell,
    UndoMerge,
    UndoRedeem,
    Untag,
    Warn,
    Withhold,
)
from bot.clock import moment
from bot.db import ledger
from bot.db.tx import Tx
from bot.errors import Undeclared
from bot.settle import (
    group,
    inside,
    links,
    mass,
    member,
    notices,
    orders,
    reconcile,
    shelf,
    staff,
)
from bot.settle.decision import Decision, Settler

__all__ = ["Decision", "check_settled", "settle"]

SETTLERS: Mapping[type[Local], Settler] = {
    Tag: member.tag,
    Untag: member.untag,
    BindStore: member.bind_store,
    MarkReach: member.mark_reach,
    MarkTalk: member.mark_talk,
    MarkTold: member.mark_told,
    CallOff: member.call_off,
    Gap: member.gap,
    Claim: shelf.claim,
    Redeem: shelf.redeem,
    OpenCoupon: shelf.open_coupon,
    UndoRedeem: shelf.undo_redeem,
    Invite: group.invite,
    TakeSeat: group.take_seat,
    LeaveSeat: group.leave_seat,
    MarkGroup: group.mark_group,
    MarkOrder: orders.mark_order,
    MoveStage: orders.move_stage,
    MakeLinkToken: links.make_link_token,
    UndoMerge: links.undo_merge,
    OpenMass: mass.open_mass,
    PromiseMass: mass.promise_mass,
    MarkMassPart: mass.mark_mass_part,
    NoteMassResults: mass.note_mass_results,
    StopMass: mass.stop_mass,
    Propose: staff.propose,
    MarkProposal: staff.mark_proposal,
    Withhold: notices.withhold,
    MarkNotice: notices.mark_notice,
    CallOffReminder: notices.call_off_reminder,
    MarkCompared: reconcile.mark_compared,
    MarkListed: reconcile.mark_listed,
    MarkGap: reconcile.mark_gap,
    Tell: inside.tell,
    Warn: inside.warn,
}


def check_settled(kinds: tuple[type[Local], ...] = LOCAL) -> None:
    """Raise Undeclared when a local kind has no way into the tables; start-up calls this."""
    lost = [kind.__name__ for kind in kinds if kind not in SETTLERS]
    if lost:
        raise Undeclared(f"nothing settles {', '.join(lost)}")


async def settle(tx: Tx, action: Action, decision: Decision) -> None:
    """Carry out or owe one action. Raises Contended when the world changed since the facts."""
    match action:
        case Reply() | AnswerBot() if decision.inside:
            await ledger.owe(tx, action, _owing(decision), inside=True)
        case Reply() | AnswerBot():
            later = replace(action, not_before=moment(decision.answer_by_us))
            await ledger.owe(tx, later, _owing(decision))
        case Remote():
            await ledger.owe(tx, action, _owing(decision))
        case Local():
            await SETTLERS[type(action)](tx, action, decision)


def _owing(decision: Decision) -> ledger.Owing:
    return ledger.Owing(
        inbox=decision.inbox,
        event_id=decision.event_id,
        person=decision.person,
        now_us=decision.now_us,
    )
