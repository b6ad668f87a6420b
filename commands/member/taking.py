"""`member import`: a sheet of names, told to the running server, or decided here when none runs."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from bot.clock import Clock
from bot.errors import AlreadyServed, DatabaseTrouble
from bot.web.members import tell
from bot.web.names import OPERATOR
from commands.member.direct import direct, home_of
from commands.member.sheet import Row, Sheet, read_members
from commands.parts.acting import by_the_server
from commands.parts.batches import Progress, batches, document_of
from commands.parts.compose import Home, shop_of, sources_of
from commands.parts.problems import FINDINGS, FINE, USAGE, show, stop

VERSION = 1  # of the JSON form


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks of an import."""

    file: Path
    source: str = ""
    again: bool = False
    dry_run: bool = False
    as_json: bool = False


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the rows so far."""

    progress: Progress
    through: str = ""  # server or database
    counts: dict[str, int] = field(default_factory=dict)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def add(self, batch: Sequence[Row], answers: Sequence[Mapping[str, object]]) -> None:
        """Count the answers to one batch."""
        for row, one in zip(batch, answers, strict=True):
            result = str(one["result"])
            self.counts[result] = self.counts.get(result, 0) + 1
            if result == "refused":
                self.refused.append((row.line, str(one["text"])))
        self.progress.step(len(batch))


def run(home: Path, asked: Asked) -> int:
    """Take a sheet of names in; good rows are taken also when others are wrong.

    Every wrong row is told with its line and column. Returns 1 when a row was wrong. Repeating is
    safe: what was taken before is recognised.
    """
    read = home_of(home)
    _check(read, asked)
    sheet = read_members(asked.file.resolve(), asked.source or OPERATOR, shop_of(read, Clock()))
    tally = Tally(progress=Progress("已导入", len(sheet.rows)))
    if not asked.dry_run and sheet.rows:
        try:
            asyncio.run(_take(read, asked, sheet, tally))
        except DatabaseTrouble as trouble:
            stop(f"{trouble}。已收下的不会丢，解决后原样再运行一次")
    _tell(asked, sheet, tally)
    bad = any(one.level == "error" for one in sheet.problems)
    return FINDINGS if bad or tally.refused else FINE


def _check(home: Home, asked: Asked) -> None:
    if not asked.file.is_file():
        stop(f"没有这个文件：{asked.file}", USAGE)
    known = sources_of(home.settings).get(asked.source)
    if asked.source and (known is None or "members" not in known.kinds):
        stop(f"settings.yaml 的 sources 里没有能推 members 的 {asked.source}", USAGE)


async def _take(home: Home, asked: Asked, sheet: Sheet, tally: Tally) -> None:
    try:
        await _directly(home, asked, sheet, tally)
    except AlreadyServed:
        await _by_the_server(home, asked, sheet, tally)


async def _directly(home: Home, asked: Asked, sheet: Sheet, tally: Tally) -> None:
    async with direct(home) as rooms:
        tally.through = "database"
        for batch in batches(sheet.rows):
            outcomes = await tell(
                rooms.db, rooms.shop, asked.source or OPERATOR, [row.item for row in batch],
                overrule=asked.again,
            )  # fmt: skip
            await rooms.decide([one.inbox for one in outcomes if one.inbox])
            tally.add(batch, [one.document for one in outcomes])


async def _by_the_server(home: Home, asked: Asked, sheet: Sheet, tally: Tally) -> None:
    tally.through = "server"
    for batch in batches(sheet.rows):
        items = [row.item for row in batch]
        told = {"items": items, "source": asked.source or OPERATOR, "again": asked.again}
        tally.add(batch, await by_the_server(home, "/api/names", told))


def _tell(asked: Asked, sheet: Sheet, tally: Tally) -> None:
    if asked.as_json:
        print(orjson.dumps(_document(asked, sheet, tally)).decode())
        return
    show(sheet.problems)
    for line, text in tally.refused:
        print(f"{asked.file.name}:{line}: {text}", file=sys.stderr)
    bad = len({one.line for one in sheet.problems if one.level == "error"})
    counts = f"{sheet.count} 行，有错 {bad} 行"
    if asked.dry_run:
        print(f"{counts}；只是试算，什么都没有记")
        return
    taken, repeated = tally.counts.get("taken", 0), tally.counts.get("repeated", 0)
    print(f"{counts}：新收 {taken}，以前收过 {repeated}，拒收 {len(tally.refused)}")


def _document(asked: Asked, sheet: Sheet, tally: Tally) -> dict[str, object]:
    return {
        "v": VERSION,
        "file": str(asked.file),
        "rows": sheet.count,
        "dry_run": asked.dry_run,
        "through": tally.through,
        "taken": tally.counts.get("taken", 0),
        "repeated": tally.counts.get("repeated", 0),
        "refused": [{"line": line, "text": text} for line, text in tally.refused],
        "problems": [document_of(one) for one in sheet.problems],
    }
