"""`demo`: plays a store's day against the twin, lets the auditor judge it, then serves on."""

import asyncio
import contextlib
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import aiohttp

from commands.audit.auditor import audit
from commands.audit.script import Script
from commands.parts.problems import FINDINGS, FINE, USAGE, Stop, stop
from commands.play import (
    colleagues,
    counter,
    doors,
    groups,
    manager,
    purchases,
    rush,
    service,
    story,
)
from commands.play.furnish import CASHIER_PIN, MANAGER_PIN, STORE, furnish
from commands.play.liar import MODES, Mode, lying
from commands.play.morning import by_day, wire
from commands.play.stage import Bot, listening_socket, twin_running, write_home
from commands.play.theatre import Theatre
from commands.play.transcript import Transcript
from config.home import instance_key

_CLIENT_S = 60.0
_AFTERWARDS_S = 60  # past every fallback and deadline, by the twin's clock
_SETTLE_S = 30.0
NO_UNIONID = "no-unionid"
WORLDS = ("yidian", NO_UNIONID)
_SCENES: tuple[Callable[[Theatre], Awaitable[None]], ...] = (
    *story.SCENES,
    *rush.SCENES,
    *doors.SCENES,
    *service.SCENES,
    *groups.JOINING,
    *purchases.SCENES,
    *groups.ASKING,
    *colleagues.SCENES,
    *counter.SCENES,
    *rush.AGAIN,
    *groups.AGAIN,
    *manager.SCENES,
    *rush.LAST_SCENES,
)
_INTERRUPTED = 128 + signal.SIGINT  # as shells say it


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked of the demonstration."""

    once: bool
    as_json: bool
    keep: Path | None
    sabotage: str
    kills: int
    seed: int
    world: str
    explain: bool


def run(wanted: Wanted) -> int:
    """Play the story; 0 when the books agree, 1 when the auditor found anything, 130 when stopped.

    SIGTERM, a closed terminal and Ctrl-C stop the bot and the twin too; to end what goes on
    serving after the story in that way is no failure.
    """
    if wanted.sabotage and wanted.sabotage not in MODES:
        stop(f"--sabotage 只能是 {'、'.join(MODES)}", USAGE)
    if wanted.world not in WORLDS:
        stop(f"--world 只能是 {'、'.join(WORLDS)}", USAGE)
    keep = wanted.keep
    if keep and keep.exists() and any(keep.iterdir()):
        stop(f"--keep 的目录 {keep} 不是空的：换一个，免得盖掉里面的东西", USAGE)
    with nullcontext(str(keep)) if keep else tempfile.TemporaryDirectory() as folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        try:
            return asyncio.run(_play(Path(folder), wanted))
        except (KeyboardInterrupt, asyncio.CancelledError):
            return _INTERRUPTED


async def _play(home: Path, wanted: Wanted) -> int:
    if playing := asyncio.current_task():
        for name in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(name, playing.cancel)
    transcript = Transcript(as_json=wanted.as_json)
    transcript.note("店小二 demo：平台仿真与服务都在本机，不联网、不需要账号。")
    async with _set_up(home, wanted, transcript) as play:
        try:
            await _perform(play)
        except Exception as trouble:
            if not wanted.sabotage and isinstance(trouble, Stop):
                raise
            play.broken.append(f"故事演不下去了：{type(trouble).__name__}: {trouble}")
        verdict = await _judge(play, home, explain=wanted.explain)
        if verdict == FINE and not wanted.once and sys.stdin.isatty():
            with contextlib.suppress(asyncio.CancelledError):
                await _go_on_serving(play)
        return verdict


@asynccontextmanager
async def _set_up(home: Path, wanted: Wanted, transcript: Transcript) -> AsyncIterator[Theatre]:
    async with AsyncExitStack() as stack:
        timeout = aiohttp.ClientTimeout(total=_CLIENT_S)
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        twin = await stack.enter_async_context(twin_running(home, session, wanted.world))
        listener = stack.enter_context(listening_socket())
        bot = Bot(home, listener, session)
        stack.push_async_callback(bot.stop)
        seen_by_twin, bases = bot.url, {"oa": twin.oa_base, "wecom": twin.wecom_base}
        if wanted.sabotage:
            mode = cast(Mode, wanted.sabotage)
            liar = await stack.enter_async_context(
                lying(mode, bot=bot.url, oa=twin.oa_base, wecom=twin.wecom_base,
                      seed=wanted.seed)
            )  # fmt: skip
            seen_by_twin, bases = liar.bot, {"oa": liar.oa, "wecom": liar.wecom}
        await by_day(twin)
        wiring = await twin.get("wiring")
        write_home(home, wiring, url=bot.url, bases=bases, clock=f"{twin.control}/twin/clock")
        furnish(home, wiring)
        await bot.start()
        await bot.until_ready()
        await wire(twin, wiring, seen_by_twin)
        play = Theatre(
            twin=twin, bot=bot, home=home, session=session, transcript=transcript,
            seed=wanted.seed, kills_wanted=wanted.kills, unionids=wanted.world != NO_UNIONID,
        )  # fmt: skip
        yield play


async def _perform(play: Theatre) -> None:
    await play.twin.post("settings", retry_s=0.5, seed=play.seed)
    await play.settled()
    for scene in _SCENES:
        await scene(play)


async def _judge(play: Theatre, home: Path, *, explain: bool) -> int:
    """Let time pass until what is owed is settled or past its deadline, then compare the books."""
    await play.settled(_SETTLE_S)
    play.stuck = False
    await play.twin.post("clock", jump_s=_AFTERWARDS_S)
    await asyncio.sleep(1.5)
    await play.settled(_SETTLE_S)
    script = Script(promises=tuple(play.promises), kills=tuple(play.kills))
    (home / "script.json").write_bytes(script.to_json())
    wiring = await play.twin.get("wiring")
    nobody = {"*", *(one["chat_id"] for one in wiring["groups"])}
    staff = {one["userid"] for one in wiring["staff"]}
    people = sorted({p.who for p in script.promises if p.kind != "refused"} - nobody)
    found = audit(
        book=await play.twin.get("book"),
        phones={who: await play.twin.get(f"phone/{who}") for who in people},
        contacts={w: await play.twin.get(f"contact/{w}") for w in people if w not in staff},
        script=script,
        database=play.database,
        instance_key=instance_key(home),
    )
    sums = found.accounts() if explain else []
    play.transcript.verdict([*play.broken, *found.explain(), *sums], found.last_line)
    return FINE if found.ok and not play.broken else FINDINGS


async def _go_on_serving(play: Theatre) -> None:
    play.transcript.note(
        f"\n继续服务中（Ctrl-C 结束）：\n  店小二  {play.bot.url}\n  平台仿真 {play.twin.control}\n"
        f"  收银台  {play.bot.url}/till"
        f"（{STORE}，收银 PIN {CASHIER_PIN}，店长 PIN {MANAGER_PIN}）\n"
        f"  家目录  {play.home}\n"
        f"  试试：curl -s {play.twin.control}/twin/do -d "
        '\'{"act":"type","who":"甲","text":"营业时间","wait_s":3}\''
    )
    await play.bot.wait()
