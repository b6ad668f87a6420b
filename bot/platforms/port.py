"""What a platform's calls are given: a wire, a token, the error table, what is remembered."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import structlog

from bot import metrics
from bot.actions import Receipt, State
from bot.clock import Clock
from bot.errors import DatabaseTrouble
from bot.platforms.budget import Budget, Held
from bot.platforms.codes import ErrorTable, Reaction, Sorted
from bot.platforms.happening import as_id
from bot.platforms.receipts import LONGEST_S, answered, unanswered
from bot.platforms.token import Held as Token
from bot.platforms.token import TokenHolder
from bot.platforms.wire import Answer, File, Phase, Wire
from bot.shared.meter import china_day

_SOONEST_S = 1.0
_MAY_NOT = "还没有发出：全部发送已暂停，或这个进程停顿太久、由别的进程接手"
_ASKS = 2  # a call whose token was dead is made once more, never again
_TOKEN_API = "/cgi-bin/token"  # noqa: S105  (an address; every way to ask is sorted like it)
log = structlog.get_logger()


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


class Alarm(Protocol):
    """Tells operators what only they can put right."""

    async def warn(self, name: str, text: str) -> None:
        """Show a text; the same name is shown once. Raises DatabaseTrouble."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """One account's way out; `effect` is the ledger's key of what is being carried out."""

    account: str
    scope: str  # AppID or CorpID
    wire: Wire
    tokens: TokenHolder
    errors: ErrorTable
    budget: Budget
    labels: Labels
    memory: Memory
    alarm: Alarm | None = None  # None = there is nobody to tell
    agentid: int = 0  # of the WeCom app that sends
    media: Path | None = None  # where the shop's own pictures lie; None = it has none
    clock: Clock = field(default_factory=Clock)
    effect: str = ""
    urgent: bool = False  # it dies within seconds
    may_call: Callable[[], bool] | None = None  # asked right before each call; None = it may

    async def call(
        self, method: str, path: str, body: object | None = None, **query: str
    ) -> Answer:
        """Make a call with the account's token; a dead one is replaced and the call made again.

        Within the account's budget: one that may not be made now comes back with `held_s`.
        """

        async def ask(token: str) -> Answer:
            return await self.wire.call(
                method, path, query={"access_token": token, **query}, body=body
            )

        return await self._with_token(path, ask)

    async def upload(self, path: str, file: File, **query: str) -> Answer:
        """Upload a file with the account's token, as `call` makes a call."""

        async def ask(token: str) -> Answer:
            return await self.wire.upload(path, file, query={"access_token": token, **query})

        return await self._with_token(path, ask)

    async def fetch(self, path: str, most_bytes: int, **query: str) -> Answer:
        """Fetch a file with the account's token, as `call` makes a call; JSON is no file."""

        async def ask(token: str) -> Answer:
            query_with_token = {"access_token": token, **query}
            return await self.wire.fetch(path, most_bytes, query=query_with_token)

        return await self._with_token(path, ask)

    async def call_with_own_right(
        self, path: str, query: Mapping[str, str], body: object
    ) -> Answer:
        """Make a call whose address brings its own right, within the account's budget."""
        return await self._within_budget(
            path, partial(self.wire.call, "POST", path, query=query, body=body)
        )

    async def _with_token(self, path: str, ask: Callable[[str], Awaitable[Answer]]) -> Answer:
        dead: int | None = None
        answer = Answer(phase=Phase.NOT_SENT)
        for _ in range(_ASKS):
            try:
                held = await self.tokens.token(dead=dead)
            except DatabaseTrouble:
                return _no_database()
            if held.refused:
                return await self._no_token(held, held.refused)
            answer = await self._within_budget(path, partial(ask, held.value))
            if answer.code is None or self._sorted(path, answer).reaction is not Reaction.TOKEN:
                return answer
            dead = held.generation
        return answer

    async def _within_budget(self, path: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        try:
            passed = await self.budget.enter(path, urgent=self.urgent)
        except DatabaseTrouble:
            return _no_database()
        if isinstance(passed, Held):
            return Answer(phase=Phase.NOT_SENT, trouble=passed.why, held_s=passed.wait_s)
        try:
            if self.may_call and not self.may_call():
                return Answer(phase=Phase.NOT_SENT, trouble=_MAY_NOT, held_s=_SOONEST_S)
            with metrics.API_CONCURRENCY.labels(metrics.api_label(path)).track_inprogress():
                answer = await ask()
        finally:
            self.budget.leave(passed)
        self._count(path, answer)
        if answer.code is not None:
            found = self._sorted(path, answer) if answer.code else None
            await self.budget.learn(passed, found)
            if found and found.reaction is Reaction.HALT:
                await self._warn(found, answer)
        return answer

    async def _no_token(self, held: Token, refused: Answer) -> Answer:
        # The effect itself was never sent, however far the request for a token came.
        wait_s = min(max(held.wait_us / 1_000_000, _SOONEST_S), LONGEST_S)
        why = refused.trouble
        if refused.code is not None:
            found = self.errors.sort(_TOKEN_API, refused.code)
            why = f"{found.told(refused.errmsg)}（错误码 {refused.code}）"
            if found.reaction is Reaction.HALT:
                await self._warn(found, refused)
        elif refused.phase is Phase.ANSWERED:
            await self._tell("token", f"{why}：是否有别的程序也在取这个账号的 access_token")
        return Answer(phase=Phase.NOT_SENT, trouble=f"取不到 access_token：{why}", held_s=wait_s)

    async def _warn(self, found: Sorted, answer: Answer) -> None:
        text = f"{found.told(answer.errmsg)}（错误码 {found.code}）"
        await self._tell(str(found.code), text)

    async def _tell(self, what: str, text: str) -> None:
        if self.alarm is None:
            return
        name = f"call:{self.account}:{what}:{china_day(self.clock())}"
        try:
            await self.alarm.warn(name, f"账号 {self.account} 的接口停用中：{text}")
        except DatabaseTrouble:  # the receipt says it too
            log.warning("operators_not_told", account=self.account, what=what)

    async def forgotten(self, names: tuple[str, ...]) -> Receipt:
        """Forget the ids of labels that somebody deleted at the platform; they are made again."""
        await self.labels.forget(self.account, names)
        return Receipt(state=State.READY, meaning="标签在平台后台被删过，重新查找", retry_s=1)

    def _count(self, path: str, answer: Answer) -> None:
        if answer.code is None:
            told = "not_sent" if answer.phase is Phase.NOT_SENT else "no_answer"
        else:  # codes that we do not know are one: the platform may send any number
            told = str(answer.code) if self.errors.knows(path, answer.code) else metrics.OTHER
        metrics.API_CALLS.labels(metrics.api_label(path), told).inc()

    def _sorted(self, path: str, answer: Answer) -> Sorted:
        return self.errors.sort(path, answer.code or 0)

    def receipt(self, api: str, answer: Answer, *, attempts: int, repeatable: bool) -> Receipt:
        """Sort an answer into a receipt, once and for all kinds of effects.

        `repeatable`: doing it twice does no harm, so an answer that never came is tried again;
        otherwise it is unknown.
        """
        if answer.code is None:
            return unanswered(answer, attempts, repeatable=repeatable)
        found, closed_s = self._sorted(api, answer), self.budget.closed_s(api)
        return answered(answer, found, attempts, repeatable=repeatable, closed_s=closed_s)


def _no_database() -> Answer:
    trouble = "数据库暂时不能用，没有发出"
    return Answer(phase=Phase.NOT_SENT, trouble=trouble, held_s=LONGEST_S)


def text_of(body: Mapping[str, Any] | None, name: str) -> str:
    """Return a field of an answer as text; "" when it is absent or neither text nor number."""
    value = (body or {}).get(name)
    return str(value) if isinstance(value, str | int | float) else ""


def id_of(body: Mapping[str, Any] | None, name: str) -> str:
    """Return a field of an answer that names somebody; "" when it is absent or no id at all.

    >>> id_of({"unionid": "o6_bmas"}, "unionid"), id_of({"unionid": "o" * 129}, "unionid")
    ('o6_bmas', '')
    """
    return as_id(text_of(body, name))
