"""Checks what the ledger calls unknown: each must be explained by a kill or a broken exchange."""

from collections.abc import Iterator

from commands.audit.effects import completed, effect_name
from commands.audit.evidence import Evidence
from commands.audit.finding import Finding, Verdict
from commands.audit.tables import EffectRow
from commands.audit.targets import target_of_effect

# Between an answer and its receipt lies one commit; whoever needs longer has not written it.
_RECEIPT_S = 1.0
_SEVERAL = 2
_CLOCK_S = 0.3  # how far the bot's clock may be from the twin's


def check_unknown(evidence: Evidence) -> Iterator[Finding]:
    """Yield one finding for every unknown effect with its reason; a bad reason adds a WRONG one."""
    for effect in evidence.tables.effects:
        if effect.state == "unknown":
            yield from _explain(evidence, effect)


def _explain(evidence: Evidence, effect: EffectRow) -> Iterator[Finding]:
    sent = (effect.sent_us or 0) / 1_000_000
    kill = evidence.kill_after(sent - _CLOCK_S)
    through = completed(evidence, effect, sent - _CLOCK_S)
    # What is past its deadline is in doubt for any of its tries; only the last one's start is kept.
    broken = _broken(evidence, effect, sent - _CLOCK_S if effect.attempts < _SEVERAL else 0.0)
    if through is not None and (kill is None or through <= kill.at - _RECEIPT_S):
        yield _unknown(evidence, effect, "没有回执", "回执没有写下")
        yield _unexplained(evidence, effect, "平台早已应答", "回执没有写下")
    elif kill is not None:
        yield _unknown(evidence, effect, f"第 {kill.number} 次强杀时正在途中", "")
    elif broken:
        yield _unknown(evidence, effect, broken, "")
    else:
        yield _unknown(evidence, effect, "没有原因", "账本")
        yield _unexplained(evidence, effect, "没有强杀，交换也没有断", "账本把没有发过的当成发过的")


def _broken(evidence: Evidence, effect: EffectRow, since: float) -> str:
    for call in evidence.calls.get(target_of_effect(effect), ()):
        if call.at >= since and (call.fault or not call.whole):
            return f"调用 {call.n} 的应答在路上断了（{call.fault or '断开'}）"
    for cause in evidence.causes.get(effect.inbox_id, ()):
        for one in evidence.book.deliveries.get(cause.id, ()):
            if one.at >= since and one.trouble:
                return f"回调 {cause.id} 的应答没有到达平台（{one.trouble}）"
    return ""


def _unknown(evidence: Evidence, effect: EffectRow, reason: str, culprit: str) -> Finding:
    return Finding(
        verdict=Verdict.UNKNOWN,
        what=effect_name(evidence, effect),
        expected="有结果",
        found=f"未知：{reason}",
        culprit=culprit,
    )


def _unexplained(evidence: Evidence, effect: EffectRow, found: str, culprit: str) -> Finding:
    return Finding(
        verdict=Verdict.WRONG,
        what=effect_name(evidence, effect),
        expected="有一次中断能解释它",
        found=found,
        culprit=culprit,
    )
