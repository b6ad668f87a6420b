"""The accounting identity: six sums over book, script and tables that must come out even."""

from collections import Counter
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from commands.audit.coupons import codes_in
from commands.audit.effects import effect_name, put_off
from commands.audit.evidence import Evidence
from commands.audit.finding import Finding, Verdict
from commands.audit.messages import Identity
from commands.audit.tables import EffectRow

_DECIDED = ("done", "ignored", "quarantined")
_SETTLED = ("done", "failed", "skipped", "expired", "unknown")
_SHOWN = 3
_TAKEN = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """One sum of the identity: its figures, and what does not come out even."""

    name: str
    figures: str
    wrong: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether it comes out even."""
        return not self.wrong

    def line(self) -> str:
        """Return it as one line for an operator.

        >>> Balance(name="A1", figures="应答 3 次", wrong=("回调 H1 只记了 2 次",)).line()
        'A1 不成立：应答 3 次；差在：回调 H1 只记了 2 次'
        """
        if self.holds:
            return f"{self.name} 成立：{self.figures}"
        more = f" 等 {len(self.wrong)} 处" if len(self.wrong) > _SHOWN else ""
        return f"{self.name} 不成立：{self.figures}；差在：{'；'.join(self.wrong[:_SHOWN])}{more}"


def balances(evidence: Evidence, findings: Sequence[Finding]) -> tuple[Balance, ...]:
    """Return the six sums A1 to A6, in this order; `findings` are what the checks found."""
    ghosts = [one.line() for one in findings if one.verdict is Verdict.GHOST]
    return (*(one(evidence) for one in _SUMS), _no_ghosts(evidence, ghosts))


def _answered(evidence: Evidence) -> Balance:
    """A1: what was answered is what the inbox holds, repeats counted."""
    answered, sent, kept = _deliveries(evidence)
    replays = _replays(evidence)
    wrong = tuple(
        f"{_name(evidence, at)} 送出 {sent[at]} 次、应答 {answered[at]} 次，记了 {kept[at]} 次"
        for at in sorted({*answered, *kept})
        if not answered[at] <= kept[at] <= sent[at] + replays
    )
    rows = sum(len(some) for some in evidence.rows.values())
    total, said = sum(kept.values()), sum(answered.values())
    figures = (
        f"应答 2xx {said} 次 + 收下而应答没有送到 {total - said} 次"
        f" = 收件箱 {rows} 行 + 计数的重复 {total - rows} 次"
    )
    return Balance(name="A1", figures=figures, wrong=wrong)


def _deliveries(
    evidence: Evidence,
) -> tuple[Counter[Identity], Counter[Identity], Counter[Identity]]:
    """Return how often each message was answered, sent, and kept."""
    answered, sent, kept = (Counter[Identity]() for _ in range(3))
    for at, some in evidence.happenings.items():
        tries = [one for way in some for one in evidence.book.deliveries.get(way.id, ())]
        answered[at] += sum(one.answered and one.tried() for one in tries)
        sent[at] += sum(one.tried() for one in tries)
    for at, rows in evidence.rows.items():
        kept[at] += sum(1 + one.duplicates for one in rows)
    return +answered, sent, kept


def _replays(evidence: Evidence) -> int:
    return sum(one.status in _TAKEN for one in evidence.book.attacks)


def _name(evidence: Evidence, at: Identity) -> str:
    some = evidence.happenings.get(at, ())
    return some[0].name() if some else f"收件箱 {evidence.rows[at][0].event_id}"


def _decided(evidence: Evidence) -> Balance:
    """A2: every row of the inbox is through."""
    states = Counter(one.state for one in evidence.tables.inbox)
    wrong = tuple(
        f"事件 {one.event_id}（{one.kind}）停在 {one.state}"
        for one in evidence.tables.inbox
        if one.state not in _DECIDED
    )
    figures = f"收件箱 {len(evidence.tables.inbox)} 行：{_counts(states)}"
    return Balance(name="A2", figures=figures, wrong=wrong)


def _settled(evidence: Evidence) -> Balance:
    """A3: every planned effect is owed, and every owed one is through or waits for its hour."""
    effects = evidence.tables.effects
    waiting = [one for one in effects if put_off(evidence, one)]
    stuck = [
        f"{effect_name(evidence, one)} 停在 {one.state}"
        for one in effects
        if one.state not in _SETTLED and one not in waiting
    ]
    states = Counter(one.state for one in effects)
    kinds = Counter((one.account, one.kind) for one in effects)
    figures = f"计划的动作 {len(effects)} 个 = {_counts(states)}"
    if waiting:
        figures += f"（其中 {len(waiting)} 个等着说好的时间）"
    figures += f"；{len(kinds)} 组账号与种类"
    return Balance(name="A3", figures=figures, wrong=(*stuck, *_unowed(evidence)))


def _unowed(evidence: Evidence) -> Iterator[str]:
    """Yield what a trace planned and the ledger never heard of."""
    owed = Counter((one.inbox_id, one.kind) for one in evidence.tables.effects)
    events = {one.id: one.event_id for one in evidence.tables.inbox}
    for inbox_id, planned in evidence.tables.plans.items():
        for kind, count in planned.items():
            if owed[inbox_id, kind] < count:
                event = events.get(inbox_id, str(inbox_id))
                yield f"事件 {event} 计划了 {count} 个 {kind}，账本有 {owed[inbox_id, kind]} 个"


def _explained(evidence: Evidence) -> Balance:
    """A4: every unknown can be looked up by whoever has to resolve it."""
    unknown = [one for one in evidence.tables.effects if one.state == "unknown"]
    events = {one.id for one in evidence.tables.inbox}
    lacking = {one.key: _lacks(one, events) for one in unknown}
    wrong = tuple(f"{key} 缺{'、'.join(lacks)}" for key, lacks in lacking.items() if lacks)
    sound = len(unknown) - len(wrong)
    figures = f"结果未知 {len(unknown)} 个，事件、内容、发送记录、原因齐全的 {sound} 个"
    return Balance(name="A4", figures=figures, wrong=wrong)


def _lacks(effect: EffectRow, events: Container[int]) -> list[str]:
    there = {
        "事件": effect.inbox_id in events,
        "内容": bool(effect.body),
        "发送记录": effect.attempts > 0 and bool(effect.sent_us),
        "原因": bool(effect.meaning),
    }
    return [name for name, found in there.items() if not found]


def _stocked(evidence: Evidence) -> Balance:
    """A5: what left the shelf is what was given, never above the stock, one a share."""
    coupons, grants = evidence.tables.coupons.values(), evidence.tables.grants
    stock = Counter(one.campaign for one in coupons if one.state != "quarantined")
    shelf = Counter(one.campaign for one in coupons if one.state == "shelf")
    given = Counter(one.campaign for one in grants)
    wrong = [
        f"{one} 原有 {stock[one]} 张、余 {shelf[one]} 张，发了 {given[one]} 张"
        for one in sorted({*stock, *given})
        if stock[one] - shelf[one] != given[one]
    ]
    shares = Counter(
        (one.campaign, one.person, one.ordinal) for one in grants if one.ordinal is not None
    )
    wrong += [f"{at[0]} 的一份发了 {times} 次" for at, times in shares.items() if times > 1]
    seen = codes_in("\n".join(one.words for one in evidence.book.shown), evidence.tables.coupons)
    figures = (
        f"库存 {sum(stock.values())} 张 - 余 {sum(shelf.values())} 张 = 发出 {len(grants)} 张，"
        f"{len(stock)} 个活动；顾客看到过 {len(seen)} 个券码"
    )
    return Balance(name="A5", figures=figures, wrong=tuple(wrong))


def _no_ghosts(evidence: Evidence, ghosts: Sequence[str]) -> Balance:
    """A6: the platform did nothing for us that nobody owed."""
    changed = sum(one.changed for one in evidence.book.calls)
    inside = sum(len(some) for some in evidence.answers.values())
    figures = f"平台上生效 {changed} 次调用、{inside} 句响应里的回复，来路不明 {len(ghosts)} 处"
    return Balance(name="A6", figures=figures, wrong=tuple(ghosts))


def _counts(states: Mapping[str, int]) -> str:
    return "、".join(f"{state} {count}" for state, count in sorted(states.items())) or "0"


_SUMS: tuple[Callable[[Evidence], Balance], ...] = (
    _answered,
    _decided,
    _settled,
    _explained,
    _stocked,
)
