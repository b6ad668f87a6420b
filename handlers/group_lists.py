"""Customer groups as WeCom lists and shows them, compared with the groups and seats we know."""

from collections.abc import Iterable
from datetime import datetime

from bot.actions import (
    AskGroup,
    AskGroups,
    MarkCompared,
    MarkGap,
    MarkGroup,
    Output,
    Tell,
    Warn,
)
from bot.events import ComparisonRefused, GroupShown, GroupsListed, JoinFound, LeaveFound, Seat
from bot.facts import Situation, Standing
from handlers.listing import (
    ASKED_WITHIN,
    GROUPS,
    UNDER_WAY,
    circles,
    ends_of,
    is_earlier,
    moment_of,
    paged,
    settled,
)


def groups_listed(situation: Situation) -> Iterable[Output]:
    """At the end of the list ask for each group of our pools, listed or not."""
    event = situation.event
    if not isinstance(event, GroupsListed):
        return
    ends = not event.cursor or circles(situation)
    asks = tuple(asks_of_pools(situation, event.run, listed=not event.cursor)) if ends else ()
    yield from asks
    counted = MarkCompared(run=event.run, part=GROUPS, waiting=len(asks))
    further = AskGroups(
        account=event.account, run=event.run, owners=event.owners, cursor=event.cursor,
        deadline=ends_of(event.run),
    )  # fmt: skip
    yield from paged(situation, counted, further)


def asks_of_pools(situation: Situation, run: str, *, listed: bool) -> Iterable[AskGroup]:
    """Yield a question for each group of our pools that we know and that is not dissolved.

    `listed`: there is a list of all groups that could have shown them.
    """
    for chat, shown in situation.facts.listed.chats.items():
        yield AskGroup(
            account=situation.event.account, run=run, chat=chat, listed=shown or not listed,
            begun=situation.facts.now,
            deadline=situation.facts.now + ASKED_WITHIN,
        )  # fmt: skip


def group_shown(situation: Situation) -> Iterable[Output]:
    """Tell of joins and leaves that the seats do not show; close a group that is gone."""
    event, facts = situation.event, situation.facts
    if not isinstance(event, GroupShown):
        return
    yield MarkCompared(run=event.run, part=GROUPS, compared=1, waiting=-1)
    if event.gone:
        yield MarkGroup(chat=event.chat, state="dismissed")
        yield from group_gap(event, certain=True)
        return
    yield MarkGroup(chat=event.chat, name=event.name, owner=event.owner, staff=event.staff)
    there = {seat.member for seat in event.members}
    for seat in event.members:
        if _is_seat_news(seat, facts.listed.known.get(seat.member), event.begun):
            yield _joined(situation, event, seat)
    for member, known in sorted(facts.listed.known.items()):
        if known.on and member not in there and settled(known, event.begun):
            yield _left(situation, event, member)


def _is_seat_news(seat: Seat, known: Standing | None, begun: datetime) -> bool:
    joined = moment_of(seat.joined)
    if joined is not None and joined > begun - UNDER_WAY:
        return False
    return known is None or (not known.on and joined is not None and joined > known.changed)


def _joined(situation: Situation, event: GroupShown, seat: Seat) -> Tell:
    joined = moment_of(seat.joined)
    return Tell(
        name=f"joined:{event.chat}:{seat.member}:{seat.joined or event.run}",
        event=JoinFound(
            account=event.account,
            at=joined or event.begun,
            who=situation.facts.contact(event.account, seat.member),
            run=event.run,
            chat=event.chat,
            unionid=seat.unionid,
            state=seat.state,
            earlier=not situation.facts.listed.met or is_earlier(situation, joined),
            joined=seat.joined,
        ),
    )


def _left(situation: Situation, event: GroupShown, member: str) -> Tell:
    return Tell(
        name=f"left:{event.chat}:{member}:{event.run}",
        event=LeaveFound(
            account=event.account,
            at=event.begun,
            who=situation.facts.contact(event.account, member),
            run=event.run,
            chat=event.chat,
        ),
    )


def group_gap(event: GroupShown | ComparisonRefused, *, certain: bool) -> Iterable[Output]:
    """Yield that a group of our pools is gone, or may be."""
    chat = event.chat if isinstance(event, GroupShown) else event.about
    told = "已解散" if certain else "可能已解散，也可能群主不在应用的可见范围"
    after = "不再邀请" if certain else "请确认；解散了就从 pools/ 里去掉"
    yield MarkGap(run=event.run, part=GROUPS, what="group_gone", member=chat, certain=certain)
    yield Warn(
        name=f"group-gone:{chat}" if certain else f"group-missing:{chat}",
        text=f"群 {chat} {told}，{after}",
    )
