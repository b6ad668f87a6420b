"""Checks the script's promises against what the people saw and what the platforms know of them."""

from collections.abc import Callable, Iterator, Mapping

from commands.audit.book import Seen
from commands.audit.breach import broken
from commands.audit.coupons import codes_in
from commands.audit.evidence import Evidence
from commands.audit.finding import Finding, Verdict
from commands.audit.ownership import OWNED
from commands.audit.script import Promise, PromiseKind
from commands.audit.tables import EffectRow
from commands.audit.targets import target_of_effect

_REFUSED = range(400, 500)


def check_promises(evidence: Evidence) -> Iterator[Finding]:
    """Yield every promise that was not kept, or kept too often.

    What is missing only because an unknown effect would have shown it is not a finding: the
    effect is listed by itself.
    """
    causes = _causes_of_calls(evidence)
    for promise in evidence.script.promises:
        kind = PromiseKind(promise.kind)
        if kind is PromiseKind.SHOWN:
            yield from _shown(evidence, promise, causes)
        else:
            yield from _CHECKS[kind](evidence, promise)


def _shown(
    evidence: Evidence, promise: Promise, causes: Mapping[int, frozenset[str]]
) -> Iterator[Finding]:
    seen = [
        one
        for one in evidence.phones.get(promise.who, ())
        if promise.value in one.words
        and one.via != "fault"
        and (not promise.happening or promise.happening in _causes(evidence, one, causes))
    ]
    where = f"（{promise.happening}）" if promise.happening else ""
    expected = f"看到 {promise.times} 次「{promise.value}」{where}"
    if len(seen) > promise.times:
        ways = "、".join(f"调用 {one.call}" if one.call else one.via for one in seen)
        yield broken(Verdict.DOUBLED, promise, expected, f"看到 {len(seen)} 次（{ways}）")
    elif len(seen) + len(_in_doubt(evidence, promise)) < promise.times:
        yield broken(Verdict.LOST, promise, expected, f"看到 {len(seen)} 次")


def _causes(evidence: Evidence, seen: Seen, causes: Mapping[int, frozenset[str]]) -> frozenset[str]:
    if seen.call is None:
        return frozenset({seen.happening})
    if causes.get(seen.call):
        return causes[seen.call]
    # Said because of an event of the bot's own: it follows what the person did last.
    before = [
        one
        for one in evidence.book.happenings.values()
        if one.who == seen.who and one.at <= seen.at
    ]
    return frozenset({before[-1].id} if before else ())


def _causes_of_calls(evidence: Evidence) -> dict[int, frozenset[str]]:
    """Pair calls with effects of the same target in the order of both; the last takes the rest."""
    found: dict[int, frozenset[str]] = {}
    for target, calls in evidence.calls.items():
        owed = [one for one in evidence.effects.get(target, ()) if one.carrier == "call"]
        owed.sort(key=lambda one: one.sent_us or 0)
        for place, call in enumerate(one for one in calls if one.changed):
            if owed:
                effect = owed[min(place, len(owed) - 1)]
                happenings = evidence.causes.get(effect.inbox_id, ())
                found[call.n] = frozenset(one.id for one in happenings)
    return found


def _in_doubt(evidence: Evidence, promise: Promise) -> list[EffectRow]:
    """The unknown effects that would have kept a promise and that nobody saw."""
    return [
        one
        for one in evidence.tables.effects
        if one.state == "unknown"
        and promise.value in one.words()
        and evidence.who(one) == promise.who
        and not evidence.answers.get(target_of_effect(one))
        and (not promise.happening or promise.happening in _happenings(evidence, one))
    ]


def _happenings(evidence: Evidence, effect: EffectRow) -> set[str]:
    return {one.id for one in evidence.causes.get(effect.inbox_id, ())}


def _not_shown(evidence: Evidence, promise: Promise) -> Iterator[Finding]:
    seen = [one for one in evidence.phones.get(promise.who, ()) if promise.value in one.words]
    if seen:
        found = f"看到 {len(seen)} 次"
        yield broken(Verdict.WRONG, promise, f"看不到「{promise.value}」", found)


def _code(evidence: Evidence, promise: Promise) -> Iterator[Finding]:
    expected = f"看到 {promise.value} 的一个券码"
    words = "\n".join(one.words for one in evidence.phones.get(promise.who, ()))
    codes = _codes(evidence, words, promise.value)
    if len(codes) > 1:
        yield broken(Verdict.DOUBLED, promise, expected, f"看到 {'、'.join(sorted(codes))}")
    elif not codes and not _doubtful_codes(evidence, promise.value, promise.who):
        yield broken(Verdict.LOST, promise, expected, "一个也没看到")


def _stock(evidence: Evidence, promise: Promise) -> Iterator[Finding]:
    campaign, _, stock = promise.value.rpartition(":")
    words = "\n".join(seen.words for seen in evidence.book.shown)
    codes = _codes(evidence, words, campaign)
    doubtful = _doubtful_codes(evidence, campaign) - codes
    expected = f"一共看到 {campaign} 的 {stock} 个券码"
    found = f"看到 {len(codes)} 个"
    if len(codes) > int(stock):
        yield broken(Verdict.DOUBLED, promise, expected, found)
    elif promise.times and len(codes) + len(doubtful) < int(stock):
        yield broken(Verdict.LOST, promise, expected, found)


def _codes(evidence: Evidence, words: str, campaign: str) -> set[str]:
    coupons = evidence.tables.coupons
    return {one for one in codes_in(words, coupons) if coupons[one].campaign == campaign}


def _doubtful_codes(evidence: Evidence, campaign: str, who: str = "") -> set[str]:
    return {
        code
        for one in evidence.tables.effects
        if one.state == "unknown" and who in ("", evidence.who(one))
        for code in _codes(evidence, one.words(), campaign)
    }


def _label(evidence: Evidence, promise: Promise) -> Iterator[Finding]:
    known = evidence.contacts.get(promise.who, {})
    worn = [*known.get("labels", ()), *known.get("fan_tags", ())]
    # WeCom keeps the part before the slash as the label's group.
    wears = not {promise.value, promise.value.partition("/")[2] or promise.value}.isdisjoint(worn)
    if wears != bool(promise.times):
        expected = f"{'有' if promise.times else '没有'}标签 {promise.value}"
        verdict = Verdict.LOST if promise.times else Verdict.WRONG
        yield broken(verdict, promise, expected, f"平台上是「{'、'.join(worn)}」")


def _remark(evidence: Evidence, promise: Promise) -> Iterator[Finding]:
    remark = str(evidence.contacts.get(promise.who, {}).get("remark", ""))
    if promise.value not in remark:
        expected = f"备注里有「{promise.value}」"
        yield broken(Verdict.LOST, promise, expected, f"平台上是「{remark}」")


def _seat(evidence: Evidence, promise: Promise) -> Iterator[Finding]:
    groups = evidence.contacts.get(promise.who, {}).get("groups", ())
    if (promise.value in groups) != bool(promise.times):
        expected = f"{'在' if promise.times else '不在'}群 {promise.value}"
        yield broken(Verdict.WRONG, promise, expected, f"在「{'、'.join(groups)}」")


def _refused(evidence: Evidence, promise: Promise) -> Iterator[Finding]:
    tried = [one for one in evidence.book.attacks if promise.value in one.how]
    let_in = [one for one in tried if one.status not in _REFUSED]
    expected = f"让攻击「{promise.value}」{promise.times} 次都被拒绝（4xx）"
    if let_in:
        found = f"被应答 {'、'.join(str(one.status) for one in let_in)}"
        yield broken(Verdict.WRONG, promise, expected, found)
    elif len(tried) < promise.times:
        yield broken(Verdict.WRONG, promise, expected, f"只发生了 {len(tried)} 次")


_CHECKS: Mapping[PromiseKind, Callable[[Evidence, Promise], Iterator[Finding]]] = {
    PromiseKind.NOT_SHOWN: _not_shown,
    PromiseKind.CODE: _code,
    PromiseKind.STOCK: _stock,
    PromiseKind.LABEL: _label,
    PromiseKind.REMARK: _remark,
    PromiseKind.SEAT: _seat,
    PromiseKind.REFUSED: _refused,
    **OWNED,
}
