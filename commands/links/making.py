"""`links make`: an acquisition link for every employee, with their own entry code in it."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from bot.platforms.checks import Unfit
from bot.platforms.wecom.api.acquisition import CreateLink, Link, Quota, with_channel
from commands.codes.rows import Code
from commands.codes.sheet import add_rows, wanted_codes
from commands.links.desk import PACE_S, Desk, at_desk
from commands.links.telling import VERSION, quota_document, quota_line
from commands.parts.compose import Home, open_home
from commands.parts.patience import Trouble, patiently
from commands.parts.problems import FINDINGS, FINE, USAGE, stop
from commands.report.showing import clean, console
from config.problems import nearest

_SAME_TROUBLE = 3  # as often in a row, it is not about one link


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the command line asks for."""

    staff: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()
    account: str = ""
    dry_run: bool = False
    as_json: bool = False


@dataclass(slots=True, kw_only=True)
class _Outcome:
    """What became of each employee's link, by entry code; `addresses` are for customers."""

    added: int = 0
    addresses: dict[str, str] = field(default_factory=dict)
    failed: dict[str, Trouble] = field(default_factory=dict)
    left: int = 0  # not tried
    quota: Quota | Trouble | None = None

    def settle(self, code: Code, made: str | Trouble) -> None:
        """Keep an address, or say what went wrong."""
        if isinstance(made, str):
            self.addresses[code.key] = made
            return
        self.failed[code.key] = made
        print(f"{code.key} 没做成：{made.text}", file=sys.stderr)


def run(home: Path, asked: Asked, *, pace_s: float = PACE_S) -> int:
    """Print an https link for each employee, by which a customer is bound to the store.

    A link is called by its entry code, so one that is there is used again and repeating is safe.
    Returns 1 when a link could not be made.
    """
    read = open_home(home, with_rules=False)
    codes = _chosen(read, asked)
    outcome = _Outcome(added=sum(code.fresh for code in codes))
    if asked.dry_run:
        _tell(asked, read, codes, outcome)
        return FINE
    if outcome.added:
        add_rows(read.folder, codes)
    asyncio.run(_make(read, asked, codes, outcome, pace_s))
    _tell(asked, read, codes, outcome)
    return FINDINGS if outcome.failed else FINE


def _chosen(read: Home, asked: Asked) -> tuple[Code, ...]:
    for name in asked.staff:
        if name not in read.content.staff:
            hint = nearest(name, read.content.staff)
            stop(f"staff.csv 里没有 {name}" + (f"（是不是 {hint}？）" if hint else ""), USAGE)
    codes = wanted_codes(read, ("staff",), asked.stores)
    chosen = tuple(one for one in codes if not asked.staff or one.row["staff"] in asked.staff)
    if not chosen:
        stop("没有可做链接的导购：看 staff.csv，或换一下 --stores、--staff", USAGE)
    return chosen


async def _make(
    read: Home, asked: Asked, codes: Sequence[Code], outcome: _Outcome, pace_s: float
) -> None:
    async with at_desk(read, asked.account, pace_s) as desk:
        there = {link.name: link for link in await desk.links()}
        troubles: list[str] = []
        for number, code in enumerate(codes, start=1):
            made = await _address(desk, code, there)
            outcome.settle(code, made)
            if isinstance(made, str):
                troubles.clear()
            elif not made.personal:
                troubles.append(made.meaning)
            if len(troubles) >= _SAME_TROUBLE and len(set(troubles[-_SAME_TROUBLE:])) == 1:
                outcome.left = len(codes) - number
                break
        outcome.quota = await desk.quota()


async def _address(desk: Desk, code: Code, there: Mapping[str, Link]) -> str | Trouble:
    try:
        with_channel("", code.key)  # before there is a link that nobody can be given
    except Unfit as wrong:
        return Trouble(meaning=str(wrong))
    made = there.get(code.key) or await _made(desk, code)
    return made if isinstance(made, Trouble) else with_channel(made.url, code.key)


async def _made(desk: Desk, code: Code) -> Link | Trouble:
    await asyncio.sleep(desk.pace_s)
    link = Link(name=code.key, staff=(code.row["staff"],))
    made = await patiently(desk.port, CreateLink(link=link))
    if isinstance(made, Link) or not made.cut_off:
        return made
    listed = await desk.listed()
    found = () if isinstance(listed, Trouble) else listed
    return next((one for one in found if one.name == code.key), made)


def _tell(asked: Asked, read: Home, codes: Sequence[Code], outcome: _Outcome) -> None:
    if asked.as_json:
        print(orjson.dumps(_document(asked, codes, outcome)).decode())
        return
    out = console()
    for code in codes:
        staff, store = code.row["staff"], read.content.stores.get(code.row["store"])
        where = store.name if store else "没有门店"
        missing = "没做成" if code.key in outcome.failed else "没有试"
        address = outcome.addresses.get(code.key, "要做" if asked.dry_run else missing)
        out.print(clean(f"{read.content.staff[staff].name}  {where}  {address}"))
    if asked.dry_run:
        out.print(f"共 {len(codes)} 条；只是试算，什么都没有做")
        return
    if outcome.left:
        out.print(f"同样的问题接连 {_SAME_TROUBLE} 次：还有 {outcome.left} 条没有试")
    if outcome.quota:
        out.print(quota_line(outcome.quota, read))


def _document(asked: Asked, codes: Sequence[Code], outcome: _Outcome) -> dict[str, object]:
    links = [
        {
            "key": code.key,
            "staff": code.row["staff"],
            "store": code.row["store"],
            "url": outcome.addresses.get(code.key),
        }
        for code in codes
    ]
    failed = {
        key: {"code": one.code, "meaning": one.meaning} for key, one in outcome.failed.items()
    }
    written = bool(outcome.added) and not asked.dry_run
    return {
        "v": VERSION,
        "links": links,
        "failed": failed,
        "left": outcome.left,
        "written": written,
        "quota": quota_document(outcome.quota),
    }
