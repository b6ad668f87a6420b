"""How a twin's callbacks get bound to a server: once it answers, each failing step told."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from commands.play.stage import Twin
from commands.twin.binding import bind
from tests.ports import free_port
from tests.twin_bot import Scene, on_stage
from twin.wiring import wiring


@asynccontextmanager
async def answering(port: int, handler: Callable[[web.Request], Any]) -> AsyncIterator[None]:
    """Let a program answer at a port while the context lasts."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield
    finally:
        await runner.cleanup()


async def stranger(_request: web.Request) -> web.Response:
    """A program that is no bot of ours."""
    return web.Response(text="hello")


def bot_of(scene: Scene, wrong: set[str]) -> Callable[[web.Request], Any]:
    """Return a bot that is alive and verifies every account but the `wrong` ones."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/live":
            return web.json_response({"live": True})
        account = request.path.rsplit("/", 1)[1]
        if account in wrong:
            return web.Response(status=404)
        request.match_info["account"] = account
        return await scene.bot.verify(request)

    return answer


@asynccontextmanager
async def wiring_up(
    tmp_path: Path,
) -> AsyncIterator[tuple[Scene, int, list[str], asyncio.Task[None]]]:
    """Begin to bind a twin to a port on which nobody listens yet."""
    port, said = free_port(), list[str]()
    async with on_stage(tmp_path, wired=False) as scene, aiohttp.ClientSession() as http:
        control = scene.twin.control()
        twin = Twin(http, {"control": control, "oa_base": "", "wecom_base": ""})
        url = f"http://127.0.0.1:{port}"
        task = asyncio.create_task(bind(twin, http, url, "a-key", said.append))
        try:
            yield scene, port, said, task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, up to 8 s."""
    for _ in range(400):
        if holds():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it never held")


async def test_callbacks_are_bound_as_soon_as_the_bot_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.twin.binding._REMIND_S", 0.0)
    monkeypatch.setattr("commands.twin.binding._LOOK_S", 0.05)
    async with wiring_up(tmp_path) as (scene, port, said, task):
        await until(lambda: any("还没有程序在听" in line for line in said))
        async with answering(port, stranger):
            await until(lambda: any("不是店小二" in line for line in said))
        said.clear()
        async with answering(port, bot_of(scene, set())):
            await asyncio.wait_for(task, 8)
        stage = scene.twin.stage
        bound = {
            one["id"] for one in [*wiring_list(stage, "accounts"), *wiring_list(stage, "aibots")]
        }
        assert bound <= stage.callbacks.keys()
        assert stage.trace_source.url == f"http://127.0.0.1:{port}/api/trace"
        assert stage.trace_source.key == "a-key"
        assert len([line for line in said if "已绑定" in line]) == len(stage.callbacks)


def wiring_list(stage: Any, name: str) -> list[Mapping[str, Any]]:
    """One of the lists of a wiring."""
    found = wiring(stage)[name]
    assert isinstance(found, list)
    return found


async def test_the_step_that_failed_is_told_once_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.twin.binding._AGAIN_S", 0.05)
    wrong = {"wecom-main"}
    async with wiring_up(tmp_path) as (scene, port, said, task):
        async with answering(port, bot_of(scene, wrong)):
            await until(lambda: any("没绑上 wecom-main" in line for line in said))
            await asyncio.sleep(0.3)
            (line,) = [line for line in said if "没绑上" in line]
            assert "（status）" in line
            assert "404" in line
            wrong.clear()
            await asyncio.wait_for(task, 8)
        assert said[-1].startswith("  已绑定 wecom-main")
