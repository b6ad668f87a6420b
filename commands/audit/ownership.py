"""Checks promises about what is somebody's: one share of a benefit, a redemption, an order."""

from collections.abc import Callable, Iterator, Mapping

from commands.audit.breach import broken
from commands.audit.coupons import codes_in
from commands.audit.evidence import Evidence
from commands.audit.finding import Finding, Verdict
from commands.audit.script import Promise, PromiseKind


def _share(evidence: Evidence, promise: Promise) -> Iterator[Finding]:
    """Every code that the person saw of a campaign is a name of one share, and the share theirs."""
    coupons = evidence.tables.coupons
    words = "\n".join(one.words for one in evidence.phones.get(promise.who, ()))
    seen = {one for one in codes_in(words, coupons) if coupons[one].campaign == promise.value}
    roots = {one.root for one in evidence.tables.grants if one.code in seen}
    persons = evidence.persons(promise.who)
    expected = f"看到的 {promise.value} 券码是同一份福利"
    if not seen:
        yield broken(Verdict.LOST, promise, expected, "一个也没看到")
    elif len(roots) > 1:
        found = f"{'、'.join(sorted(seen))} 是 {len(roots)} 份"
        yield broken(Verdict.DOUBLED, promise, expected, found)
    if len(persons) != 1:
        found = f"记成了 {len(persons)} 位"
        yield broken(Verdict.WRONG, promise, "在会员里是一位", found)


def _redeemed(evidence: Evidence, promise: Promise) -> Iterator[Finding]:
    """So many redemptions of a code, by whichever of its names, stand in the end."""
    coupon = evidence.tables.coupons.get(promise.value)
    roots = {one.coupon: one.root for one in evidence.tables.grants}
    root = roots.get(coupon.id) if coupon else None
    stand = sum(root is not None and roots.get(one) == root for one in evidence.tables.redeemed)
    if stand != promise.times:
        verdict = Verdict.DOUBLED if stand > promise.times else Verdict.LOST
        expected = f"券 {promise.value} 核销 {promise.times} 次"
        yield broken(verdict, promise, expected, f"核销了 {stand} 次")


def _order(evidence: Evidence, promise: Promise) -> Iterator[Finding]:
    """`NUMBER STATE NET`: one order so numbered stands so, and is the person's."""
    number, state, net_fen = promise.value.split()
    found = [one for one in evidence.tables.orders if one.number == number]
    expected = f"订单 {number} 是 {state}，净 {net_fen} 分，归这位顾客"
    if len(found) != 1:
        verdict = Verdict.DOUBLED if found else Verdict.LOST
        yield broken(verdict, promise, expected, f"有 {len(found)} 单")
        return
    (order,) = found
    owned = order.person in evidence.ever(promise.who)
    if (order.state, order.total_fen - order.refunded_fen, owned) != (state, int(net_fen), True):
        whose = "归这位顾客" if owned else "不归这位顾客"
        net = order.total_fen - order.refunded_fen
        yield broken(Verdict.WRONG, promise, expected, f"是 {order.state}，净 {net} 分，{whose}")


def _in_group(evidence: Evidence, promise: Promise) -> Iterator[Finding]:
    """A group, `who`, saw words so often, and each time a person had written them there."""
    lines = [one for one in evidence.book.lines if one.chat == promise.who]
    said = sum(promise.value in one.text for one in lines)
    written = {one.text for one in lines}
    foreign = [
        one
        for one in evidence.book.shown
        if one.chat == promise.who
        and promise.value in one.words
        and one.via != "group_welcome"
        and one.text not in written
    ]
    expected = f"群里出现 {promise.times} 次「{promise.value}」，都是人写的"
    if foreign:
        found = f"不是人写的也出现了（{'、'.join(sorted({one.via for one in foreign}))}）"
        yield broken(Verdict.GHOST, promise, expected, found)
    if said != promise.times:
        yield broken(Verdict.WRONG, promise, expected, f"写了 {said} 次")


OWNED: Mapping[PromiseKind, Callable[[Evidence, Promise], Iterator[Finding]]] = {
    PromiseKind.SHARE: _share,
    PromiseKind.REDEEMED: _redeemed,
    PromiseKind.ORDER: _order,
    PromiseKind.IN_GROUP: _in_group,
}
