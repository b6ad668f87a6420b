"""`db held-codes`: imported coupon codes that may have been given before a restore."""

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bot.clock import Clock
from bot.db import reopening, restored
from bot.db.restored import Restored
from bot.db.tx import Database, Row, Tx
from bot.errors import DatabaseTrouble
from commands.parts.acting import act
from commands.parts.compose import Home, open_home
from commands.parts.problems import FINDINGS, FINE, show, stop
from commands.report.reading import Reader, database_of
from config.codes import read_codes
from config.home import UnsafeKey

_PATH = "/api/codes"
_AT_ONCE = 1_000


def run(folder: Path, *, to: Path | None, release: Path | None) -> int:
    """Print how many codes each campaign holds back; 1 when there are any.

    `to`: a CSV file to write them to, for comparing with the till's system. `release`: one with
    those that the till never saw, which go back on their shelves; repeating that is safe.
    """
    home = open_home(folder, with_rules=False)
    if release:
        return _release(home, release)
    reader = Reader(home=home, database=database_of(home))
    held = reader.ask(lambda tx: reopening.held_codes(tx, _imported(home)))
    for campaign, count in Counter(row["campaign"] for row in held).items():
        print(f"{home.content.campaigns[campaign].name}（{campaign}）：扣着 {count} 张")
    if not held:
        print("没有扣着的券码")
    elif to:
        _write(held, to)
    return FINDINGS if held else FINE


def _imported(home: Home) -> frozenset[str]:
    campaigns = home.content.campaigns.values()
    return frozenset(one.id for one in campaigns if one.codes_file)


def _write(held: Sequence[Row], to: Path) -> None:
    try:
        handle = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # each is worth money
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(["code", *(row["code"] for row in held), ""]))
    except FileExistsError:
        stop(f"{to} 已经有了，没有覆盖：换个名字")
    except OSError as trouble:
        stop(f"{to} 写不了（{trouble.strerror}）")
    print(f"已写到 {to}：与收银系统核对，删掉已经用过或发出的，再用 --release {to} 放回")


def _release(home: Home, file: Path) -> int:
    codes, problems = read_codes(file)
    if any(problem.level == "error" for problem in problems):
        show(problems)
        stop("券码文件有问题，什么都没有放回")
    campaigns = _imported(home)
    try:
        released = sum(
            asyncio.run(_put_back(home, codes[start : start + _AT_ONCE], campaigns))
            for start in range(0, len(codes), _AT_ONCE)
        )
    except (DatabaseTrouble, UnsafeKey) as trouble:
        stop(str(trouble))
    mark = Reader(home=home, database=database_of(home)).ask(_mark)
    if mark:
        stop("没有放回：空档还没有确认，先运行 python run.py db confirm-gap")
    print(f"放回货架 {released} 张；文件里另外 {len(codes) - released} 张没有扣着，没有改动")
    return FINE


async def _mark(tx: Tx) -> Restored | None:
    return await restored.restored(tx)


async def _put_back(home: Home, codes: Sequence[str], campaigns: frozenset[str]) -> int:
    async def here(db: Database, _: Clock) -> int:
        return await db.write(lambda tx: reopening.release(tx, codes, campaigns))

    return int(await act(home, here, _PATH, {"codes": list(codes)}))
