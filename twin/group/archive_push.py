"""Push the archive to the bot as signed JSON: in order, with retries, then never again."""

import hashlib
import hmac
import json
import time
from http import HTTPStatus

import aiohttp

from twin.answer import Answer
from twin.shape import Json
from twin.stage import Stage
from twin.world import ArchiveFeed

RETRIES = 5
BATCH = 100


async def push_archive(stage: Stage, feed: ArchiveFeed) -> None:
    """Push what was not pushed yet; returns at once while another push is under way.

    What five retries do not bring over is given up; `GET /twin/archive` still has it.
    """
    archive = stage.archive
    if archive.pushing or not stage.callbacks.get(feed.id):
        return
    archive.pushing = True
    async with aiohttp.ClientSession() as http:
        try:
            while items := archive.since(archive.pushed)[:BATCH]:
                await _batch(stage, feed, http, items)
                archive.pushed += len(items)
        finally:
            # Before the session closes: what is said meanwhile must start a push of its own.
            archive.pushing = False


def signature(secret: str, stamp: str, body: bytes) -> str:
    """Return HMAC-SHA256 over `stamp.body` as lower-case hex."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


async def _batch(
    stage: Stage, feed: ArchiveFeed, http: aiohttp.ClientSession, items: list[Json]
) -> None:
    body = json.dumps({"items": items}, ensure_ascii=False).encode()
    wait_s = stage.settings.archive_retry_s
    for attempt in range(1, RETRIES + 2):
        answer = await _post(stage, feed, http, body)
        delivered = answer.status // 100 * 100 == HTTPStatus.OK
        stage.book.write(
            "archive",
            stage.now(),
            account=feed.id,
            first=items[0]["seq"],
            last=items[-1]["seq"],
            attempt=attempt,
            status=answer.status,
            trouble=answer.trouble,
            delivered=delivered,
            ms=answer.ms,
        )
        if delivered or attempt > RETRIES:
            return
        await stage.clock.wait(wait_s)
        wait_s *= 2


async def _post(
    stage: Stage, feed: ArchiveFeed, http: aiohttp.ClientSession, body: bytes
) -> Answer:
    stamp = str(int(stage.now()))
    headers = {
        "Content-Type": "application/json",
        "X-Xiaoer-Source": feed.source,
        "X-Xiaoer-Timestamp": stamp,
        "X-Xiaoer-Signature": signature(feed.secret, stamp, body),
    }
    limit = aiohttp.ClientTimeout(total=stage.settings.answer_s)
    began = time.perf_counter()
    status, trouble = 0, ""
    try:
        async with http.post(
            stage.callbacks[feed.id], data=body, headers=headers, timeout=limit
        ) as got:
            await got.read()
            status = got.status
    except TimeoutError:
        trouble = "timeout"
    except aiohttp.ClientError as cause:
        trouble = type(cause).__name__
    return Answer(status=status, trouble=trouble, ms=round((time.perf_counter() - began) * 1000, 1))
