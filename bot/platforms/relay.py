"""Hands callbacks on to an older system by HTTP, and leaves it alone for a while when it is down.

What it answers is read by its status only: what it would say to the customer is not passed on.
"""

import base64
import time
from collections.abc import Callable
from http import HTTPStatus

import aiohttp
from yarl import URL

from bot.actions import Receipt, State
from bot.actions.relay import Relay
from bot.platforms.receipts import back_off
from bot.platforms.wire import Phase

HEADER = "X-Xiaoer-Relay"  # a request that carries it was handed on once, and is not again
_CONNECT_S = 3.0
_RESTS_S = (1.0, 2.0, 5.0, 15.0, 30.0)
_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}


class OldSystem:
    """One older system. While it does not answer, one callback at a time tries it.

    So its hanging never takes the places of messages that customers wait for.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        url: str,
        timeout_s: float,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=_CONNECT_S)
        self._now_s = now_s
        self._silences = 0
        self._rests_until = 0.0
        self._trouble = ""

    async def take(self, relay: Relay, attempts: int) -> Receipt:
        """Post one callback and say what became of it; never raises for what a network can do.

        Any 2xx is done; no answer, 408, 429 and 5xx are tried again; the rest is refused for good.
        """
        wait_s = self._rests_until - self._now_s()
        if self._silences and wait_s > 0:
            return _later(self._trouble, max(wait_s, back_off(attempts)), Phase.NOT_SENT)
        looking = self._silences > 0
        if looking:
            self._rest()  # for everybody but this one, which looks whether it is back
        progress: dict[str, bool] = {}
        try:
            status = await self._post(relay, progress)
        except (aiohttp.ClientError, TimeoutError, OSError) as trouble:
            self._trouble = f"旧系统没有应答（{type(trouble).__name__}）"
            if looking or self._now_s() >= self._rests_until:  # of many at once the first counts
                self._silences += 1
                self._rest()
            phase = Phase.WRITTEN if progress.get("written") else Phase.NOT_SENT
            return _later(self._trouble, back_off(attempts), phase)
        self._silences = 0
        return _receipt(status, attempts)

    def _rest(self) -> None:
        rest_s = _RESTS_S[min(self._silences, len(_RESTS_S)) - 1]
        self._rests_until = self._now_s() + rest_s

    async def _post(self, relay: Relay, progress: dict[str, bool]) -> int:
        headers = {HEADER: "1", "Content-Type": relay.content_type}
        async with self._session.post(
            address(self._url, relay.query),
            data=base64.b64decode(relay.body),
            headers={name: value for name, value in headers.items() if value},
            skip_auto_headers=("Content-Type",),
            allow_redirects=False,
            timeout=self._timeout,
            trace_request_ctx=progress,
        ) as response:
            return response.status


def address(url: str, query: str) -> URL:
    """Return where a callback goes: the older system's address with the callback's own query.

    >>> str(address("https://old/wx?shop=1", "nonce=a%2Bb&timestamp=2"))
    'https://old/wx?shop=1&nonce=a%2Bb&timestamp=2'
    """
    glue = "&" if "?" in url else "?"
    return URL(f"{url}{glue}{query}" if query else url, encoded=True)


def _receipt(status: int, attempts: int) -> Receipt:
    if status // 100 == HTTPStatus.OK // 100:
        return Receipt(state=State.DONE, code=0, phase=Phase.ANSWERED)
    meaning = f"旧系统回了 HTTP {status}"
    if status in _AGAIN or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _later(meaning, back_off(attempts), Phase.ANSWERED, status)
    return Receipt(state=State.FAILED, code=status, meaning=meaning, phase=Phase.ANSWERED)


def _later(meaning: str, wait_s: float, phase: Phase, code: int | None = None) -> Receipt:
    return Receipt(
        state=State.READY, code=code, meaning=f"{meaning}，稍后再转", phase=phase, retry_s=wait_s
    )
