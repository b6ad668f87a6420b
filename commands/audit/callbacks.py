"""Checks callbacks: each that was answered is in the inbox once, and decided; nothing else is."""

from collections.abc import Iterator, Sequence

from commands.audit.book import Delivery, Happening, Seen
from commands.audit.evidence import Evidence
from commands.audit.finding import Finding, Verdict
from commands.audit.messages import Identity
from commands.audit.tables import InboxRow


def check_callbacks(evidence: Evidence) -> Iterator[Finding]:
    """Yield what is wrong between the callbacks of the book and the inbox."""
    swallowed = _key_suspected(evidence)
    for at, some in evidence.happenings.items():
        yield from _check_happening(evidence, some, evidence.rows.get(at, ()), swallowed)
    for at, rows in evidence.rows.items():
        if at not in evidence.happenings:
            yield from map(_made_up, rows)
    for row in evidence.tables.inbox:
        yield from _check_decided(row)
    for seen in evidence.book.shown:
        if seen.via == "fault" and seen.happening in evidence.book.answered:
            yield _fault(seen)


def _check_happening(
    evidence: Evidence, some: Sequence[Happening], rows: Sequence[InboxRow], swallowed: bool
) -> Iterator[Finding]:
    first = some[0]
    answered = [one for one in some if one.id in evidence.book.answered]
    if answered and not rows:
        yield _not_kept(answered[0], swallowed)
    if len(rows) > 1:
        yield Finding(
            verdict=Verdict.DOUBLED,
            what=first.name(),
            expected="在收件箱里只有一行",
            found=f"有 {len(rows)} 行（{'、'.join(one.event_id for one in rows)}）",
            culprit="去重键：同一条回调重发时，没有被认出来",
        )
    for one in some:
        tries = [d for d in evidence.book.deliveries.get(one.id, ()) if d.tried()]
        if tries and one.id not in evidence.book.answered:
            yield _never_answered(one, tries)


def _not_kept(happening: Happening, swallowed: bool) -> Finding:
    return Finding(
        verdict=Verdict.LOST,
        what=happening.name(),
        expected="在收件箱里有一行（它被应答了 200）",
        found="没有",
        culprit="去重键把它当成别的回调的重发，吞掉了" if swallowed else "应答者不是店小二",
    )


def _never_answered(happening: Happening, tries: Sequence[Delivery]) -> Finding:
    troubles = "、".join(sorted({one.trouble or "非 200" for one in tries}))
    return Finding(
        verdict=Verdict.WRONG,
        what=happening.name(),
        expected="得到一次 200 应答",
        found=f"推送了 {len(tries)} 次都没有（{troubles}），平台放弃了",
        culprit="服务停得比平台的重试还久，或一直拒绝它",
    )


def _made_up(row: InboxRow) -> Finding:
    return Finding(
        verdict=Verdict.GHOST,
        what=f"收件箱 {row.event_id}（{row.kind}）",
        expected="对应平台账本里的一件事",
        found="没有",
        culprit="有人拿着账号的密钥冒充平台，或存下的内容被改过",
    )


def _check_decided(row: InboxRow) -> Iterator[Finding]:
    said = f"（试过 {row.attempts} 次：{row.error}）" if row.error else ""
    what = f"事件 {row.event_id}（{row.kind}）"
    if row.state == "new":
        yield Finding(
            verdict=Verdict.LOST,
            what=what,
            expected="有决定",
            found=f"仍在等待{said}",
            culprit="决定这一步没有走完",
        )
    elif row.state == "quarantined" and row.attempts:
        yield Finding(
            verdict=Verdict.WRONG,
            what=what,
            expected="有决定",
            found=f"被隔离{said}",
            culprit="处理它的代码每次都出错",
        )


def _fault(seen: Seen) -> Finding:
    return Finding(
        verdict=Verdict.WRONG,
        what=f"回调 {seen.happening}",
        who=seen.who,
        expected="得到一句回复，或什么也不显示",
        found=f"顾客看到「{seen.text}」（{seen.words.removeprefix(seen.text).strip()}）",
        culprit="应答太晚，或写成了平台读不懂的样子",
    )


def _key_suspected(evidence: Evidence) -> bool:
    """Whether messages went missing because the inbox took them for repeats of others.

    A callback's row tells by itself: it counted more repeats than were ever sent. Events of the
    bot's own repeat rightly, so their rows are believed only when most callbacks are missing.
    """
    if any(_swallowed(evidence, row) for row in evidence.tables.inbox):
        return True
    answered = {
        one.identity()
        for one in evidence.book.happenings.values()
        if one.id in evidence.book.answered
    }
    missing = len(answered - evidence.rows.keys())
    repeats = sum(row.duplicates for row in evidence.tables.inbox if row.source != "callback")
    return missing > len(answered) - missing and repeats >= missing


def _swallowed(evidence: Evidence, row: InboxRow) -> bool:
    """Whether a row counted more repeats than the platform, or an attacker, ever sent of it."""
    if row.source != "callback":
        return False
    at: Identity = row.identity()
    sent = sum(
        one.tried()
        for happening in evidence.happenings.get(at, ())
        for one in evidence.book.deliveries.get(happening.id, ())
    )
    return row.duplicates > max(sent - 1, 0) + len(evidence.book.attacks)
