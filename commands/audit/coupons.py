"""Checks coupons: never above the stock, one share one code, one code one person, redeemed once."""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Sequence

from commands.audit.evidence import Evidence
from commands.audit.finding import Finding, Verdict
from commands.audit.tables import Grant

_WORD = re.compile(r"[0-9A-Za-z_-]{4,64}")


def check_coupons(evidence: Evidence) -> Iterator[Finding]:
    """Yield what is wrong with coupons: by the phones first, then by the bot's own rows."""
    yield from _check_shown(evidence)
    yield from _check_grants(evidence)
    yield from _check_shelf(evidence)
    for guard in evidence.tables.missing_guards:
        yield Finding(
            verdict=Verdict.WRONG,
            what=f"数据库表 {guard.partition('(')[0]}",
            expected=f"有唯一约束 {guard}",
            found="没有",
            culprit="唯一约束被删掉了：没有它，重复的回调会发出第二份",
        )


def codes_in(text: str, known: Container[str]) -> set[str]:
    """Return which known coupon codes a text holds.

    >>> codes_in("券码 AB2C9XYZ，见 /j/ABCD", {"AB2C9XYZ"})
    {'AB2C9XYZ'}
    """
    return {word for word in _WORD.findall(text) if word in known}


def _check_shown(evidence: Evidence) -> Iterator[Finding]:
    holders: dict[str, set[str]] = defaultdict(set)
    for seen in evidence.book.shown:
        for code in codes_in(seen.words, evidence.tables.coupons):
            holders[code].add(seen.who)
    owners = {grant.code: grant.person for grant in evidence.tables.grants}
    for code, who in sorted(holders.items()):
        names = "、".join(sorted(who))
        if len(who) > 1:
            yield _coupon(Verdict.DOUBLED, code, "只给一位顾客看", f"{names}都看到了", "发券")
        if code not in owners:
            yield _coupon(Verdict.GHOST, code, "在账上有一笔发放", f"没有，{names}却看到了", "发券")
        for one in sorted(who):
            persons = evidence.ever(one)
            if code in owners and persons and owners[code] not in persons:
                yield _coupon(Verdict.WRONG, code, f"在账上属于{one}", "属于别人", "会员的身份关联")


def _check_grants(evidence: Evidence) -> Iterator[Finding]:
    grants = evidence.tables.grants
    live = [one for one in grants if one.ordinal is not None]
    yield from _check_people(evidence, live)
    shares = Counter((one.campaign, one.person, one.ordinal) for one in live)
    for (campaign, person, ordinal), times in shares.items():
        if times > 1:
            what = f"{campaign} 第 {ordinal} 份（会员 {person}）"
            yield _coupon(Verdict.DOUBLED, what, "发一次", f"发了 {times} 次", "发放的唯一约束")
    for coupon, times in Counter(one.coupon for one in grants).items():
        if times > 1:
            yield _coupon(Verdict.DOUBLED, f"#{coupon}", "发给一位会员", f"发了 {times} 次", "货架")
    roots = {one.coupon: one.root for one in grants}
    for coupon, times in Counter(roots.get(one, one) for one in evidence.tables.redeemed).items():
        if times > 1:
            yield _coupon(
                Verdict.DOUBLED, f"#{coupon}", "核销一次", f"核销了 {times} 次", "核销的唯一约束"
            )


def _check_people(evidence: Evidence, live: Sequence[Grant]) -> Iterator[Finding]:
    """Yield whoever was given one share under two names; the script knows who is one person."""
    for who in sorted(set(evidence.names.values())):
        persons = evidence.persons(who)
        shares = Counter((one.campaign, one.ordinal) for one in live if one.person in persons)
        for (campaign, ordinal), times in shares.items():
            if times > 1:
                what = f"{campaign} 第 {ordinal} 份（{who}）"
                found = f"按 {len(persons)} 位会员各发了，共 {times} 次"
                yield _coupon(Verdict.DOUBLED, what, "发一次", found, "会员的身份关联")


def _check_shelf(evidence: Evidence) -> Iterator[Finding]:
    coupons = evidence.tables.coupons.values()
    stock = Counter(one.campaign for one in coupons)
    given = Counter(one.campaign for one in evidence.tables.grants)
    for campaign, count in given.items():
        if count > stock[campaign]:
            found = f"发了 {count} 张"
            yield _coupon(
                Verdict.DOUBLED, campaign, f"最多发 {stock[campaign]} 张", found, "库存的扣减"
            )
    granted = {one.coupon for one in evidence.tables.grants}
    for one in coupons:
        if one.state == "granted" and one.id not in granted:
            yield _coupon(Verdict.LOST, one.code, "发给一位会员", "离开了货架却没有主人", "货架")
        if one.state == "shelf" and one.id in granted:
            yield _coupon(Verdict.WRONG, one.code, "离开货架", "发出去了却还在货架上", "货架")


def _coupon(verdict: Verdict, code: str, expected: str, found: str, culprit: str) -> Finding:
    return Finding(
        verdict=verdict, what=f"券 {code}", expected=expected, found=found, culprit=culprit
    )
