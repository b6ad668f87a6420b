"""`doctor`: the first hour against the real platform; what is wrong, and what to do about it."""

import asyncio
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp

from bot.clock import Clock, moment
from bot.db.location import Location, located
from bot.db.reading import there
from bot.platforms.wire import new_session
from commands.doctor.case import Case
from commands.doctor.examining import examine
from commands.doctor.finding import Finding, Status
from commands.doctor.holidays import of_holidays
from commands.doctor.pauses import of_pauses
from commands.doctor.rules import of_rules, rules_of
from commands.doctor.settings import of_settings
from commands.doctor.telling import Teller, document, summary
from commands.doctor.waiting import of_waiting
from commands.parts.compose import account_keys
from commands.parts.doors import error_tables
from commands.parts.problems import FINDINGS, FINE, UNREACHABLE, USAGE, stop
from commands.parts.watch import follow_clock
from config.problems import nearest
from config.settings import Settings
from config.settings_mended import Mended, Usable, mended

_CALLBACK_KEYS = {"token", "aes_key"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for."""

    account: str = ""
    wait_s: float = 0
    as_json: bool = False


def run(home: Path, asked: Asked) -> int:
    """Examine each account and tell what to do; 1 when there is something, 3 without a network.

    Looks only: besides keeping what an account's console had (`before/`), nothing is changed here
    or at the platform. Repeating is safe, and so is a running server.
    """
    if not home.is_dir():
        stop(f"没有家目录 {home}：先运行 python run.py init --home {home}", USAGE)
    read = mended(home, os.environ)
    _check_account(read, asked.account)
    teller = Teller(as_json=asked.as_json)
    for one in of_settings(read):
        if asked.account in ("", one.account) or not one.account:
            teller.tell(one)
    if read.settings is not None:
        for one in _of_the_home(home, read.settings):
            teller.tell(one)
        asyncio.run(_examine(home, read, read.settings, asked, teller))
    if asked.as_json:
        print(json.dumps(document(str(home), teller.found), ensure_ascii=False))
    else:
        print(summary(teller.found))
    return _status(teller.found)


def _of_the_home(home: Path, settings: Settings) -> Iterator[Finding]:
    yield from of_pauses(_database(settings))
    if (read := rules_of(home)) is not None:
        yield from of_rules(read)
        today = moment(Clock()()).astimezone(ZoneInfo(settings.store_zone)).date()
        yield from of_holidays(home, today, read.rules)


def _check_account(read: Mended, wanted: str) -> None:
    names = list(read.names.values())
    if wanted and wanted not in names:
        hint = nearest(wanted, names)
        meant = f"（是不是 {hint}？）" if hint else ""
        stop(f"没有账号 {wanted}{meant}，可用的有：{'、'.join(names)}", USAGE)


async def _examine(
    home: Path, read: Mended, settings: Settings, asked: Asked, teller: Teller
) -> None:
    clock = Clock()
    if settings.twin_clock_url:
        await follow_clock(clock, settings.twin_clock_url, once=True)
    session = new_session(settings.send_timeout_s)
    try:
        cases = [
            _case(home, settings, one, session, clock)
            for one in read.accounts
            if asked.account in ("", one.account.id)
        ]
        for case in cases:
            teller.say(f"{case.account.id}（{case.account.kind}）")
            async for one in examine(case):
                teller.tell(one)
        if asked.wait_s and cases:
            teller.say(f"现在到后台点保存，或发一条消息（等 {asked.wait_s:g} 秒）")
            for one in await of_waiting(cases, asked.wait_s):
                teller.tell(one)
    finally:
        await session.close()


def _case(
    home: Path, settings: Settings, usable: Usable, session: aiohttp.ClientSession, clock: Clock
) -> Case:
    whole = not usable.stand_ins & _CALLBACK_KEYS
    return Case(
        home=home,
        settings=settings,
        usable=usable,
        keys=account_keys(usable.account, f"accounts[{usable.index}]") if whole else None,
        errors=dict(error_tables()),
        session=session,
        clock=clock,
        database=_database(settings),
    )


def _database(settings: Settings) -> Location | None:
    place = located(settings.database)
    return place if there(place) else None


def _status(found: list[Finding]) -> int:
    if any(one.unreachable for one in found):
        return UNREACHABLE
    return FINDINGS if any(one.status in (Status.BAD, Status.WARN) for one in found) else FINE
