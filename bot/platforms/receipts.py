"""What an answer, or none, comes to: one receipt, by the same rules for all kinds of effects."""

from bot.actions import Receipt, State
from bot.platforms.codes import RETRY_WAITS_S, Reaction, Sorted, rid_of
from bot.platforms.wire import Answer, Phase

_BACK_OFF_S = (0.5, 2.0, 5.0, 15.0, 45.0)  # a minute after an outage nothing waits for it
_SOON_S = 5.0
LONGEST_S = _BACK_OFF_S[-1]


def back_off(attempts: int) -> float:
    """Return how many seconds to wait after `attempts` tries: 0.5 s growing to 45 s."""
    return _BACK_OFF_S[min(max(attempts, 1), len(_BACK_OFF_S)) - 1]


def soon(attempts: int) -> float:
    """Return how many seconds to wait for what the platform shows in a moment: 5 s at most.

    Tries that an outage took say nothing of how long that is.
    """
    return min(back_off(attempts), _SOON_S)


def answered(
    answer: Answer, found: Sorted, attempts: int, *, repeatable: bool, closed_s: float
) -> Receipt:
    """Return the receipt of an answer that was sorted; `closed_s` is how long its API rests."""
    if answer.code == 0:
        return Receipt(state=State.DONE, code=0, phase=answer.phase)
    state = _STATES.get(found.reaction, State.READY)
    wait_s = 0.0
    if state is State.UNKNOWN and repeatable:
        state = State.READY
    if state is State.READY:
        again_s = _again_s(found, attempts, closed_s)
        state, wait_s = (State.FAILED, 0.0) if again_s is None else (state, again_s)
    return Receipt(
        state=state,
        code=found.code,
        meaning=_meaning(found, answer.errmsg),
        phase=answer.phase,
        retry_s=wait_s,
    )


def _meaning(found: Sorted, errmsg: str) -> str:
    told, rid = found.told(errmsg), rid_of(errmsg)
    return f"{told}（rid {rid}）" if rid else told


def unanswered(answer: Answer, attempts: int, *, repeatable: bool) -> Receipt:
    """Return the receipt of a call that had no readable answer, or was not made at all."""
    if answer.held_s:
        return Receipt(
            state=State.READY,
            meaning=answer.trouble,
            phase=answer.phase,
            retry_s=answer.held_s,
            tried=False,
        )
    if answer.phase is Phase.NOT_SENT or repeatable:
        return Receipt(
            state=State.READY,
            meaning=f"平台没有应答（{answer.trouble}），稍后重试",
            phase=answer.phase,
            retry_s=back_off(attempts),
        )
    return Receipt(
        state=State.UNKNOWN,
        meaning=f"请求已写出但没有应答（{answer.trouble}）：平台可能已执行，不再自动重发",
        phase=answer.phase,
    )


def _again_s(found: Sorted, attempts: int, closed_s: float) -> float | None:
    """Return in how many seconds to try again; None after the last try."""
    if found.reaction is Reaction.RETRY:
        waits = found.waits or RETRY_WAITS_S
        return waits[max(attempts, 1) - 1] if attempts <= len(waits) else None
    if found.reaction is Reaction.SLOW and found.waits:
        return found.waits[0]
    return closed_s or back_off(attempts)


_STATES = {
    Reaction.DONE: State.DONE,
    Reaction.FINAL: State.FAILED,
    Reaction.UNKNOWN: State.UNKNOWN,
}
