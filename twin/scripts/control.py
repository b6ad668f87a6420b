"""The control listener plays scripts: POST /twin/play."""

import json

from aiohttp import web

from twin.acts import NotPossible
from twin.scripts.expecting import counts
from twin.scripts.nodes import hint
from twin.scripts.playing import play
from twin.scripts.script import Script
from twin.sender import Sender
from twin.shape import Json, read, text


def play_routes(sender: Sender) -> list[web.RouteDef]:
    """Return the route that plays the world's `script`, or all of them, one after the other.

    The first that fails ends it. Two at the same time would look at each other's phones, so the
    second is refused.
    """
    busy: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        scripts = chosen(sender, text(read(await request.read()), "script", ""))
        if busy:
            raise NotPossible("正在演另一个剧本")
        busy.append(request.path)
        try:
            told = await play_all(sender, scripts)
        finally:
            busy.clear()
        plain = json.dumps(told, ensure_ascii=False)
        return web.Response(text=plain, content_type="application/json")

    return [web.post("/twin/play", answer)]


def chosen(sender: Sender, wanted: str) -> tuple[Script, ...]:
    """Return the world's script of this name, all for "". Raises NotPossible for an unknown one."""
    scripts = sender.stage.world.scripts
    found = tuple(one for one in scripts if wanted in ("", one.name))
    if wanted and not found:
        raise NotPossible(f"没有剧本 {wanted}，{hint(wanted, [one.name for one in scripts])}")
    return found


async def play_all(sender: Sender, scripts: tuple[Script, ...]) -> Json:
    """Play scripts in their order until one fails; return how each went, and the book's counts."""
    played: list[Json] = []
    for script in scripts:
        result = await play(sender, script)
        played.append(result.told())
        if result.failure:
            break
    return {
        "v": 1,
        "world": sender.stage.world.id,
        "ok": all(one["ok"] for one in played),
        "scripts": played,
        "book": dict(counts(sender.stage)),
    }
