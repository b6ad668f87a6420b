"""Worlds played whole: the bundled scripts against our server, and `twin play` with any bot."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from commands import init
from commands.parts.compose import open_home
from commands.parts.problems import Stop
from commands.start.asking import Asked
from commands.start.writing import write_samples
from commands.worlds import BUNDLED, Outcome
from config.home import packs
from tests.pages import blocks
from tests.source import ROOT
from twin.world_file import load


def test_every_bundled_world_is_played() -> None:
    files = {path.stem for path in (ROOT / "twin" / "worlds").glob("*.yaml")}
    assert set(BUNDLED) == files


@pytest.mark.parametrize("world", BUNDLED)
def test_each_bundled_script_expects_that_something_does_not_happen(world: str) -> None:
    scripts = load(Path(world)).scripts
    assert scripts
    for script in scripts:
        expected = [one.value for one in script.steps if one.verb == "expect"]
        assert any(isinstance(one, dict) and "nothing" in one for one in expected), script.name


@pytest.mark.parametrize("pack", packs())
def test_a_home_of_a_bundled_pack_has_nothing_wrong_with_it(pack: str, tmp_path: Path) -> None:
    write_samples(tmp_path, pack)
    home = open_home(tmp_path)
    assert home.content.stores and home.content.pools and home.content.campaigns
    assert not home.problems
    assert not home.rules.problems
    assert home.rules.current.rules


@pytest.mark.parametrize("pack", packs())
def test_a_pack_goes_with_the_world_of_its_name(pack: str, tmp_path: Path) -> None:
    write_samples(tmp_path, pack)
    content, world = open_home(tmp_path).content, load(Path(pack))
    assert content.stores.keys() == {one.id for one in world.stores}
    assert content.staff.keys() == {one.userid for one in world.staff}
    chats = {group.chat for pool in content.pools.values() for group in pool.groups}
    assert chats == {one.chat_id for one in world.groups}
    states = {one.state for one in world.entry_codes} | {one.scene for one in world.posters}
    assert states <= content.entry_codes.keys()


def test_init_begins_a_home_with_a_pack_and_brings_back_what_it_lacks(tmp_path: Path) -> None:
    home = tmp_path / "home"
    begun = Asked(pack="wumei", values={})
    assert init.run(home, begun) == 0
    (home / "pools" / "pets.yaml").unlink()
    assert init.run(home, Asked(values={})) == 0
    assert (home / "pools" / "pets.yaml").exists()
    assert not (home / "pools" / "neighbours.yaml").exists()
    assert (home / "settings.yaml").stat().st_mode & 0o777 == 0o600
    for wrong in (Asked(pack="wumai", values={}), Asked(pack="wumei", channels=("oa",), values={})):
        with pytest.raises(Stop):
            init.run(tmp_path / "other", wrong)


def test_a_world_is_told_in_one_line() -> None:
    outcome = Outcome(
        world="wumei", ok=True, steps=82, calls=143, callbacks=29,
        verdict="lost 0, doubled 0, unknown 0", seconds=31.7,
    )  # fmt: skip
    assert outcome.line() == (
        "通过  wumei：82 步，29 条回调，143 次调用；lost 0, doubled 0, unknown 0（31.7 秒）"
    )


@pytest.mark.slow
async def test_a_world_is_played_against_our_own_server_and_its_book_agrees() -> None:
    code, out, err = await ran("run.py", "worlds", "empty", "--json")
    assert code == 0, out + err
    told = json.loads(out)
    assert (told["v"], told["world"], told["ok"]) == (1, "empty", True)
    assert told["verdict"] == "lost 0, doubled 0, unknown 0"
    assert told["steps"] == sum(len(one.steps) for one in load(Path("empty")).scripts)


@pytest.mark.slow
async def test_a_step_that_fails_is_told_and_fails_the_command(tmp_path: Path) -> None:
    world = tmp_path / "mine.yaml"
    world.write_text(
        "extends: empty\nscripts:\n  day:\n    - {who: 客001, follow: {}}\n"
        "    - {who: 客001, expect: {sees: 并没有这句话, within: 1s}}\n",
        encoding="utf-8",
    )
    code, out, err = await ran("run.py", "worlds", str(world))
    assert code == 1
    assert "没通过" in out and "1 步" in out and len(out.splitlines()) == 1
    assert f"{world}:5:7: 客001 expect sees 并没有这句话" in err


@pytest.mark.slow
async def test_the_world_of_the_manual_is_played_as_it_stands_there(tmp_path: Path) -> None:
    page = ROOT / "docs" / "how-to" / "worlds.md"
    (shown,) = [block for block in blocks(page) if block.tag == "yaml"]
    world = tmp_path / "corner.yaml"
    world.write_text("\n".join(shown.lines), encoding="utf-8")
    code, out, err = await ran("run.py", "worlds", str(world))
    assert (code, out[:2]) == (0, "通过"), out + err


@asynccontextmanager
async def quiet_bot() -> AsyncIterator[str]:
    """Run a bot that says nothing, in whatever way it is asked."""

    async def answer(request: web.Request) -> web.Response:
        return web.Response(text="success")

    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", answer)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def ran(*arguments: str) -> tuple[int, str, str]:
    """Run our Python with these arguments; return its exit status, output and error output."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


@pytest.mark.slow
async def test_any_bot_can_be_played_against(tmp_path: Path) -> None:
    script = tmp_path / "silent.yaml"
    script.write_text(
        "- {who: 甲, follow: {}}\n- {who: 甲, expect: {nothing: 100ms}}\n"
        "- {expect: {book: {lost: 0, answered: 1, refused: 0}}}\n",
        encoding="utf-8",
    )
    book = tmp_path / "book.jsonl"
    async with quiet_bot() as url:
        asked = ("run.py", "twin", "play", "--bot", url, "--book", str(book), "--script")
        code, out, err = await ran(*asked, str(script))
        assert (code, out.splitlines()[0]) == (0, "通过 silent：3 步"), out + err
        assert "账本：sent 1，answered 1，asked 0，lost 0" in out
        script.write_text("- {who: 甲, follow: {}}\n- {who: 甲, expect: {sees: 好, within: 0s}}\n")
        code, out, _ = await ran(*asked, str(script), "--json")
        failure = json.loads(out)["scripts"][0]["failure"]
        assert code == 1
        assert failure["place"] == f"{script}:2:3"
        assert failure["instead"] == "手机上没有新消息"
        code, _, err = await ran(*asked, "mourning")
        assert (code, "没有剧本 mourning，是不是 morning？" in err) == (2, True)


@pytest.mark.slow
async def test_a_bot_that_is_not_there_is_told(tmp_path: Path) -> None:
    book = str(tmp_path / "book.jsonl")
    asked = ("-m", "twin.scripts", "--book", book, "--patience", "0.2")
    code, _, err = await ran(*asked, "--bot", "http://127.0.0.1:9")
    assert (code, "机器人没有应答" in err) == (3, True)
    code, _, err = await ran(*asked, "--twin", "http://127.0.0.1:9")
    assert (code, "孪生没有应答" in err) == (3, True)
    code, _, err = await ran(*asked)
    assert (code, "--bot" in err) == (2, True)
