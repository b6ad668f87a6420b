"""`python -m twin.scripts`: play a world's scripts against a bot, and say how they went."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import aiohttp

from twin.acts import NotPossible
from twin.app import USAGE, open_twin, ports_of
from twin.scripts.control import chosen, play_all
from twin.scripts.script import Script
from twin.shape import Json
from twin.world import World
from twin.world_file import BadWorld, load, load_script, override

FINE, FAILED, UNREACHABLE = 0, 1, 3
_LOOK_S = 0.2


class _Unreachable(Exception):
    """The bot, or the running twin, does not answer."""


def main(argv: Sequence[str] | None = None) -> int:
    """Play from a command line: 0 when all went well, 1 failed, 2 mistakes, 3 nobody answers."""
    asked = _parser().parse_args(argv)
    try:
        told = asyncio.run(_on_a_running(asked) if asked.twin else _on_a_new(asked))
    except (BadWorld, NotPossible) as cause:
        sys.stderr.write(f"{cause}\n")
        return USAGE
    except _Unreachable as cause:
        sys.stderr.write(f"{cause}\n")
        return UNREACHABLE
    except OSError as cause:
        sys.stderr.write(f"孪生起不来：{cause}\n")
        return USAGE
    sys.stdout.write((json.dumps(told, ensure_ascii=False) if asked.json else _lines(told)) + "\n")
    return FINE if told["ok"] else FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="twin play", description="演一个世界的剧本，逐步核对")
    parser.add_argument("--world", type=Path, default=Path("yidian"), help="世界文件，或自带的名字")
    parser.add_argument("--script", default="", help="剧本的名字或文件；不给就全部演一遍")
    parser.add_argument("--bot", default="", help="机器人的地址；回调绑到其下，不做验证")
    parser.add_argument("--twin", default="", help="已在运行的孪生的控制地址；用它绑好的回调")
    parser.add_argument("--book", type=Path, default=Path("twin-book.jsonl"), help="账本文件")
    parser.add_argument("--ports", type=ports_of, help="公众号,企业微信,控制 三个端口")
    parser.add_argument("--set", action="append", default=[], metavar="账号.项=值")
    parser.add_argument("--patience", type=float, default=30.0, help="等机器人应答多少秒")
    parser.add_argument("--json", action="store_true", help="以 JSON 说结果")
    return parser


async def _on_a_new(asked: argparse.Namespace) -> Json:
    if not asked.bot:
        raise NotPossible("要么用 --bot 说机器人的地址，要么用 --twin 说已在运行的孪生")
    world = override(load(asked.world), tuple(asked.set))
    own = _own(asked.script, asked.world, world)
    async with open_twin(world, asked.book, asked.ports, bot_url=asked.bot) as running:
        scripts = own or chosen(running.sender, asked.script)
        await _until_there(asked.bot, asked.patience)
        return await play_all(running.sender, scripts)


def _own(wanted: str, place: Path, world: World) -> tuple[Script, ...]:
    """Return the script in a file, none where the world itself has one of this name."""
    if not wanted or any(one.name == wanted for one in world.scripts):
        return ()
    return (load_script(Path(wanted), place),) if Path(wanted).is_file() else ()


async def _on_a_running(asked: argparse.Namespace) -> Json:
    url = f"{asked.twin.rstrip('/')}/twin/play"
    limit = aiohttp.ClientTimeout(total=None, connect=asked.patience)
    try:
        async with (
            aiohttp.ClientSession(timeout=limit) as http,
            http.post(url, json={"script": asked.script}) as got,
        ):
            told: Json = await got.json()
    except (aiohttp.ClientError, TimeoutError) as cause:
        raise _Unreachable(f"孪生没有应答 {url}：{type(cause).__name__}") from cause
    if "error" in told:
        raise NotPossible(str(told["error"]))
    return told


async def _until_there(bot: str, patience_s: float) -> None:
    """Wait until somebody answers at the bot's address, whatever the answer."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience_s
    async with aiohttp.ClientSession() as http:
        while True:
            try:
                async with http.get(bot):
                    return
            except aiohttp.ClientError as cause:
                if loop.time() > until:
                    raise _Unreachable(f"机器人没有应答 {bot}：{type(cause).__name__}") from cause
            await asyncio.sleep(_LOOK_S)


def _lines(told: Json) -> str:
    scripts = told["scripts"] if isinstance(told["scripts"], list) else []
    lines = [
        f"{'通过' if one['ok'] else '没通过'} {one['script']}：{one['steps']} 步" for one in scripts
    ]
    lines += [str(one["failure"]["line"]) for one in scripts if one["failure"]]
    book = told["book"] if isinstance(told["book"], dict) else {}
    sums = "，".join(f"{name} {book[name]}" for name in ("sent", "answered", "asked", "lost"))
    return "\n".join([*lines, f"账本：{sums}"])


if __name__ == "__main__":
    sys.exit(main())
