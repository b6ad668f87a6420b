"""Joins the other processes of an installation over Redis, for as long as this one runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.shared.buckets import OwnBuckets
from bot.shared.common import Common
from bot.shared.crowd import Crowd
from bot.shared.over_redis.bell import PostedBell
from bot.shared.over_redis.buckets import SharedBuckets
from bot.shared.over_redis.feed import StreamedFeed
from bot.shared.over_redis.hints import PostedHints
from bot.shared.over_redis.link import Link
from bot.shared.over_redis.narrowings import PostedNarrowings
from bot.shared.over_redis.post import Post


@asynccontextmanager
async def joined(url: str, prefix: str, crowd: Crowd | None = None) -> AsyncIterator[Common]:
    """Share with every process that has the same Redis and prefix while the context lasts.

    Redis need not be there, now or later: what it would carry is then done by each process alone.
    Raises ValueError for an address that is none.
    """
    crowd = crowd or Crowd()
    link = Link(url, prefix)
    post, feed = Post(link), StreamedFeed(link)
    common = Common(
        crowd=crowd, bell=PostedBell(post), hints=PostedHints(post), feed=feed,
        narrowings=PostedNarrowings(post), buckets=SharedBuckets(link, OwnBuckets(crowd)),
        redis=link.state,
    )  # fmt: skip
    carriers = [asyncio.create_task(work) for work in (link.look(), post.run(), feed.run())]
    try:
        yield common
    finally:
        for carrier in carriers:
            carrier.cancel()
        await asyncio.gather(*carriers, return_exceptions=True)
        await link.close()
