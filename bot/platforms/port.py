"""What a platform's calls are given: a wire, a token, the error table, what is remembered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from bot.actions import Receipt, State
from bot.platforms.codes import ErrorTable, Reaction
from bot.platforms.token import TokenHolder
from bot.platforms.wire import Answer, Phase, Wire

_RETRY_S = (0.5, 2.0, 5.0, 15.0, 60.0)


class Labels(Protocol):
    """Remembers the platform's ids of our labels."""

    async def known(self, account: str, names: tuple[str, ...]) -> Mapping[str, str]:
        """Return the ids that are known, by name."""

    async def learn(self, account: str, ids: Mapping[str, str]) -> None:
        """Remember ids by name."""

    async def forget(self, account: str, names: tuple[str, ...]) -> None:
        """Forget ids that the platform no longer knows."""


class Memory(Protocol):
    """Remembers what a receipt told it to, under the account that was called."""

    async def recall(self, account: str, name: str) -> str:
        """Return what an account remembers under a name, or ""."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One account's way out; `effect` is the ledger's key of what is being carried out."""

    account: str
    scope: str  # AppID or CorpID
    wire: Wire
    tokens: TokenHolder
    errors: ErrorTable
    labels: Labels
    memory: Memory
    effect: str = ""

    async def call(
        self, method: str, path: str, body: object | None = None, **query: str
    ) -> Answer:
        """Make a call with the account's token; a dead one is replaced and the call made again."""
        held = await self.tokens.token()
        if held.refused:
            return _no_token(held.refused)
        answer = await self.wire.call(
            method, path, query={"access_token": held.value, **query}, body=body
        )
        if answer.code is None or self._reaction(path, answer.code) is not Reaction.TOKEN:
            return answer
        held = await self.tokens.token(dead=held.generation)
        if held.refused:
            return _no_token(held.refused)
        return await self.wire.call(
            method, path, query={"access_token": held.value, **query}, body=body
        )

    async def forgotten(self, names: tuple[str, ...]) -> Receipt:
        """Forget the ids of labels that somebody deleted at the platform; they are made again."""
        await self.labels.forget(self.account, names)
        return Receipt(state=State.READY, meaning="标签在平台后台被删过，重新查找", retry_s=1)

    def _reaction(self, path: str, code: int) -> Reaction:
        return self.errors.sort(path, code).reaction

    def receipt(self, api: str, answer: Answer, *, attempts: int, repeatable: bool) -> Receipt:
        """Sort an answer into a receipt, once and for all kinds of effects.

        `repeatable`: doing it twice does no harm, so an answer that never came is tried again;
        otherwise it is unknown.
        """
        if answer.code is None:
            return _unanswered(answer, attempts, repeatable)
        if answer.code == 0:
            return Receipt(state=State.DONE, code=0, phase=answer.phase)
        found = self.errors.sort(api, answer.code)
        meaning = f"{found.meaning}{'：' + found.advice if found.advice else ''}"
        if found.reaction is Reaction.DONE:
            return Receipt(state=State.DONE, code=found.code, meaning=meaning, phase=answer.phase)
        if found.reaction is Reaction.UNKNOWN and not repeatable:
            return Receipt(
                state=State.UNKNOWN, code=found.code, meaning=meaning, phase=answer.phase
            )
        worn_out = found.reaction is Reaction.RETRY and attempts >= len(_RETRY_S)
        if found.reaction is Reaction.FINAL or worn_out:
            return Receipt(state=State.FAILED, code=found.code, meaning=meaning, phase=answer.phase)
        return Receipt(
            state=State.READY,
            code=found.code,
            meaning=meaning,
            phase=answer.phase,
            retry_s=found.wait_s or back_off(attempts),
        )


def _no_token(refused: Answer) -> Answer:
    # The effect itself was never sent, however far the request for a token came.
    why = f"错误码 {refused.code}" if refused.code is not None else refused.trouble
    return Answer(phase=Phase.NOT_SENT, trouble=f"取不到 access_token：{why}")


def back_off(attempts: int) -> float:
    """Return how many seconds to wait after `attempts` tries: 0.5 s growing to 60 s."""
    return _RETRY_S[min(max(attempts, 1), len(_RETRY_S)) - 1]


def _unanswered(answer: Answer, attempts: int, repeatable: bool) -> Receipt:
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


def text_of(body: Mapping[str, Any] | None, name: str) -> str:
    """Return a field of an answer as text; absent or null is ""."""
    value = (body or {}).get(name)
    return "" if value is None else str(value)
