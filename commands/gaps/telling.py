"""How gaps are told: to a person, to a program, and in a spreadsheet."""

import csv
import shlex
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from commands.gaps.grouping import Gap
from commands.gaps.nearest import Near, Nearest
from commands.gaps.reading import Gaps
from commands.parts.problems import show as show_problems
from commands.parts.problems import stop
from commands.report.showing import clean, console

VERSION = 1  # of the JSON form
_MOST_SHOWN = 4  # of a gap's other phrases
_HEADINGS = (
    *("组号", "次数", "人数", "天数", "最近一次", "说的话", "其他说法", "最像的规则", "差在哪里"),
    "补规则的命令",
)


def document(found: Gaps, limit: int) -> dict[str, object]:
    """Return at most `limit` gaps as plain values, version 1: docs/reference/ledger-json.md."""
    nearest = Nearest(found.home)
    return {
        "v": VERSION,
        "total": len(found.open),
        "answered": len(found.answered),
        "gaps": [_gap(gap, nearest.to(gap.phrases[0]), found) for gap in found.open[:limit]],
    }


def _gap(gap: Gap, near: Near | None, found: Gaps) -> dict[str, object]:
    return {
        "id": gap.id,
        "text": gap.text,
        "comparable": gap.phrases[0].comparable,
        "spellings": gap.spellings,
        "count": gap.count,
        "members": gap.members,
        "days": len(gap.days),
        "last": gap.last,
        "phrases": [{"text": one.text, "count": len(one.said)} for one in gap.phrases],
        "nearest": {"rule": near.rule, "why": near.why, "told": near.told} if near else None,
        "add": _command(gap, found.home.folder),
    }


def show(found: Gaps, limit: int) -> None:
    """Print at most `limit` gaps, and the command that makes a rule of the first."""
    out = console()
    show_problems(f"rules/{problem}" for problem in found.home.rules.problems)
    if not found.open:
        out.print("没有：顾客说的话都有规则接住")
        return
    nearest, zone = Nearest(found.home), ZoneInfo(found.home.settings.store_zone)
    out.print(f"没有规则接住的话：{len(found.open)} 组")
    for number, gap in enumerate(found.open[:limit], start=1):
        times = f"{gap.count} 次，{gap.members} 人，{len(gap.days)} 天，最近"
        last = f"{gap.last.astimezone(zone):%Y-%m-%d %H:%M}"
        out.print(f"{number:>3}  「{clean(gap.text)}」 {times} {last}")
        for line in _details(gap, nearest.to(gap.phrases[0])):
            out.print(f"     {line}")
        out.print(f"     {_command(gap, found.home.folder)}")
    if len(found.open) > limit:
        out.print(f"另有 {len(found.open) - limit} 组，全部列出加 --limit {len(found.open)}")
    out.print("换上回答运行那一行就补好一条规则；不用答的：rules gaps --ignore 组号。看差在哪里：")
    first = shlex.quote(clean(found.open[0].text))
    out.print(f"  python run.py try {first} --home {shlex.quote(str(found.home.folder))}")


def _details(gap: Gap, near: Near | None) -> Iterator[str]:
    if others := [clean(one.text) for one in gap.phrases[1:]]:
        more = f" 等 {len(others)} 种" if len(others) > _MOST_SHOWN else ""
        yield f"也说：{'；'.join(others[:_MOST_SHOWN])}{more}"
    if near:
        yield f"最像 {near.rule}：{clean(near.told)}"


def _command(gap: Gap, folder: Path) -> str:
    return f'python run.py rules add --gap {gap.id} --reply "…" --home {shlex.quote(str(folder))}'


def write_sheet(file: Path, found: Gaps) -> None:
    """Write every gap as CSV for a spreadsheet. Stops when it cannot be written."""
    nearest, zone = Nearest(found.home), ZoneInfo(found.home.settings.store_zone)
    try:
        # With a byte order mark, by which spreadsheets know Chinese.
        with file.open("w", encoding="utf-8-sig", newline="") as opened:
            table = csv.writer(opened)
            table.writerow(_HEADINGS)
            for gap in found.open:
                near = nearest.to(gap.phrases[0])
                table.writerow(map(_cell, _row(gap, near, found, zone)))
    except OSError as trouble:
        stop(f"写不了 {file}：{trouble.strerror}")


def _row(gap: Gap, near: Near | None, found: Gaps, zone: ZoneInfo) -> tuple[str, ...]:
    return (
        gap.id,
        str(gap.count),
        str(gap.members),
        str(len(gap.days)),
        f"{gap.last.astimezone(zone):%Y-%m-%d %H:%M}",
        clean(gap.text),
        "\n".join(clean(one.text) for one in gap.phrases[1:]),
        near.rule if near else "",
        clean(near.told) if near else "",
        _command(gap, found.home.folder),
    )


def _cell(text: str) -> str:
    # A spreadsheet runs what begins like a formula.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
