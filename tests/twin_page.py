"""The twin's page as a test asks for it: fetched, posted to, and read without its markup."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientResponse

from tests.twin_bot import Delivery, Scene, on_stage, sealed_reply, text_reply

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@asynccontextmanager
async def echoing(folder: Path) -> AsyncIterator[Scene]:
    """Run the demo world before a bot that answers fans with markup."""

    def answer(delivery: Delivery) -> tuple[int, str]:
        if delivery.account != "oa-main":
            return 200, "success"
        oa = one.twin.stage.world.oa[0]
        return 200, sealed_reply(oa, text_reply(delivery, f"收到 {HOSTILE}"))

    async with on_stage(folder) as one:
        one.bot.answer = answer
        yield one


async def page(scene: Scene, query: str = "") -> str:
    """Return the page at a query."""
    async with scene.http.get(scene.twin.control(f"/?{query}")) as got:
        assert got.status == 200
        return await got.text()


async def post(scene: Scene, path: str, query: str = "", /, **fields: str) -> ClientResponse:
    """Send a form from the view at a query; the answer has been read."""
    form = {"_view": f"/?{query}", **fields}
    got = await scene.http.post(scene.twin.control(f"/page/{path}"), data=form)
    await got.read()
    return got


def part(whole: str, id_: str) -> str:
    """Return the text of the section with this id."""
    found = re.search(rf'<section id="{id_}".*?</section>', whole, re.S)
    assert found
    return html.unescape(re.sub(r"<[^>]+>", " ", found[0]))
