"""The part of the control listener where the book is read: as JSON, as lines, or as it grows."""

import asyncio
import json

from aiohttp import web

from twin.book import line
from twin.shape import BadShape, Json, text, whole
from twin.stage import Stage

FORMATS = ("json", "jsonl")
_QUIET_S = 15.0  # after which a comment keeps proxies and browsers from hanging up
_LAST_SEEN = "Last-Event-ID"


class BookControl:
    """The handlers of everything under /twin/book."""

    def __init__(self, stage: Stage) -> None:
        self._book = stage.book

    def routes(self) -> list[web.RouteDef]:
        """Return the table of these handlers."""
        return [
            web.get("/twin/book", self.book),
            web.get("/twin/book/summary", self.summary),
            web.get("/twin/book/live", self.live, allow_head=False),
        ]

    async def book(self, request: web.Request) -> web.Response:
        """Return the entries after number `since`, as a list or (`format=jsonl`) as lines."""
        query: Json = dict(request.query)
        entries = self._book.since(whole(query, "since", 0))
        wanted = text(query, "format", "json")
        if wanted not in FORMATS:
            raise BadShape(f"format（可用：{'、'.join(FORMATS)}）")
        if wanted == "jsonl":
            lines = "".join(line(one) for one in entries)
            return web.Response(text=lines, content_type="application/x-ndjson")
        return _json(entries)

    async def summary(self, request: web.Request) -> web.Response:
        """Return the book's counts."""
        return _json(self._book.summary())

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Send every entry after `since` as it is written, as server-sent events, to the end.

        An event has the entry's kind as its name, its number as its id and the entry as its data;
        a reader that comes back with Last-Event-ID goes on where it was. Without either it begins
        with what comes next.
        """
        query: Json = dict(request.query)
        if _LAST_SEEN in request.headers:
            query["since"] = request.headers[_LAST_SEEN]
        seen = whole(query, "since", len(self._book.entries))
        stream = web.StreamResponse(headers={"Cache-Control": "no-store"})
        stream.content_type = "text/event-stream"
        await stream.prepare(request)
        while (news := await self._news(seen)) is not None:
            await stream.write("".join(_event(one) for one in news).encode() or b": quiet\n\n")
            seen += len(news)
        return stream

    async def _news(self, seen: int) -> list[Json] | None:
        """Return what is new, nothing after a quiet while, None when the book has ended."""
        try:
            async with asyncio.timeout(_QUIET_S):
                return await self._book.after(seen) or None
        except TimeoutError:
            return []


def _event(entry: Json) -> str:
    return f"id: {entry['n']}\nevent: {entry['kind']}\ndata: {line(entry)}\n"


def _json(told: object) -> web.Response:
    plain = json.dumps(told, ensure_ascii=False)
    return web.Response(text=plain, content_type="application/json")
