"""A store's day in words: who came and has no coupon, what was given, which groups have room."""

from collections.abc import Callable, Iterator, Sequence

from bot.facts import Content, GroupFacts, Newcomer, ShiftFacts, Situation, Tally, Unsaid


def unclaimed(situation: Situation, shift: ShiftFacts) -> str:
    """Say who came today and holds no newcomers' coupon, by tails and times."""
    here, coupon = _store(situation, shift), _coupon(situation.facts.content)
    if not shift.came:
        return f"{here}今天还没有会员扫码或加好友到店。"
    if not shift.unclaimed:
        return f"{here}今天到店的 {shift.came} 位会员都有{coupon}了。"
    lines = [f"{here}今天到店 {shift.came} 位会员，{shift.unclaimed} 位还没有{coupon}："]
    lines += _numbered([_newcomer(situation, one) for one in shift.newcomers])
    if (rest := shift.unclaimed - len(shift.newcomers)) > 0:
        lines.append(f"还有 {rest} 位没有列出")
    return "\n".join(lines)


def given(situation: Situation, shift: ShiftFacts) -> str:
    """Say how many coupons the store's members got today, by campaign, and what they are worth."""
    return _counted(situation, shift, "领券", lambda one: one.given)


def redeemed(situation: Situation, shift: ShiftFacts) -> str:
    """Say how many coupons the store took in today, by campaign, and what they are worth."""
    return _counted(situation, shift, "核销", lambda one: one.redeemed)


def groups(situation: Situation, shift: ShiftFacts) -> str:
    """Say how full each of the store's groups is."""
    here = _store(situation, shift)
    if not shift.groups:
        return f"{here}没有登记的群。"
    return "\n".join([f"{here}的群：", *(f"- {_seats(one)}" for one in shift.groups)])


def unsaid(situation: Situation, shift: ShiftFacts) -> str:
    """Say which proposals wait for the store's employees."""
    here = _store(situation, shift)
    if not shift.unsaid:
        return f"{here}没有待确认的话。"
    lines = _numbered([_waiting(situation, one) for one in shift.unsaid])
    return "\n".join([f"{here}待确认 {len(lines)} 条：", *lines])


def contacts(situation: Situation, shift: ShiftFacts) -> str:
    """Say how many friends each of the store's employees gained today."""
    here = _store(situation, shift)
    if not shift.contacts:
        return f"{here}今天还没有加到好友。"
    ranked = sorted(shift.contacts.items(), key=lambda one: (-one[1], one[0]))
    each = "、".join(f"{_name(situation.facts.content, who)} {count}" for who, count in ranked)
    return f"{here}今天加了 {sum(shift.contacts.values())} 位好友：{each}"


def _store(situation: Situation, shift: ShiftFacts) -> str:
    found = situation.facts.content.stores.get(shift.store)
    return found.name if found else shift.store


def _coupon(content: Content) -> str:
    found = content.campaigns.get(content.newcomer_campaign)
    return f"「{found.name}」" if found else "券"


def _numbered(lines: Sequence[str]) -> list[str]:
    return [f"{place}. {line}" for place, line in enumerate(lines, 1)]


def _newcomer(situation: Situation, one: Newcomer) -> str:
    return f"尾号 {one.tail}，{_clock(situation, one)} {_door(situation, one)}"


def _clock(situation: Situation, one: Newcomer | Unsaid) -> str:
    return f"{situation.facts.local(one.at):%H:%M}"


def _door(situation: Situation, one: Newcomer) -> str:
    content = situation.facts.content
    entry = content.entry_codes.get(one.key)
    if entry and entry.staff:
        return f"加了{_name(content, entry.staff)}"
    if one.key:
        return f"扫 {entry.poster if entry and entry.poster else one.key}"
    return f"从 {one.account} 来"


def _counted(
    situation: Situation, shift: ShiftFacts, deed: str, count: Callable[[Tally], int]
) -> str:
    here, some = _store(situation, shift), [one for one in shift.tallies if count(one)]
    if not some:
        return f"{here}今天还没有{deed}。"
    total = f"{here}今天{deed} {sum(map(count, some))} 张{_worth(situation, some, count)}："
    return "\n".join([total, *_campaigns(situation, some, count)])


def _campaigns(
    situation: Situation, some: Sequence[Tally], count: Callable[[Tally], int]
) -> Iterator[str]:
    campaigns = situation.facts.content.campaigns
    for one in some:
        found = campaigns.get(one.campaign)
        name = found.name if found else one.campaign
        yield f"- {name} {count(one)} 张{_worth(situation, [one], count)}"


def _worth(situation: Situation, some: Sequence[Tally], count: Callable[[Tally], int]) -> str:
    campaigns = situation.facts.content.campaigns
    fen = sum(
        campaigns[one.campaign].value_fen * count(one) for one in some if one.campaign in campaigns
    )
    return f"，面值 {_yuan(fen)} 元" if fen else ""


def _yuan(fen: int) -> str:
    yuan, rest = divmod(fen, 100)
    return f"{yuan}.{rest:02d}" if rest else str(yuan)


def _seats(one: GroupFacts) -> str:
    group = one.group
    if one.state == "dismissed":
        return f"{group.name}：已解散"
    if group.closed:
        return f"{group.name}：已停用，{one.members} 人"
    room = group.capacity - one.members - one.held
    kept = f"（另为扫码的顾客留 {one.held} 个）" if one.held else ""
    left = f"还有 {room} 个位置" if room > 0 else "满了"
    return f"{group.name}：{one.members}/{group.capacity}，{left}{kept}"


def _waiting(situation: Situation, one: Unsaid) -> str:
    content, at = situation.facts.content, situation.facts.local(one.at)
    named = (g.name for p in content.pools.values() for g in p.groups if g.chat == one.chat)
    where, who = next(named, one.chat), _name(content, one.staff)
    return f"{at:%m-%d %H:%M} 起，「{where}」里给尾号 {one.tail} 的话，等{who}"


def _name(content: Content, userid: str) -> str:
    found = content.staff.get(userid)
    return found.name if found else userid
