"""Groups: the right group with room, the way into it, and what happens when the join is seen.

No call pulls a customer into a group. We show the way in; the customer taps; the join is seen, and
only then the in-group benefit follows (wecom/what-is-officially-possible.md).
"""

from collections.abc import Iterable

from bot.actions import (
    Attachment,
    BindStore,
    Invite,
    InviteKf,
    LeaveSeat,
    MakeJoinWay,
    MarkGroup,
    Output,
    ReadGroup,
    Speak,
    Tag,
    TakeSeat,
    Tell,
    Truth,
    Warn,
)
from bot.events import (
    GroupCreated,
    GroupDismissed,
    GroupGrew,
    GroupRead,
    GroupShrank,
    JoinWayMade,
    MemberJoined,
    MemberLeft,
    Seat,
    spoken_in_kf,
)
from bot.facts import GroupFacts, PoolFacts, Situation
from handlers.coupons import give
from handlers.group_room import near_full
from handlers.group_welcomes import missing
from handlers.personas import choose, speak, worded
from handlers.wording import render, store_of
from keyword_rules.rule import Step


def invite(situation: Situation, step: Step) -> Iterable[Output]:
    """Show the way into a group of the rule's pool."""
    yield from way_in(situation, str(step.args["pool"]))


def way_in(situation: Situation, pool_id: str) -> Iterable[Output]:
    """Yield the held seat and the words for one pool; the store's persona when none has room."""
    pool = situation.facts.pools.get(pool_id)
    if pool is None:
        return
    if pool.seated:
        name = next((g.group.name for g in pool.groups if g.group.chat == pool.seated), "")
        yield from _plain(situation, f"您已经在「{name}」里啦，群里见。")
        return
    if pool_id in situation.facts.paused.pools:
        yield from _paused(situation, pool)
        return
    group = choose_group(situation, pool)
    if group is None:
        yield from _no_room(situation, pool)
        return
    ticket = pool.ticket or _new_ticket(situation, pool_id)
    yield Invite(pool=pool_id, chat=group.group.chat, ticket=ticket)
    yield _invitation(situation, group, ticket)
    yield from _card(situation, group)
    yield from near_full(pool, group, group.members)


def _paused(situation: Situation, pool: PoolFacts) -> Iterable[Output]:
    said = list(speak(situation, "invite_paused", group_name=pool.pool.name))
    yield from said or _plain(situation, f"「{pool.pool.name}」暂时不进新人，开放后再来找我。")


def _card(situation: Situation, group: GroupFacts) -> Iterable[Output]:
    """In customer service the platform has a card of its own; the link stays the next choice."""
    event = situation.event
    if spoken_in_kf(event) and event.who is not None:
        yield InviteKf(
            account=event.account,
            kf=event.kf,
            member=event.who.value,
            chat=group.group.chat,
            wording=f"点一下进「{group.group.name}」",
        )


def _new_ticket(situation: Situation, pool_id: str) -> str:
    # One event may open several pools; the ticket of each must be its own, and fit an address.
    return f"{situation.facts.ticket}{sorted(situation.facts.pools).index(pool_id)}"


def choose_group(situation: Situation, pool: PoolFacts) -> GroupFacts | None:
    """Return the group to show: the one shown before, the store's, one for everybody; with room.

    Full, closed, dissolved and expired groups, and groups without a way in, are never chosen.
    """
    usable = [g for g in pool.groups if _usable(situation, g, pool.shown)]
    store = store_of(situation)
    shown = [g for g in usable if g.group.chat == pool.shown]
    own = [g for g in usable if store and g.group.store == store.id]
    common = [g for g in usable if not g.group.store]
    anywhere = usable if store is None else []
    return next(iter((*shown, *own, *common, *anywhere)), None)


def _usable(situation: Situation, group: GroupFacts, shown: str) -> bool:
    expires = group.group.expires
    if group.state != "open" or group.group.closed or not group.qr_code:
        return False
    if expires and expires <= situation.facts.now:
        return False
    # A member who was shown this group holds one of its promised seats already.
    held = group.held - 1 if group.group.chat == shown and group.held else group.held
    return group.members + held < group.group.capacity


def _invitation(situation: Situation, group: GroupFacts, ticket: str) -> Speak:
    persona, why = choose(situation)
    url = f"{situation.facts.public_url}/j/{ticket}"
    worded_as, variant = worded(situation, persona, "invite")
    text = worded_as or "「{group_name}」入口：{join_url}"
    return Speak(
        text=render(situation, text, persona, group_name=group.group.name, join_url=url),
        persona=persona.name if persona else "",
        why=f"{why}；群：{group.group.name}（{group.members} 人）",
        topic="invite",
        variant=variant,
        truth=Truth.CUSTOMER_TAP,
        card=Attachment(
            title=group.group.name,
            url=url,
            picture=group.qr_code,
            description="点开后长按识别二维码进群",
        ),
    )


def _no_room(situation: Situation, pool: PoolFacts) -> Iterable[Output]:
    store = store_of(situation)
    wanted = (store.persona if store else "") or situation.facts.content.store_persona
    yield from speak(situation, "no_group", wanted)
    where = f"{store.name}（{store.id}）" if store else "未知门店"
    yield Warn(
        name=f"no-group:{pool.pool.id}:{store.id if store else ''}:{situation.facts.now:%Y-%m-%d}",
        text=f"{where}的「{pool.pool.name}」没有可进的群了，请建新群并写进 pools/",
    )


def _plain(situation: Situation, text: str) -> Iterable[Output]:
    persona, why = choose(situation)
    yield Speak(text=text, persona=persona.name if persona else "", why=why)


# --- what the platform tells of groups ---


def created(situation: Situation) -> Iterable[Output]:
    """Read a new group, if it belongs to a pool, and make the way into it."""
    event = situation.event
    if isinstance(event, GroupCreated):
        yield MarkGroup(chat=event.chat, state="open")
        if situation.facts.pool_of_chat:
            yield from prepare(situation, event.account, event.chat)


def prepare(situation: Situation, account: str, chat: str) -> Iterable[Output]:
    """Yield what makes a group usable: who sits in it, and the way in."""
    yield ReadGroup(account=account, chat=chat, earlier=True)
    yield MakeJoinWay(account=account, chat=chat, state=f"pool-{situation.facts.pool_of_chat}")


def grew(situation: Situation) -> Iterable[Output]:
    """Read the group: its list says who joined, by which way, and who they are elsewhere."""
    event = situation.event
    if isinstance(event, GroupGrew) and situation.facts.pool_of_chat:
        later = situation.facts.now + situation.facts.group_lag
        yield ReadGroup(
            account=event.account, chat=event.chat, expect=event.members, not_before=later
        )


def shrank(situation: Situation) -> Iterable[Output]:
    """Tell who left; without their names, read the group."""
    event, facts = situation.event, situation.facts
    if not isinstance(event, GroupShrank) or not facts.pool_of_chat:
        return
    for member in event.members:
        yield _left(situation, event, member)
    if not event.members:
        yield ReadGroup(
            account=event.account, chat=event.chat, not_before=facts.now + facts.group_lag
        )


def dismissed(situation: Situation) -> Iterable[Output]:
    """Never show a dissolved group again."""
    event = situation.event
    if isinstance(event, GroupDismissed):
        yield MarkGroup(chat=event.chat, state="dismissed")
        if situation.facts.pool_of_chat:
            yield Warn(name=f"group-gone:{event.chat}", text=f"群 {event.chat} 已解散，不再邀请")


def read(situation: Situation) -> Iterable[Output]:
    """Compare a member list with the seats we know: newcomers and leavers become events."""
    event, known = situation.event, situation.facts.seats
    if not isinstance(event, GroupRead):
        return
    yield MarkGroup(chat=event.chat, name=event.name, owner=event.owner, staff=event.staff)
    yield from missing(situation)
    there = {seat.member for seat in event.members}
    for seat in event.members:
        if seat.member not in known or seat.member in event.expect:
            yield _joined(situation, event, seat)
    for member in sorted(known - there):
        yield _left(situation, event, member)


def _joined(situation: Situation, event: GroupRead, seat: Seat) -> Tell:
    how = "earlier" if event.earlier else "joined"
    # A list that lags does not say since when; a later join must not bear the same name.
    since = seat.joined or situation.facts.ticket
    return Tell(
        name=f"{how}:{event.chat}:{seat.member}:{since}",
        event=MemberJoined(
            account=event.account,
            at=event.at,
            who=situation.facts.contact(event.account, seat.member),
            chat=event.chat,
            unionid=seat.unionid,
            state=seat.state,
            earlier=event.earlier,
            joined=seat.joined if event.earlier else 0,
        ),
    )


def _left(situation: Situation, event: GroupRead | GroupShrank, member: str) -> Tell:
    return Tell(
        name=f"left:{event.chat}:{member}:{situation.facts.ticket}",
        event=MemberLeft(
            account=event.account,
            at=event.at,
            who=situation.facts.contact(event.account, member),
            chat=event.chat,
        ),
    )


def join_way_made(situation: Situation) -> Iterable[Output]:
    """Remember the way into a group."""
    event = situation.event
    if isinstance(event, JoinWayMade):
        yield MarkGroup(chat=event.chat, config_id=event.config_id, qr_code=event.qr_code)


def member_joined(situation: Situation) -> Iterable[Output]:
    """Take the seat, write the pool's tags, give the in-group benefit, warn before it is full."""
    event, facts = situation.event, situation.facts
    pool = facts.pools.get(facts.pool_of_chat)
    if not isinstance(event, MemberJoined) or event.who is None or pool is None:
        return
    group = next(g for g in pool.groups if g.group.chat == event.chat)
    yield TakeSeat(chat=event.chat, member=event.who.value, joined=event.joined)
    for name in pool.pool.tags:
        yield Tag(name=name)
    if group.group.store:
        yield BindStore(store=group.group.store)
    taken = 0 if event.who.value in facts.seats else 1
    yield from near_full(pool, group, group.members + taken)
    if event.earlier:
        return
    if pool.pool.hello:
        persona, why = choose(situation)
        text = render(situation, pool.pool.hello, persona, group_name=group.group.name)
        yield Speak(text=text, persona=persona.name if persona else "", why=why)
    if pool.pool.benefit:
        yield from give(situation, pool.pool.benefit)


def member_left(situation: Situation) -> Iterable[Output]:
    """Free the seat."""
    event = situation.event
    if isinstance(event, MemberLeft) and event.who is not None:
        yield LeaveSeat(chat=event.chat, member=event.who.value)
