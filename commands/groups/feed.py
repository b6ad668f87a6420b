"""`archive import`: a file of archived messages, one JSON object a line, told to the bot."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from io import BytesIO, FileIO
from pathlib import Path

import orjson

from bot.db.tx import Tx
from bot.errors import AlreadyServed, DatabaseTrouble
from bot.shop import Source
from bot.web.archive import Counts, take
from bot.web.body import BODY_LIMIT_BYTES
from commands.member.direct import clock_of, direct, home_of
from commands.parts.compose import Home, sources_of
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.parts.telling import server_of, told

VERSION = 1  # of the JSON form
_BATCH = 200
_ROOM_BYTES = BODY_LIMIT_BYTES - 1024
_LOOK_S = 0.5
_KINDS = ("GroupSaid", "ProposalSaid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks of an import."""

    file: Path
    follow: bool = False
    as_json: bool = False


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the lines so far; `bad` are those that could not be read, by number."""

    counts: Counts = field(default_factory=Counts)
    lines: int = 0
    bad: list[int] = field(default_factory=list)
    through: str = ""  # server or database

    def add(self, more: Counts) -> None:
        """Count one batch."""
        self.counts = Counts(
            taken=self.counts.taken + more.taken,
            ignored=self.counts.ignored + more.ignored,
            repeated=self.counts.repeated + more.repeated,
        )


def run(home: Path, asked: Asked) -> int:
    """Take a file of archived messages in; with `follow`, also what is appended, until Ctrl-C.

    Told to the running server; without one recorded and decided here, which `follow` does not do.
    Returns 1 when a line could not be read. Repeating is safe.
    """
    if not asked.file.is_file():
        stop(f"没有这个文件：{asked.file}", USAGE)
    read, tally = home_of(home), Tally()
    try:
        asyncio.run(_take(read, asked, tally))
    except KeyboardInterrupt:
        pass  # how following ends
    except DatabaseTrouble as trouble:
        stop(f"{trouble}。已收下的不会丢，解决后原样再运行一次")
    _tell(asked, tally)
    return FINDINGS if tally.bad else FINE


async def _take(home: Home, asked: Asked, tally: Tally) -> None:
    try:
        async with direct(home) as rooms:
            if asked.follow:
                stop("--follow 要有正在运行的服务来收：先启动 serve，再运行这条命令")
            tally.through = "database"
            async for batch in _batches(asked, tally):
                tally.add(await take(rooms.db, rooms.shop, batch))
                while waiting := await rooms.db.read(_waiting):
                    await rooms.decide(waiting)
    except AlreadyServed:
        await _by_the_server(home, asked, tally)


async def _by_the_server(home: Home, asked: Asked, tally: Tally) -> None:
    source, clock = _source(home), await clock_of(home)
    url, tally.through = server_of(home.settings) + "/api/archive", "server"
    async for batch in _batches(asked, tally):
        body = orjson.dumps({"items": batch})
        answer = await told(url, source, body, clock, holds="taken")
        tally.add(Counts(**{n: int(answer[n]) for n in ("taken", "ignored", "repeated")}))


def _source(home: Home) -> Source:
    found = [one for one in sources_of(home.settings).values() if "archive" in one.kinds]
    if not found:
        stop("settings.yaml 的 sources 里没有能推存档的来源：加一个 kind 里有 archive 的", USAGE)
    return found[0]


async def _waiting(tx: Tx) -> list[int]:
    sql = "SELECT id FROM inbox WHERE state = 'new' AND kind IN (?, ?) ORDER BY id LIMIT ?"
    return [row["id"] for row in await tx.all(sql, *_KINDS, _BATCH)]


async def _batches(asked: Asked, tally: Tally) -> AsyncIterator[Sequence[object]]:
    """Yield the lines of the file as batches that one call may hold."""
    with FileIO(asked.file) as file:
        rest = b""
        while True:
            rest += file.readall()
            lines, rest = _whole_lines(rest, ended=not asked.follow)
            for batch in _packed(lines, tally):
                yield batch
            if not asked.follow:
                return
            await asyncio.sleep(_LOOK_S)


def _whole_lines(content: bytes, *, ended: bool) -> tuple[list[bytes], bytes]:
    """Return the lines, and what is left of one still being written."""
    lines = BytesIO(content).readlines()
    if ended or not lines or lines[-1].endswith(b"\n"):
        return lines, b""
    return lines[:-1], lines[-1]


def _packed(lines: Sequence[bytes], tally: Tally) -> Iterator[Sequence[object]]:
    batch: list[object] = []
    size = 0
    for line in lines:
        tally.lines += 1
        item = _item(line, tally)
        if item is None:
            continue
        if batch and (len(batch) == _BATCH or size + len(line) > _ROOM_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += len(line) + 1
    if batch:
        yield batch


def _item(line: bytes, tally: Tally) -> object | None:
    if not line.strip():
        return None
    try:
        item: object = orjson.loads(line)
    except orjson.JSONDecodeError:
        item = None
    if not isinstance(item, dict) or len(line) > _ROOM_BYTES:
        tally.bad.append(tally.lines)
        return None
    return item


def _tell(asked: Asked, tally: Tally) -> None:
    counts = tally.counts
    if asked.as_json:
        document = {"v": VERSION, "file": str(asked.file), "through": tally.through}
        more = {"lines": tally.lines, **counts.document, "bad_lines": tally.bad}
        print(orjson.dumps({**document, **more}).decode())
        return
    print(
        f"{tally.lines} 行：顾客在群里说的新收 {counts.taken} 条，以前收过 {counts.repeated} 条，"
        f"与群池无关或不用留的 {counts.ignored} 条"
    )
    if tally.bad:
        shown = "、".join(map(str, tally.bad[:10]))
        print(
            f"读不懂的 {len(tally.bad)} 行：第 {shown} 行（每行应是一个 JSON 对象，不超过 63 KiB）"
        )
