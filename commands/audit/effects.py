"""Checks effects: what the ledger settled is in the book, once, and the book holds nothing else."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from commands.audit.book import Call, Seen
from commands.audit.evidence import Evidence
from commands.audit.finding import Finding, Verdict
from commands.audit.tables import EffectRow
from commands.audit.targets import ONCE, Target, target_of_effect

_OPEN = ("ready", "sending")
_TAKEN = (0, 41051)  # 41051: this welcome code was used, by an earlier try of ours
_MAYBE_DONE = ("done", "unknown", "sending")
_ONCE_MORE = (40001, 40014, 41001, 41096, 42001)  # a dead token, or being sent: called again
_ANSWERED = ("text", "stream")  # how the book calls a response that said something
_INSIDE = ("passive", "aibot")  # by which ways what a response said shows
_CLIPPED = 24


def check_effects(evidence: Evidence) -> Iterator[Finding]:
    """Yield what is wrong between the ledger of effects and the calls and answers of the book."""
    for effect in evidence.tables.effects:
        if effect.state in _OPEN and not put_off(evidence, effect):
            yield _open(evidence, effect)
    targets = {*evidence.effects, *evidence.calls, *evidence.answers}
    for target in sorted(targets):
        yield from _check_target(evidence, target)
    for call in evidence.book.calls:
        if call.overlap:
            yield _overlapped(call)


def effect_name(evidence: Evidence, effect: EffectRow) -> str:
    """Return how a finding calls an effect."""
    who = evidence.who(effect)
    said = f"「{_clip(effect.text())}」" if effect.text() else ""
    return f"动作 {effect.key}{said}" + (f"（{who}）" if who else "")


def completed(evidence: Evidence, effect: EffectRow, since: float) -> float | None:
    """Return when, by the book, a try begun at `since` was through; None when it was not."""
    if effect.carrier == "response":
        ends = [
            one.at
            for cause in evidence.causes.get(effect.inbox_id, ())
            for one in evidence.book.deliveries.get(cause.id, ())
            if one.answered and one.answer.startswith(_ANSWERED)
        ]
    else:
        calls = evidence.calls.get(target_of_effect(effect), ())
        taken = (one for one in calls if one.whole and not one.fault)
        ends = [one.at for one in taken if one.code not in _ONCE_MORE]
    return min((at for at in ends if at >= since), default=None)


def put_off(evidence: Evidence, effect: EffectRow) -> bool:
    """Tell whether an effect waits for an hour that had not come when the book ended."""
    later = effect.body.get("not_before")
    if effect.state != "ready" or effect.attempts or not later:
        return False
    ended = max((one.at for one in evidence.book.calls), default=0.0)
    return datetime.fromisoformat(str(later)).timestamp() > ended


def _open(evidence: Evidence, effect: EffectRow) -> Finding:
    sent = (effect.sent_us or 0) / 1_000_000
    through = effect.state == "sending" and completed(evidence, effect, sent - 1) is not None
    return Finding(
        verdict=Verdict.LOST,
        what=effect_name(evidence, effect),
        expected="有结果",
        found=f"停在 {effect.state}（{effect.meaning or f'试过 {effect.attempts} 次'}）",
        culprit="回执没有写下：平台早已应答" if through else "执行这一步没有走完",
    )


def _check_target(evidence: Evidence, target: Target) -> Iterator[Finding]:
    effects = evidence.effects.get(target, ())
    hits = [one for one in evidence.calls.get(target, ()) if one.changed]
    answers = evidence.answers.get(target, ())
    if not effects:
        yield from (_ghost_call(one) for one in hits)
        yield from (_ghost_answer(one) for one in answers)
    elif target[0] in ONCE:
        yield from _check_once(evidence, effects, hits, answers)
    if target[0] == "label":
        yield from _check_labels(effects, hits)
    yield from _check_done(evidence, target, effects, answers)


def _check_once(
    evidence: Evidence, effects: Sequence[EffectRow], hits: Sequence[Call], answers: Sequence[Seen]
) -> Iterator[Finding]:
    came = len(hits) + len(answers)
    owed = len(effects)
    settled = sum(one.state in _MAYBE_DONE for one in effects)
    if came > owed:
        yield Finding(
            verdict=Verdict.DOUBLED,
            what=effect_name(evidence, effects[0]),
            expected=f"执行 {owed} 次",
            found=f"平台执行了 {came} 次（{_places(hits, answers)}）",
            culprit=_who_repeated(effects, hits, answers),
        )
    elif came > settled:
        yield Finding(
            verdict=Verdict.WRONG,
            what=effect_name(evidence, effects[0]),
            expected=f"执行 {settled} 次（其余的账本记着没有发成）",
            found=f"平台执行了 {came} 次（{_places(hits, answers)}）",
            culprit="回执写错了",
        )


def _check_done(
    evidence: Evidence, target: Target, effects: Sequence[EffectRow], answers: Sequence[Seen]
) -> Iterator[Finding]:
    """Every effect that the ledger calls done has arrived: as an answer, or as a call taken."""
    if target[0] == "read":
        return
    done = [one for one in effects if one.state == "done" and not _empty(target, one)]
    taken = [one for one in evidence.calls.get(target, ()) if one.code in _TAKEN]
    if target[0] != "say":
        missing = len(done) if not taken else 0
    else:
        unseen = sum(_answered_unseen(evidence, one) for one in done)
        missing = len(done) - len(taken) - len(answers) - unseen
    for effect in done[: max(missing, 0)]:
        yield Finding(
            verdict=Verdict.LOST,
            what=effect_name(evidence, effect),
            expected="送到平台（账本说已完成）",
            found="平台账本里没有",
            culprit="平台没有收到：替它应答成功的不是平台，或回执写错了",
        )


def _empty(target: Target, effect: EffectRow) -> bool:
    return target[0] == "label" and not effect.names("add") and not effect.names("remove")


def _answered_unseen(evidence: Evidence, effect: EffectRow) -> bool:
    """Whether the platform took the answer without showing it: its window had closed."""
    if effect.carrier != "response":
        return False
    causes = {one.id for one in evidence.causes.get(effect.inbox_id, ())}
    seen = any(one.happening in causes for one in evidence.book.shown if one.via in _INSIDE)
    return not seen and completed(evidence, effect, 0) is not None


def _check_labels(effects: Sequence[EffectRow], hits: Sequence[Call]) -> Iterator[Finding]:
    owed = {name for one in effects for name in (*one.names("add"), *one.names("remove"))}
    owed |= {name.partition("/")[2] for name in owed}
    for call in hits:
        changed = [*call.effect.get("added", ()), *call.effect.get("removed", ())]
        changed += [call.effect["name"]] if "name" in call.effect else []
        if effects and not owed.issuperset(changed):
            yield _ghost_call(call)


def _ghost_call(call: Call) -> Finding:
    said = f"「{_clip(call.text())}」" if call.text() else ""
    return Finding(
        verdict=Verdict.GHOST,
        what=f"调用 {call.n} {call.api}{said}",
        who=call.who,
        expected="在账本里有一行",
        found="没有",
        culprit="店小二没有欠过这个动作：有人拿着它的 access_token 在调用",
    )


def _ghost_answer(seen: Seen) -> Finding:
    return Finding(
        verdict=Verdict.GHOST,
        what=f"回调 {seen.happening} 响应里的回复「{_clip(seen.text)}」",
        who=seen.who,
        expected="在账本里有一行",
        found="没有",
        culprit="回复没有经过账本，或应答者不是店小二",
    )


def _overlapped(call: Call) -> Finding:
    return Finding(
        verdict=Verdict.WRONG,
        what=f"调用 {call.n} {call.api}",
        who=call.who,
        expected="等同一位顾客的上一次修改结束",
        found="两个同时在改",
        culprit="账本的次序键没有守住",
    )


def _who_repeated(
    effects: Sequence[EffectRow], hits: Sequence[Call], answers: Sequence[Seen]
) -> str:
    if hits and answers:
        return "在回调响应里答过，又用客服消息发了一次"
    tried = sum(one.attempts for one in effects if one.carrier == "call")
    if len(hits) > tried:
        return f"账本只发了 {tried} 次：店小二与平台之间有人把请求又发了一遍"
    return "没有去重能力的动作被账本重发了"


def _places(hits: Sequence[Call], answers: Sequence[Seen]) -> str:
    places = [f"调用 {one.n}" for one in hits] + [f"回调 {one.happening}" for one in answers]
    return "、".join(places)


def _clip(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _CLIPPED else f"{flat[:_CLIPPED]}…"
