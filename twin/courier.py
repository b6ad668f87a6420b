"""Carries one sealed POST to a bot and says what came back, or why nothing usable did."""

import time

import aiohttp

from twin.answer import Answer
from twin.seal import Post

LONGEST_BYTES = 1_000_000
TOO_LONG = "too_long"
OK = 200
_REASONS = {
    "unwired": "没有填回调地址",
    "lost": "在路上丢了，没有送出",
    TOO_LONG: f"应答超过 {LONGEST_BYTES} 字节",
}


class Courier:
    """An HTTP client without kept connections or redirects. Close it when done."""

    def __init__(self, parallel: int) -> None:
        # A kept connection to a bot that was killed would spend an attempt without reaching it.
        connector = aiohttp.TCPConnector(limit=parallel, force_close=True)
        self._http = aiohttp.ClientSession(connector=connector)

    async def post(self, url: str, post: Post, limit_s: float) -> Answer:
        """Send one callback; it has `limit_s` real seconds to be answered with 1 MB at most."""
        began = time.perf_counter()
        limit = aiohttp.ClientTimeout(total=limit_s)
        headers = {"Content-Type": post.content_type}
        try:
            async with self._http.post(
                url,
                params=post.query,
                data=post.body.encode(),
                headers=headers,
                timeout=limit,
                allow_redirects=False,
            ) as got:
                body = await bounded(got, LONGEST_BYTES)
                status = got.status
        except TimeoutError:
            return Answer(status=0, trouble="timeout", ms=_since(began))
        except aiohttp.ClientError as cause:
            return Answer(status=0, trouble=type(cause).__name__, ms=_since(began))
        trouble = TOO_LONG if len(body) > LONGEST_BYTES else ""
        return Answer(status=status, body=body, trouble=trouble, ms=_since(began))

    async def close(self) -> None:
        """Close what is open."""
        await self._http.close()


def reason(answer: Answer, limit_s: float) -> str:
    """Say what is wrong with an answer before anybody reads its words, "" when nothing is."""
    if answer.trouble == "timeout":
        return f"{limit_s:g} 秒内没有应答"
    if answer.trouble:
        return _REASONS.get(answer.trouble, f"连不上，或应答到一半断了：{answer.trouble}")
    return "" if answer.status == OK else f"应答 HTTP {answer.status}，应为 200"


async def bounded(got: aiohttp.ClientResponse, most: int) -> bytes:
    """Return a body, or `most` + 1 bytes of a longer one."""
    body = b""
    while len(body) <= most and (chunk := await got.content.readany()):
        body += chunk
    return body[: most + 1]


def _since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 1)
