"""A token dies while many calls are in flight: the twin's book says what that cost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import Clock
from bot.db.tx import Database
from bot.platforms.port import Port
from bot.platforms.wire import File, new_session
from commands.parts.compose import Home, open_home
from commands.parts.doors import doors
from tests.pictures import PNG
from tests.rooms import database
from tests.twin_bot import Scene, on_stage

TOKENS = {"oa": "/cgi-bin/stable_token", "wecom": "/cgi-bin/gettoken"}
CALLS = {
    "oa": ("GET", "/cgi-bin/tags/get"),
    "wecom": ("GET", "/cgi-bin/externalcontact/get_follow_user_list"),
}
UPLOAD, FETCH = "/cgi-bin/media/upload", "/cgi-bin/media/get"
SETTINGS = """accounts:
  - {{id: {oa.id}, kind: oa, appid: {oa.appid}, token: abc, mode: plain, secret: "{oa.secret}", \
api_base: "{bases[oa]}"}}
  - {{id: {corp.id}, kind: wecom, corpid: {corp.corpid}, agentid: 1, token: abc, aes_key: {key}, \
secret: "{corp.secret}", api_base: "{bases[wecom]}"}}
"""


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with on_stage(tmp_path, wired=False) as one:
        yield one


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    async with database(tmp_path) as one:
        yield one


def home_of(scene: Scene, folder: Path) -> Home:
    home = folder / "home"
    home.mkdir()
    world, bases = scene.twin.stage.world, scene.twin.stage.bases
    written = SETTINGS.format(oa=world.oa[0], corp=world.wecom[0], bases=bases, key="a" * 43)
    (home / "settings.yaml").write_text(written, "utf-8")
    return open_home(home, with_rules=False)


async def fetched(scene: Scene, host: str) -> int:
    return sum(one["api"] == TOKENS[host] for one in await scene.book("call"))


async def storm_of_files(port: Port, count: int, way: str) -> list[int | None]:
    """Make many calls at once that send or fetch a file."""
    urgent, file = replace(port, urgent=True), File(name="a.png", content=PNG)
    kept = await urgent.upload(UPLOAD, file, type="image")
    media_id = str((kept.body or {})["media_id"])
    sends = {
        "upload": lambda: urgent.upload(UPLOAD, file, type="image"),
        "fetch": lambda: urgent.fetch(FETCH, 1000, media_id=media_id),
    }
    return [one.code for one in await asyncio.gather(*(sends[way]() for _ in range(count)))]


async def storm(ports: list[Port], host: str, count: int) -> list[int | None]:
    """Make many calls at once, as welcomes are, which wait for room."""
    method, path = CALLS[host]
    urgent = [replace(port, urgent=True) for port in ports]
    answers = await asyncio.gather(
        *(urgent[n % len(urgent)].call(method, path) for n in range(count))
    )
    return [one.code for one in answers]


@pytest.mark.parametrize("host", ["oa", "wecom"])
async def test_500_calls_that_meet_a_dead_token_cost_at_most_two_fetches(
    scene: Scene, db: Database, tmp_path: Path, host: str
) -> None:
    home = home_of(scene, tmp_path)
    account = next(one.id for one in home.settings.accounts if one.kind == host)
    async with new_session(10) as session:
        port = doors(home.settings, db, session, Clock())[account].port
        assert await storm([port], host, 1) == [0]
        before = await fetched(scene, host)
        calls = asyncio.ensure_future(storm([port], host, 500))
        await asyncio.sleep(0.05)
        await scene.control("revoke", {"account": account})
        codes = await calls
        after = await fetched(scene, host)
    assert codes == [0] * 500
    assert 1 <= after - before <= 2


async def test_of_two_processes_one_fetches(scene: Scene, db: Database, tmp_path: Path) -> None:
    home = home_of(scene, tmp_path)
    async with new_session(10) as session:
        ports = [doors(home.settings, db, session, Clock())["wecom-main"].port for _ in range(2)]
        assert await storm(ports, "wecom", 100) == [0] * 100
        assert await fetched(scene, "wecom") == 1
        await scene.control("revoke", {"account": "wecom-main"})
        assert await storm(ports, "wecom", 100) == [0] * 100
        assert await fetched(scene, "wecom") == 2


@pytest.mark.parametrize("way", ["upload", "fetch"])
async def test_500_files_that_meet_a_dead_token_cost_at_most_two_fetches(
    scene: Scene, db: Database, tmp_path: Path, way: str
) -> None:
    home = home_of(scene, tmp_path)
    account = next(one.id for one in home.settings.accounts if one.kind == "oa")
    async with new_session(10) as session:
        port = doors(home.settings, db, session, Clock())[account].port
        before = await fetched(scene, "oa")
        calls = asyncio.ensure_future(storm_of_files(port, 500, way))
        await asyncio.sleep(0.1)
        await scene.control("revoke", {"account": account})
        codes = await calls
        after = await fetched(scene, "oa")
    assert codes == [0] * 500
    assert 1 <= after - before <= 2
