"""`reconcile`: compares accounts with their platforms and tells what no callback had told."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.clock import Clock, micros, micros_of
from bot.db import catalogue, pauses, reading
from bot.db.tx import Tx
from bot.errors import DatabaseTrouble
from commands.member.direct import home_of
from commands.parts.compose import Home
from commands.parts.doors import compared
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.reconcile import telling
from commands.reconcile.asking import Compared, compare
from commands.report.reading import Reader, database_of

_USUALLY = timedelta(days=1)


def run(folder: Path, *, account: str, since: str, show: bool, as_json: bool) -> int:
    """Compare, unless only to `show`, and print what was found since then; 1 when something was.

    Repeating is safe: what was found before is not found again.
    """
    home = home_of(folder)
    since_us, ended = _since(home, since), Compared()
    reader = Reader(home=home, database=database_of(home))
    if not show:
        if reading.there(reader.database) and reader.ask(_paused, any_schema=True):
            stop("全部发送已暂停，对账的提问也不发出：先 resume all-sending，或用 --show 看以前的")
        try:
            ended = asyncio.run(compare(home, _accounts(home, account)))
        except DatabaseTrouble as trouble:
            stop(str(trouble))
    report = reader.ask(lambda tx: telling.report(tx, since_us, account))
    if as_json:
        print(telling.document(report, ended))
    else:
        telling.show(report, home, ended)
    return FINE if ended.done and report.clean else FINDINGS


async def _paused(tx: Tx) -> bool:
    # An older database, which comparing would bring up to date, has no pauses.
    return "pause" in await catalogue.tables(tx) and await pauses.sending(tx) is not None


def _accounts(home: Home, account: str) -> Sequence[str]:
    known = compared(home.settings)
    if account and account not in known:
        stop(f"没有能对账的账号 {account}：有 {'、'.join(known) or '（没有填 secret 的）'}", USAGE)
    if not known:
        stop("没有能对账的账号：公众号或企业微信要填 secret", USAGE)
    return (account,) if account else known


def _since(home: Home, since: str) -> int:
    if not since:
        return Clock()() - micros_of(_USUALLY)
    try:
        at = datetime.fromisoformat(since)
    except ValueError:
        stop(f"--since 应为 2026-03-02 或 2026-03-02T08:00，现为 {since}", USAGE)
    return micros(at if at.tzinfo else at.replace(tzinfo=ZoneInfo(home.settings.store_zone)))
