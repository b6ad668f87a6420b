"""Carries out local effects in the deciding transaction, and owes the remote ones."""

from dataclasses import dataclass, replace

from bot.actions import (
    Action,
    BindStore,
    Claim,
    Gap,
    Invite,
    LeaveSeat,
    MarkGroup,
    MarkReach,
    MarkTalk,
    Redeem,
    Remote,
    Reply,
    Tag,
    TakeSeat,
    Tell,
    Untag,
    Warn,
)
from bot.clock import micros, moment
from bot.codec import event_to_json
from bot.db import inbox, journal, ledger, seats, shelves, talks
from bot.db.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision an effect belongs to.

    `inside`: the answer travels in the open response; otherwise it waits until `answer_by_us` for
    the platform to ask again, and follows as a message.
    """

    inbox: int
    event_id: str
    account: str
    channel: str
    person: str | None
    now_us: int
    event_us: int
    answer_by_us: int
    ruleset: str
    instance_key: bytes
    inside: bool


async def settle(tx: Tx, action: Action, decision: Decision) -> None:
    """Carry out or owe one action. Raises Contended when the world changed since the facts."""
    match action:
        case Reply() if decision.inside:
            await ledger.owe(tx, action, _owing(decision), inside=True)
        case Reply():
            later = replace(action, not_before=moment(decision.answer_by_us))
            await ledger.owe(tx, later, _owing(decision))
        case Remote():
            await ledger.owe(tx, action, _owing(decision))
        case Warn():
            await journal.notice(tx, action.name, action.text, decision.now_us)
        case Tell():
            await _tell(tx, action, decision)
        case MarkGroup() | LeaveSeat():
            await _settle_group(tx, action, decision)
        case _ if decision.person is not None:
            await _settle_member(tx, action, decision, decision.person)
        case _:
            raise RuntimeError(f"{action.kind} needs a member and the event names none")


def _owing(decision: Decision) -> ledger.Owing:
    return ledger.Owing(
        inbox=decision.inbox,
        event_id=decision.event_id,
        person=decision.person,
        now_us=decision.now_us,
    )


async def _settle_group(tx: Tx, action: MarkGroup | LeaveSeat, decision: Decision) -> None:
    if isinstance(action, LeaveSeat):
        await seats.leave(tx, action.chat, action.member, decision.now_us)
        return
    await seats.mark_group(
        tx,
        chat=action.chat,
        account=decision.account,
        state=action.state,
        name=action.name,
        config_id=action.config_id,
        qr_code=action.qr_code,
        staff=action.staff,
    )


async def _tell(tx: Tx, action: Tell, decision: Decision) -> None:
    event = action.event
    canonical = f"tell\0{event.account}\0{type(event).__name__}\0{action.name}".encode()
    await inbox.accept(
        tx,
        inbox.Arrival(
            account=event.account,
            source="internal",
            dedupe=inbox.dedupe_key(decision.instance_key, canonical),
            kind=type(event).__name__,
            body=event_to_json(event),
            received_us=decision.now_us,
            event_us=micros(event.at) if event.at else None,
        ),
    )


async def _settle_member(tx: Tx, action: Action, decision: Decision, person: str) -> None:
    match action:
        case Tag() | Untag():
            await _tag(tx, action, decision, person)
        case Claim() | Redeem():
            await _coupon(tx, action, decision, person)
        case Invite():
            await seats.invite(
                tx, pool=action.pool, person=person, chat=action.chat, ticket=action.ticket,
                at_us=decision.now_us,
            )  # fmt: skip
        case TakeSeat():
            await seats.take(tx, action.chat, action.member, person, decision.now_us)
        case BindStore():
            await tx.run(
                "UPDATE person SET store = ? WHERE id = ? AND store = ''", action.store, person
            )
        case MarkTalk() | MarkReach():
            await _way(tx, action, decision, person)
        case Gap():
            await journal.gap(
                tx, inbox=decision.inbox, person=person, text=action.text, at_us=decision.now_us
            )
        case _:
            raise RuntimeError(f"no way to settle {action.kind}")


async def _tag(tx: Tx, action: Tag | Untag, decision: Decision, person: str) -> None:
    adding = isinstance(action, Tag)
    await journal.tag(
        tx,
        person=person,
        name=action.name,
        value=action.value if isinstance(action, Tag) else "",
        op="add" if adding else "remove",
        at_us=decision.now_us,
        expires_us=micros(action.expires) if isinstance(action, Tag) and action.expires else None,
        inbox=decision.inbox,
        rule=action.rule,
        ruleset=decision.ruleset,
    )


async def _coupon(tx: Tx, action: Claim | Redeem, decision: Decision, person: str) -> None:
    if isinstance(action, Redeem):
        await shelves.redeem(
            tx, coupon=action.coupon, code=action.code, store=action.store,
            cashier=action.cashier, request=action.request, inbox=decision.inbox,
            at_us=decision.now_us,
        )  # fmt: skip
        return
    await shelves.claim(
        tx, campaign=action.campaign, person=person, ordinal=action.ordinal,
        coupon=action.coupon, inbox=decision.inbox, at_us=decision.now_us,
        expires_us=micros(action.expires),
    )  # fmt: skip


async def _way(tx: Tx, action: MarkTalk | MarkReach, decision: Decision, person: str) -> None:
    if isinstance(action, MarkTalk):
        await _talk(tx, action, decision, person)
    else:
        await _reach(tx, action, decision, person)


async def _talk(tx: Tx, action: MarkTalk, decision: Decision, person: str) -> None:
    await talks.mark(
        tx,
        account=decision.account,
        kf=action.kf,
        member=action.member,
        person=person,
        state=action.state,
        spoke_us=decision.event_us if action.spoke else None,
        staff_us=decision.event_us if action.staff_spoke else None,
        sent=action.sent,
    )


async def _reach(tx: Tx, action: MarkReach, decision: Decision, person: str) -> None:
    await journal.reach(
        tx,
        person=person,
        account=action.account,
        channel=decision.channel,
        address=action.address,
        staff=action.staff,
        on=action.on,
        spoke_us=decision.event_us if action.spoke else None,
        at_us=decision.event_us,
    )
